// The fields of one event, each looked up once however many rules ask for it. Names are joined by dots: `{"a.b": 1}` is `{"a": {"b": 1}}`.
import { isObject, isScalar, type Scalar } from './operators.ts'

/** Arrays of more than plain values, or two spellings of the name, are at the field or on the way to it: only a search can tell. */
export const MANY = Symbol('many')
/** The event has no value at the field. */
export const ABSENT = Symbol('absent')

/** Fields that some pattern asks for, numbered: a number finds a value faster than a name does. */
const numbers = new Map<string, number>()
const routes: (readonly Route[])[] = []

/** A member that may be on the way to a field: its name, and what is left from there. */
interface Route {
  readonly name: string
  /** Empty where the member is the field itself. */
  readonly onward: readonly Route[]
}

export function numberOf(field: string): number {
  const known = numbers.get(field)
  if (known !== undefined) return known
  numbers.set(field, routes.length)
  return routes.push(routesOf(field.split('.'))) - 1
}

/** The ways to write a name of these parts in an event: each dot may be a level or part of a member's name. */
function routesOf(parts: readonly string[], known = new Map<number, readonly Route[]>()): readonly Route[] {
  const found = known.get(parts.length)
  if (found) return found
  const made = parts.map((_, index): Route => {
    const onward = index + 1 < parts.length ? routesOf(parts.slice(index + 1), known) : []
    return { name: parts.slice(0, index + 1).join('.'), onward }
  })
  known.set(parts.length, made)
  return made
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
    return (this.#values[number] ??= lookUp(this.event, routes[number] ?? []))
  }
}

function lookUp(value: unknown, onward: readonly Route[]): FieldValue {
  if (onward.length === 0) return Array.isArray(value) ? listed(value) : isScalar(value) ? value : ABSENT
  if (Array.isArray(value)) return MANY
  if (!isObject(value)) return ABSENT
  let found: FieldValue = ABSENT
  for (const route of onward) {
    const member = value[route.name]
    if (member === undefined || !Object.hasOwn(value, route.name)) continue
    const other = lookUp(member, route.onward)
    if (other === ABSENT) continue
    if (other === MANY || found !== ABSENT) return MANY
    found = other
  }
  return found
}

function listed(list: readonly unknown[]): FieldValue {
  if (list.length === 0) return ABSENT
  return list.every(isScalar) ? list : MANY
}
