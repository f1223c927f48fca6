// What DynamoDB's time to live does, for a table on SQLite: what is over goes, a little at a time.
import type { Database } from './sqlite-database.ts'
import { columnOf, quoted } from './sqlite-query.ts'

const AT_ONCE = 1000

/** Deletes items whose `attribute` (epoch seconds) is before `now`, 1,000 in a commit; answers how many. */
export async function deleteExpired(database: Database, table: string, attribute: string, now: Date): Promise<number> {
  const column = columnOf(attribute)
  const expired = `SELECT pk, sk FROM ${quoted(table)} WHERE ${column} IS NOT NULL AND ${column} < ? LIMIT ${AT_ONCE}`
  let deleted = 0
  for (let more = true; more;) {
    const removed = await database.write((db) => {
      db.exec(
        `CREATE INDEX IF NOT EXISTS ${quoted(`${table} expiring by ${attribute}`)} ON ${quoted(table)} (${column})
         WHERE ${column} IS NOT NULL`,
      )
      return db.prepare(`DELETE FROM ${quoted(table)} WHERE (pk, sk) IN (${expired})`).run(now.getTime() / 1000)
    })
    deleted += Number(removed.changes)
    more = Number(removed.changes) === AT_ONCE
  }
  return deleted
}
