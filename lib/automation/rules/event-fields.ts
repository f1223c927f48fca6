// The fields of one event, each looked up once however many rules ask for it.
import { isObject, isScalar, type Scalar } from './operators.ts'

/** There is an array on the way to the field: it may have many values, or none. */
export const MANY = Symbol('many')
/** The event has no value at the field. */
export const ABSENT = Symbol('absent')

/** Fields that some pattern asks for, numbered: a number finds a value faster than a path does. */
const numbers = new Map<string, number>()
const paths: (readonly string[])[] = []

export function numberOf(field: readonly string[]): number {
  const name = JSON.stringify(field)
  const known = numbers.get(name)
  if (known !== undefined) return known
  numbers.set(name, paths.length)
  return paths.push(field) - 1
}

export type FieldValue = Scalar | typeof ABSENT | typeof MANY

export class EventFields {
  readonly event: object
  readonly #values: (FieldValue | undefined)[] = []

  constructor(event: object) {
    this.event = event
  }

  /** The value of a numbered field. */
  get(number: number): FieldValue {
    return (this.#values[number] ??= lookUp(this.event, paths[number] ?? []))
  }
}

function lookUp(event: object, field: readonly string[]): FieldValue {
  let value: unknown = event
  for (const name of field) {
    if (Array.isArray(value)) return MANY
    if (!isObject(value) || !Object.hasOwn(value, name)) return ABSENT
    value = value[name]
  }
  if (Array.isArray(value)) return MANY
  return isScalar(value) ? value : ABSENT
}
