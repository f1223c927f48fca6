// Reads a document member by member and collects what is wrong with it, so that all problems are reported together.
import { isObject, pathText, type Path } from './operators.ts'

export interface Problem {
  readonly path: Path
  readonly text: string
}

/** One place in a document. Reading never throws: a wrong value is noted and read as if it were absent. */
export class Reader {
  readonly value: unknown
  readonly path: Path
  readonly #problems: Problem[]
  readonly #warnings: Problem[]

  constructor(value: unknown, path: Path, problems: Problem[], warnings: Problem[]) {
    this.value = value
    this.path = path
    this.#problems = problems
    this.#warnings = warnings
  }

  get isAbsent(): boolean {
    return this.value === undefined
  }

  /** Notes what is wrong here, or at a path from here. */
  problem(text: string, within: Path = []): undefined {
    this.#problems.push(this.#note(text, within))
  }

  /** Notes what is doubtful here, or at a path from here, though it can be read. */
  warning(text: string, within: Path = []): void {
    this.#warnings.push(this.#note(text, within))
  }

  #note(text: string, within: Path): Problem {
    const path = [...this.path, ...within]
    return { path, text: `${pathText('', path) || 'the file'} ${text}` }
  }

  member(name: string): Reader {
    const value = isObject(this.value) && Object.hasOwn(this.value, name) ? this.value[name] : undefined
    // YAML's `impact:` with nothing after it is null: as good as absent.
    return this.#at(name, value ?? undefined)
  }

  #at(step: string | number, value: unknown): Reader {
    return new Reader(value, [...this.path, step], this.#problems, this.#warnings)
  }

  /** Whether it is an object, of no other members than these; what is absent is none, and no problem. */
  isObjectOf(...names: readonly string[]): boolean {
    if (this.isAbsent) return false
    if (!isObject(this.value)) {
      this.problem(`must hold ${names.join(', ')}`)
      return false
    }
    for (const name of Object.keys(this.value))
      if (!names.includes(name)) this.member(name).problem(`is unknown; known here: ${names.join(', ')}`)
    return true
  }

  items(): readonly Reader[] {
    if (this.isAbsent) return []
    if (Array.isArray(this.value)) return this.value.map((item: unknown, index) => this.#at(index, item))
    this.problem('must be a list')
    return []
  }

  required(): this {
    if (this.isAbsent) this.problem('is missing')
    return this
  }

  text(longest: number): string | undefined {
    if (this.isAbsent) return undefined
    if (typeof this.value === 'string' && this.value !== '' && this.value.length <= longest) return this.value
    return this.problem(`must be a text of 1 to ${longest} characters`)
  }

  integer(least: number, most: number): number | undefined {
    if (this.isAbsent) return undefined
    if (typeof this.value === 'number' && Number.isInteger(this.value) && this.value >= least && this.value <= most)
      return this.value
    return this.problem(`must be a whole number from ${least} to ${most}`)
  }

  /** Seconds of `30s`, `10m`, `1h` or `1d`; `or` is what else may stand here. */
  seconds(least: number, or = ''): number | undefined {
    if (this.isAbsent) return undefined
    const [, count, unit] = (typeof this.value === 'string' && /^(\d{1,6})([smhd])$/.exec(this.value)) || []
    const seconds = Number(count) * (unit === 'd' ? 86_400 : unit === 'h' ? 3_600 : unit === 'm' ? 60 : 1)
    if (seconds >= least && seconds <= YEAR) return seconds
    return this.problem(
      `must be ${or}a duration such as ${least > 30 ? '90s' : '30s'}, 10m, 1h or 1d, from ${least}s to 365d`,
    )
  }

  oneOf<T extends string>(...known: readonly T[]): T | undefined {
    if (this.isAbsent) return undefined
    return known.find((value) => value === this.value) ?? this.problem(`must be ${known.join(' or ')}`)
  }
}

const YEAR = 365 * 86_400
