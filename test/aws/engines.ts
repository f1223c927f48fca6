// Both engines of the table port, each with one table that has two indexes; and a partition of their own for each test.
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../lib/aws/table/sqlite.ts'
import type { Item, Query, Table, Value } from '../../lib/aws/table/table.ts'
import { dynaliteEngine } from '../dynalite.ts'

/** One index with a range of its own, and one whose range is the table's pk. */
const INDEXES = {
  due: { partition: 'dueShard', range: 'dueAt' },
  incident: { partition: 'incidentArn', range: 'pk' },
} as const

export interface Engine {
  readonly table: Table
  readonly close: () => Promise<void>
}

export const ENGINES: Readonly<Record<'sqlite' | 'dynamodb', () => Promise<Engine>>> = {
  async sqlite() {
    const database = openDatabase(':memory:')
    return { table: sqliteTable(database, 'things', INDEXES), close: () => database.close() }
  },
  async dynamodb() {
    const engine = await dynaliteEngine()
    return { table: engine.table('things', INDEXES), close: engine.close }
  },
}

let names = 0
/** A name that no other test uses. */
export const fresh = (): string => `name-${names++}`

/** All items of a query, page by page; throws when a page has more than it may, or when it would never end. */
export async function walk(table: Table, query: Query & { readonly limit: number }): Promise<Item[]> {
  const items: Item[] = []
  let after: Value | undefined
  for (let pages = 0; pages < 100; pages++) {
    // A token travels as JSON.
    const from: Value | undefined = after === undefined ? undefined : JSON.parse(JSON.stringify(after))
    const page = await table.query({ ...query, ...(from === undefined ? {} : { after: from }) })
    if (page.items.length > query.limit) throw new Error('A page is longer than its limit')
    items.push(...page.items)
    after = page.after
    if (after === undefined) return items
    if (page.items.length < query.limit) throw new Error('A page is short, though there is more')
  }
  throw new Error('The pages do not end')
}
