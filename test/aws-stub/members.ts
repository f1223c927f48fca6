// Reads the members of a request and checks them by the constraints of AWS's API reference; the first that is broken is refused.
import { Refusal } from './refusal.ts'

export interface TextLimits {
  readonly min?: number
  readonly max?: number
  readonly pattern?: RegExp
}

/** As the incidents API has it, for every ARN. */
export const ARN: TextLimits = {
  max: 1000,
  pattern: /^arn:aws(-cn|-us-gov)?:[a-z0-9-]*:[a-z0-9-]*:([0-9]{12})?:.+$/u,
}
export const CONTACTS_ARN: TextLimits = {
  min: 1,
  max: 2048,
  pattern: /^arn:(aws|aws-cn|aws-us-gov):ssm-contacts:[-\w+=/,.@]*:[0-9]+:([\w+=/,.@:-]+)*$/u,
}
export const CLIENT_TOKEN: TextLimits = { max: 128 }
export const IDEMPOTENCY_TOKEN: TextLimits = { max: 2048, pattern: /^[\\/a-zA-Z0-9_+=-]*$/u }
/** Senders and the incidents that an engagement belongs to. */
export const NAMELIKE = /^[\\a-zA-Z0-9_@#%*+=:?./!\s-]*$/u

export class Members {
  readonly #members: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(value: unknown, path = '') {
    if (!isObject(value)) throw new Refusal('ValidationException', `${path || 'The body'} must be a structure`)
    this.#members = value
    this.#path = path
  }

  has(name: string): boolean {
    return this.#members[name] !== undefined && this.#members[name] !== null
  }

  text(name: string, limits: TextLimits): string {
    return this.optionalText(name, limits) ?? this.#refuse(name, 'Member must not be null')
  }

  optionalText(name: string, { min = 0, max = Infinity, pattern }: TextLimits): string | undefined {
    if (!this.has(name)) return undefined
    const value = this.#members[name]
    if (typeof value !== 'string') return this.#refuse(name, 'Member must be a string')
    if (value.length < min) this.#refuse(name, `Member must have length greater than or equal to ${min}`)
    if (value.length > max) this.#refuse(name, `Member must have length less than or equal to ${max}`)
    if (pattern && !pattern.test(value))
      this.#refuse(name, `Member must satisfy regular expression pattern: ${pattern.source}`)
    return value
  }

  texts(name: string): string[] {
    const value = this.#members[name]
    if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
      return this.#refuse(name, 'Member must be a list of strings')
    return value
  }

  optionalOneOf<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const text = this.optionalText(name, {})
    if (text === undefined) return undefined
    return (
      values.find((value) => value === text) ??
      this.#refuse(name, `Member must satisfy enum value set: [${values.join(', ')}]`)
    )
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    return this.optionalOneOf(name, values) ?? this.#refuse(name, 'Member must not be null')
  }

  optionalInteger(name: string, min: number, max: number): number | undefined {
    if (!this.has(name)) return undefined
    const value = this.#members[name]
    if (typeof value !== 'number' || !Number.isInteger(value)) return this.#refuse(name, 'Member must be an integer')
    if (value < min) this.#refuse(name, `Member must have value greater than or equal to ${min}`)
    if (value > max) this.#refuse(name, `Member must have value less than or equal to ${max}`)
    return value
  }

  /** A timestamp is a number: seconds since 1970. */
  instant(name: string): Date {
    const value = this.#members[name]
    if (typeof value !== 'number') return this.#refuse(name, 'Member must not be null, and be epoch seconds')
    return new Date(value * 1000)
  }

  structure(name: string): Members {
    return this.optionalStructure(name) ?? this.#refuse(name, 'Member must not be null')
  }

  optionalStructure(name: string): Members | undefined {
    return this.has(name) ? new Members(this.#members[name], this.#at(name)) : undefined
  }

  list(name: string, max: number): Members[] {
    if (!this.has(name)) return []
    const value = this.#members[name]
    if (!Array.isArray(value)) return this.#refuse(name, 'Member must be a list')
    if (value.length > max) this.#refuse(name, `Member must have length less than or equal to ${max}`)
    return value.map((element, index) => new Members(element, `${this.#at(name)}.${index + 1}.member`))
  }

  /** A union has exactly one member. */
  onlyMember(): string {
    const [name, ...others] = Object.keys(this.#members).filter((each) => this.has(each))
    if (name === undefined || others.length) return this.#refuse('', 'Member must have exactly one member')
    return name
  }

  /** The members as they are, for comparing one request with another. */
  without(...names: string[]): string {
    return JSON.stringify(Object.entries(this.#members).filter(([name]) => !names.includes(name)))
  }

  #at(name: string): string {
    return [this.#path, name].filter(Boolean).join('.')
  }

  #refuse(name: string, clause: string): never {
    const value = this.#members[name]
    const shown = value === undefined ? 'null' : `'${typeof value === 'string' ? value : JSON.stringify(value)}'`
    throw new Refusal(
      'ValidationException',
      `1 validation error detected: Value ${shown} at '${this.#at(name)}' failed to satisfy constraint: ${clause}`,
    )
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
