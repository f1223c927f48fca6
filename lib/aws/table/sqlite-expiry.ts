// What DynamoDB's time to live does, for a table on SQLite: what is over goes, a little at a time.
import type { Database } from './sqlite-database.ts'
import { columnOf, quoted } from './sqlite-query.ts'

const AT_ONCE = 1000

/** Deletes items whose `attribute` (epoch seconds) is before `now`, 1,000 at most; answers how many. */
export function deleteExpired(database: Database, table: string, attribute: string, now: Date): Promise<number> {
  const column = columnOf(attribute)
  return database.write((db) => {
    db.exec(
      `CREATE INDEX IF NOT EXISTS ${quoted(`${table} expiring by ${attribute}`)} ON ${quoted(table)} (${column})
       WHERE ${column} IS NOT NULL`,
    )
    const expired = `SELECT pk, sk FROM ${quoted(table)} WHERE ${column} IS NOT NULL AND ${column} < ? LIMIT ${AT_ONCE}`
    const removed = db.prepare(`DELETE FROM ${quoted(table)} WHERE (pk, sk) IN (${expired})`).run(now.getTime() / 1000)
    return Number(removed.changes)
  })
}
