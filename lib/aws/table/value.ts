// What may be stored, the same on both engines: what DynamoDB would refuse is refused on one machine too, and by name.
import type { Change, Indexes, Item, Key, Query, Value } from './table.ts'

/** A write or a query that no engine could take; says which item and what is wrong with it. */
export class InvalidItem extends Error {
  override readonly name = 'InvalidItem'
  constructor({ pk, sk }: Key, problem: string) {
    super(`The item ${pk} / ${sk}: ${problem}`)
  }
}

/** DynamoDB's: the bytes that a partition key and a sort key may have. */
const PARTITION_BYTES = 2048
const RANGE_BYTES = 1024

/** The key alone; throws InvalidItem for one that cannot be. */
export function plainKey(key: Key): Key {
  const { pk, sk } = key
  if (!isKeyText(pk, PARTITION_BYTES)) throw new InvalidItem(key, `pk must have 1 to ${PARTITION_BYTES} bytes`)
  if (!isKeyText(sk, RANGE_BYTES)) throw new InvalidItem(key, `sk must have 1 to ${RANGE_BYTES} bytes`)
  return { pk, sk }
}

/** A deep copy without undefined members; throws InvalidItem for what cannot be stored. */
export function plainItem(item: Item, indexes: Indexes): Item {
  const key = plainKey(item)
  const members = plainMembers(key, item)
  checkIndexed(key, members, indexes)
  return { ...members, ...key }
}

export interface PlainChange {
  readonly set: ReadonlyMap<string, Value>
  readonly add: ReadonlyMap<string, number>
  readonly remove: ReadonlySet<string>
}

/** A deep copy of the change; setting an attribute to undefined has become its removal. Throws InvalidItem. */
export function plainChange(key: Key, change: Change, indexes: Indexes): PlainChange {
  const set = new Map(Object.entries(plainMembers(key, change.set ?? {})))
  const add = new Map(Object.entries(change.add ?? {}))
  plainMembers(key, change.add ?? {})
  const unset = Object.entries(change.set ?? {}).flatMap(([name, value]) => (value === undefined ? [name] : []))
  const remove = new Set([...(change.remove ?? []), ...unset])
  for (const name of ['pk', 'sk'])
    if (set.has(name) || add.has(name) || remove.has(name)) throw new InvalidItem(key, `${name} never changes`)
  for (const name of add.keys())
    if (set.has(name) || remove.has(name)) throw new InvalidItem(key, `${name} is changed twice in one update`)
  for (const name of remove) if (set.has(name)) throw new InvalidItem(key, `${name} is changed twice in one update`)
  checkIndexed(key, Object.fromEntries<Value>([...set, ...add]), indexes)
  return { set, add, remove }
}

/** Which attributes a query compares; throws for an index that the table does not have, and for a limit below 1. */
export function orderOf(table: string, indexes: Indexes, query: Query): { partition: string; range: string } {
  const order = query.index === undefined ? { partition: 'pk', range: 'sk' } : indexes[query.index]
  if (!order) throw new Error(`The table ${table} has no index ${query.index}`)
  if (query.limit !== undefined && !(query.limit >= 1))
    throw new Error(`A query of ${table} has the limit ${query.limit}`)
  return order
}

function plainMembers(key: Key, members: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  const kept: Record<string, Value> = {}
  for (const [name, value] of Object.entries(members)) {
    // The SDK would lose it on the way back.
    if (name === '__proto__') throw new InvalidItem(key, 'nothing can be called __proto__')
    if (value !== undefined) kept[name] = plain(key, value)
  }
  return kept
}

function plain(key: Key, value: Value): Value {
  if (typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER))
    throw new InvalidItem(key, `${value} is not a number that can be stored`)
  if (Array.isArray(value)) return value.map((element) => plain(key, element))
  return typeof value === 'object' && value !== null ? plainMembers(key, value) : value
}

function checkIndexed(key: Key, members: Readonly<Record<string, Value>>, indexes: Indexes): void {
  for (const { partition, range } of Object.values(indexes))
    for (const [name, bytes] of [
      [partition, PARTITION_BYTES],
      [range, RANGE_BYTES],
    ] as const)
      if (Object.hasOwn(members, name) && !isKeyText(members[name], bytes))
        throw new InvalidItem(key, `${name} is indexed and must be a text of 1 to ${bytes} bytes`)
}

const isKeyText = (value: Value | undefined, bytes: number): boolean =>
  typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= bytes
