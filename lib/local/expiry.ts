// The time to live of tables, as the template declares it, and of messages: what is over is deleted every hour.
import { plusMinutes } from '../aws/instants.ts'
import type { Clock } from '../aws/clock.ts'
import type { Database } from '../aws/table/sqlite-database.ts'
import { deleteExpired } from '../aws/table/sqlite-expiry.ts'
import type { Carrier } from './carrier.ts'
import type { DueSource } from './clock.ts'
import type { TableSpec } from './template.ts'

const EVERY_MS = 3_600_000
/** What was sent is looked up while an incident is worked on, and some weeks after. */
const MESSAGES_MINUTES = 30 * 24 * 60

export function expiry(
  database: Database,
  tables: readonly TableSpec[],
  carrier: Pick<Carrier, 'forget'>,
  clock: Clock,
): DueSource {
  let dueAt = clock.now().getTime() + EVERY_MS
  return {
    nextDue: () => dueAt,
    async runDue() {
      const now = clock.now()
      if (now.getTime() < dueAt) return
      dueAt = now.getTime() + EVERY_MS
      for (const { name, expires } of tables)
        if (expires !== undefined) await deleteExpired(database, name, expires, now)
      await carrier.forget(plusMinutes(now, -MESSAGES_MINUTES))
    },
  }
}
