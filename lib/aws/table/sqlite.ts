// The table port on SQLite: one SQL table per table, items as JSON, indexes on what the JSON holds.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Database } from './sqlite-database.ts'
import { columnOf, pageOf, quoted, select } from './sqlite-query.ts'
import {
  type Condition,
  ConditionFailed,
  type Indexes,
  type Item,
  ItemTooLarge,
  type Key,
  type Table,
} from './table.ts'
import { InvalidItem, orderOf, type PlainChange, plainChange, plainItem, plainKey } from './value.ts'

/** DynamoDB's; what JSON takes is a little more than what DynamoDB counts. */
const ITEM_BYTES = 400 * 1024

/** `indexes` may grow from one start to the next; an index that is new covers the items that are there already. */
export function sqliteTable(database: Database, name: string, indexes: Indexes): Table {
  const table = quoted(name)
  database.read((db) => create(db, name, indexes))

  const prepared = new Map<string, StatementSync>()
  const statement = (db: DatabaseSync, sql: string): StatementSync => {
    let found = prepared.get(sql)
    if (!found) prepared.set(sql, (found = db.prepare(sql)))
    return found
  }
  const load = (db: DatabaseSync, { pk, sk }: Key): Item | undefined => {
    const row = statement(db, `SELECT doc FROM ${table} WHERE pk = ? AND sk = ?`).get(pk, sk)
    return row && parseItem(row)
  }
  const store = (db: DatabaseSync, { pk, sk }: Key, doc: string): void => {
    const sql = `INSERT INTO ${table} (pk, sk, doc) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET doc = ?3`
    statement(db, sql).run(pk, sk, doc)
  }
  const check = (key: Key, condition: Condition | undefined, before: Item | undefined): void => {
    if (condition && !holds(condition, before)) throw new ConditionFailed(name, key)
  }

  return {
    async get(key) {
      const { pk, sk } = plainKey(key)
      return database.read((db) => load(db, { pk, sk }))
    },
    async put(item, condition) {
      const key = plainKey(item)
      const doc = docOf(plainItem(item, indexes))
      const expected = copied(condition)
      await database.write((db) => {
        if (expected) check(key, expected, load(db, key))
        store(db, key, doc)
      })
    },
    async update(atKey, change, condition) {
      const key = plainKey(atKey)
      const changes = plainChange(key, change, indexes)
      const expected = copied(condition)
      return database.write((db) => {
        const before = load(db, key)
        check(key, expected, before)
        const after = plainItem(changed(before ?? { ...key }, changes), indexes)
        store(db, key, docOf(after))
        return after
      })
    },
    async delete(atKey, condition) {
      const key = plainKey(atKey)
      const expected = copied(condition)
      await database.write((db) => {
        if (expected) check(key, expected, load(db, key))
        statement(db, `DELETE FROM ${table} WHERE pk = ? AND sk = ?`).run(key.pk, key.sk)
      })
    },
    async query(query) {
      const { sql, values } = select(table, orderOf(name, indexes, query), query)
      const rows = database.read((db) => statement(db, sql).all(...values))
      return pageOf(rows, query.limit, parseItem)
    },
  }
}

function create(db: DatabaseSync, name: string, indexes: Indexes): void {
  const table = quoted(name)
  db.exec(
    `CREATE TABLE IF NOT EXISTS ${table}
     (pk TEXT NOT NULL, sk TEXT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (pk, sk)) STRICT`,
  )
  for (const { partition, range } of Object.values(indexes)) {
    const columns = [columnOf(partition), columnOf(range)]
    db.exec(
      `CREATE INDEX IF NOT EXISTS ${quoted(`${name} by ${partition}, ${range}`)} ON ${table} (${columns.join(', ')}, pk, sk)
       WHERE ${columns.map((column) => `${column} IS NOT NULL`).join(' AND ')}`,
    )
  }
}

const parseItem = (row: Record<string, unknown>): Item => JSON.parse(String(row['doc']))

function docOf(item: Item): string {
  const doc = JSON.stringify(item)
  if (Buffer.byteLength(doc) > ITEM_BYTES) throw new ItemTooLarge(item)
  return doc
}

/** As it was when the write was asked for. */
const copied = (condition: Condition | undefined): Condition | undefined =>
  condition && 'equals' in condition ? { equals: { ...condition.equals } } : condition

function holds(condition: Condition, item: Item | undefined): boolean {
  if ('absent' in condition) return item === undefined
  return item !== undefined && Object.entries(condition.equals).every(([name, value]) => own(item, name) === value)
}

function changed(before: Item, { set, add, remove }: PlainChange): Item {
  const kept = Object.entries(before).filter(([name]) => !remove.has(name))
  const sums = [...add].map(([name, amount]): [string, number] => {
    const present = own(before, name) ?? 0
    if (typeof present !== 'number') throw new InvalidItem(before, `${name} is not a number, so nothing can be added`)
    return [name, present + amount]
  })
  return { ...Object.fromEntries([...kept, ...set, ...sums]), pk: before.pk, sk: before.sk }
}

/** An attribute of the item itself: `constructor` is a name like any other. */
const own = (item: Item, name: string) => (Object.hasOwn(item, name) ? item[name] : undefined)
