// The fields of one event, each looked up once however many rules ask for it.
import { isObject, isScalar, type Scalar } from './operators.ts'

/** There is an array of more than plain values at the field or on the way to it: only a search through it can tell. */
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

/** A list of plain values, as `resources` is, has any of them. */
export type FieldValue = Scalar | readonly Scalar[] | typeof ABSENT | typeof MANY

export const isList = (value: FieldValue): value is readonly Scalar[] => Array.isArray(value)

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
  if (Array.isArray(value)) return listed(value)
  return isScalar(value) ? value : ABSENT
}

function listed(list: readonly unknown[]): FieldValue {
  if (list.length === 0) return ABSENT
  return list.every(isScalar) ? list : MANY
}
