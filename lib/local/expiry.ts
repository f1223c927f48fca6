// The time to live of tables, as the template declares it: what is over is deleted, a little every hour.
import type { Clock } from '../aws/clock.ts'
import type { Database } from '../aws/table/sqlite-database.ts'
import { deleteExpired } from '../aws/table/sqlite-expiry.ts'
import type { DueSource } from './clock.ts'
import type { TableSpec } from './template.ts'

const EVERY_MS = 3_600_000

export function expiry(database: Database, tables: readonly TableSpec[], clock: Clock): DueSource {
  let dueAt = clock.now().getTime() + EVERY_MS
  return {
    nextDue: () => dueAt,
    async runDue() {
      const now = clock.now()
      if (now.getTime() < dueAt) return
      dueAt = now.getTime() + EVERY_MS
      for (const { name, expires } of tables)
        if (expires !== undefined) await deleteExpired(database, name, expires, now)
    },
  }
}
