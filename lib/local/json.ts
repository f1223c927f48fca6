// A cursor over JSON of unknown shape: each step checks what it finds, and an error names the place that is wrong.
import { DEEPEST, isDeep } from '../automation/sources/fields.ts'

/** JSON that is not what it must be; the message begins with the place. */
export class WrongJson extends Error {
  override readonly name = 'WrongJson'
}

export class Json {
  readonly value: unknown
  readonly path: string

  constructor(value: unknown, path: string) {
    this.value = value
    this.path = path
  }

  get present(): boolean {
    return this.value !== undefined && this.value !== null
  }

  /** The member `name`; absent when there is none, or when this itself is absent. */
  get(name: string): Json {
    const path = `${this.path}.${name}`
    if (!this.present) return new Json(undefined, path)
    const members = this.members()
    return new Json(Object.hasOwn(members, name) ? members[name] : undefined, path)
  }

  string(): string {
    return typeof this.value === 'string' ? this.value : this.#fail('a string')
  }

  number(): number {
    return typeof this.value === 'number' ? this.value : this.#fail('a number')
  }

  optionalString(): string | undefined {
    return this.present ? this.string() : undefined
  }

  optionalNumber(): number | undefined {
    return this.present ? this.number() : undefined
  }

  /** The elements; none when this is absent. */
  list(): Json[] {
    if (!this.present) return []
    return Array.isArray(this.value)
      ? this.value.map((element: unknown, index) => new Json(element, `${this.path}[${index}]`))
      : this.#fail('a list')
  }

  /** The members of an object; none when this is absent. */
  entries(): [string, Json][] {
    if (!this.present) return []
    return Object.entries(this.members()).map(([name, value]) => [name, new Json(value, `${this.path}.${name}`)])
  }

  members(): Readonly<Record<string, unknown>> {
    return isObject(this.value) ? this.value : this.#fail('an object')
  }

  #fail(wanted: string): never {
    throw new WrongJson(`${this.path} must be ${wanted}`)
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Text as JSON; WrongJson when it is none, or so deep that whoever walks through it might run out of stack. */
export function parseJson(text: string, path: string): Json {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new WrongJson(`${path} is not JSON`)
  }
  if (isDeep(value, DEEPEST)) throw new WrongJson(`${path} is nested deeper than ${DEEPEST} levels`)
  return new Json(value, path)
}
