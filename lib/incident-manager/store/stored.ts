// How what is known becomes an item and is known again: JSON, with instants as ISO text.
import type { Item, Key, Value } from '../../aws/table/table.ts'

/** The members of `entity` as attributes; undefined ones are left out. */
export function encodeMembers(entity: object): Record<string, Value> {
  const members: Record<string, Value> = {}
  for (const [name, member] of Object.entries(entity)) if (member !== undefined) members[escaped(name)] = encode(member)
  return members
}

export const encodeItem = (key: Key, entity: object): Item => ({ ...encodeMembers(entity), ...key })

export function encode(value: unknown): Value {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(encode)
  if (typeof value === 'object' && value !== null) return encodeMembers(value)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return value
  throw new Error(`An item cannot hold a ${typeof value}`)
}

/**
 * What an item says, as it was when it was encoded; `instants` names its members that are instants. Nothing is checked
 * again: every item was written by this system, from input that the protocol had validated.
 */
export function decode<Entity>(item: Item, instants: readonly (keyof Entity & string)[]): Entity {
  const entity = hasEscapedName(item) ? JSON.parse(JSON.stringify(item), withNamesUnescaped) : { ...item }
  for (const name of instants) {
    const text = item[name]
    if (typeof text === 'string') entity[name] = new Date(text)
  }
  return entity
}

// A caller may name a tag, a parameter or a Region so; no item can hold the name (lib/aws/table/value.ts says why).
const escaped = (name: string): string => (/^~*__proto__$/u.test(name) ? `~${name}` : name)
const unescaped = (name: string): string => (/^~+__proto__$/u.test(name) ? name.slice(1) : name)

/** Hardly any item has one, and a page of a list decodes fifty. */
function hasEscapedName(value: Value | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasEscapedName)
  for (const name in value) if (name.startsWith('~') || hasEscapedName(value[name])) return true
  return false
}

const withNamesUnescaped = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [unescaped(name), member]))
    : value

/** A text that an item must have. */
export function text(item: Item, name: string): string {
  const value = item[name]
  if (typeof value === 'string') return value
  throw new Error(`The item ${item.pk} / ${item.sk} has no text ${name}`)
}
