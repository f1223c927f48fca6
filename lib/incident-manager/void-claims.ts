// After a restart on one machine nobody does what a call of the process before had begun: it is due at once, not after its grace.
import { plusSeconds } from '../aws/instants.ts'
import { DUE_SHARDS } from '../aws/table/due.ts'
import { ConditionFailed, type Item, type Table } from '../aws/table/table.ts'
import { updateIf } from './store/conditional.ts'
import { type Owed, readEngagement, saveEngagement } from './store/engagements.ts'

/** As long as a call that has begun keeps others away, whatever it does. */
const CLAIM_SECONDS = 30

/** To be called before anybody works. What only waits for its instant is looked at too early, and goes on waiting. */
export async function voidClaims(table: Table, now: Date): Promise<void> {
  const range = { to: plusSeconds(now, CLAIM_SECONDS).toISOString() }
  const pages = await Promise.all(DUE_SHARDS.map((partition) => table.query({ index: 'due', partition, range })))
  for (const item of pages.flatMap(({ items }) => items))
    await (item.sk === 'engagement' ? voidOfEngagement(table, item, now) : dueNow(table, item, now))
}

async function dueNow(table: Table, { pk, sk, dueAt }: Item, now: Date): Promise<void> {
  const at = now.toISOString()
  if (typeof dueAt === 'string' && dueAt > at)
    await updateIf(table, { pk, sk }, { set: { dueAt: at } }, { equals: { dueAt } })
}

/** Its stages keep their instants; what failed before goes on waiting for its next try. */
async function voidOfEngagement(table: Table, item: Item, now: Date): Promise<void> {
  const engagement = readEngagement(item)
  const isClaimed = ({ tries, notBefore }: Owed): boolean => tries === 0 && notBefore > now
  if (!engagement.owed.some(isClaimed)) return
  const owed = engagement.owed.map((one) => (isClaimed(one) ? { ...one, notBefore: now } : one))
  try {
    await saveEngagement(table, { ...engagement, owed })
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
  }
}
