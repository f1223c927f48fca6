// The whole contract of storage: one item at a time, each write with a condition, and queries in key order.

/** What an item may hold: JSON. Instants are ISO strings with milliseconds, so that they sort. Undefined members are dropped. */
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value | undefined }

/** Whether it has members of its own: it is no list, and no plain value. */
export const isStructure = (value: Value | undefined): value is { [name: string]: Value | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface Key {
  readonly pk: string
  readonly sk: string
}

export type Item = Key & Record<string, Value | undefined>

/**
 * What must be true for a write to happen, else ConditionFailed:
 * - `absent`: no item has this key;
 * - `equals`: the item exists and each named attribute has this value; undefined means "has no such attribute".
 */
export type Condition = { readonly absent: true } | { readonly equals: Readonly<Record<string, Scalar | undefined>> }
type Scalar = string | number | boolean

/**
 * Attributes are top-level names, any string, each named once; `add` counts from 0 where there is none yet. Setting an
 * attribute to undefined removes it. Neither pk nor sk ever changes.
 */
export interface Change {
  readonly set?: Readonly<Record<string, Value | undefined>>
  readonly add?: Readonly<Record<string, number>>
  readonly remove?: readonly string[]
}

/** Both ends inclusive; `prefix` stands alone. */
export type Range = { readonly prefix: string } | { readonly from?: string; readonly to?: string }

export interface Query {
  /** An index's name; without one, the table itself (partition is pk, range is sk). */
  readonly index?: string
  readonly partition: string
  readonly range?: Range
  /** Ascending unless said otherwise. Ties in an index come in any order, but always the same. */
  readonly order?: 'ascending' | 'descending'
  /** How many items at most; without it, all of them. */
  readonly limit?: number
  /** Where to go on: `after` of the page before. Opaque, JSON. */
  readonly after?: Value
}

export interface Page {
  readonly items: Item[]
  /** Present when there may be more. */
  readonly after?: Value
}

export interface Table {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>
  put(item: Item, condition?: Condition): Promise<void>
  /** Creates the item when it is absent, unless a condition forbids it. Answers the whole item as it is after. */
  update(key: Key, change: Change, condition?: Condition): Promise<Item>
  /** Deleting what is absent succeeds, unless a condition forbids it. */
  delete(key: Key, condition?: Condition): Promise<void>
  /** The table itself is read consistently; an index may lag on DynamoDB. */
  query(query: Query): Promise<Page>
}

/**
 * A table's indexes, as serverless.yml declares them: which attributes are its partition and range. An item that has both
 * is in it; they must then be texts that are not empty.
 */
export interface Indexes {
  readonly [index: string]: { readonly partition: string; readonly range: string }
}

/** The item would be larger than one may be on DynamoDB, 400 KB: what it was made of was too much. */
export class ItemTooLarge extends Error {
  override readonly name = 'ItemTooLarge'
  constructor({ pk, sk }: Key) {
    super(`The item ${pk} / ${sk} would be larger than 400 KB`)
  }
}

/**
 * On DynamoDB it may be one's own write that is in the way: the client repeats a call whose answer was lost. Read before
 * telling anybody that somebody else was faster.
 */
export class ConditionFailed extends Error {
  override readonly name = 'ConditionFailed'
  constructor(table: string, key: Key) {
    super(`The condition of a write to ${table} ${key.pk} / ${key.sk} does not hold`)
  }
}
