// What waits for an instant that has come: engagements go on, acceptances are finished, incidents settle what they owe.
import type { Item, Key, Value } from '../aws/table/table.ts'
import type { Context } from './context.ts'
import { finishAccept } from './operations/contacts/finish-accept.ts'
import { advanceEngagement } from './operations/contacts/telling.ts'
import { settleIncident } from './operations/incidents/settle.ts'
import { readEngagement } from './store/engagements.ts'
import { DUE_SHARDS } from '../aws/table/due.ts'
import { readPage } from './store/pages.ts'

const PAGE_ITEMS = 50
/** What is left after so many pages of a shard is the next run's. */
const MOST_PAGES = 20

/** Does everything that is due, oldest first within each shard; one that fails is logged by name and stays due. */
export async function runDue(context: Context): Promise<{ done: number; failed: number }> {
  const shards = await Promise.all(DUE_SHARDS.map((shard) => runShard(context, shard)))
  const failed = sum(shards.map((shard) => shard.failed))
  context.measure('OldestDueSeconds', Math.max(...shards.map(({ oldestDueSeconds }) => oldestDueSeconds)))
  if (failed) context.measure('Failures', failed)
  return { done: sum(shards.map(({ done }) => done)), failed }
}

interface Ran {
  readonly done: number
  readonly failed: number
  readonly oldestDueSeconds: number
}

async function runShard(context: Context, shard: string): Promise<Ran> {
  const now = context.clock.now()
  const range = { to: now.toISOString() }
  let [done, failed] = [0, 0]
  let oldestDueSeconds = 0
  let after: Value | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = {
      index: 'due',
      partition: shard,
      range,
      limit: PAGE_ITEMS,
      ...(after === undefined ? {} : { after }),
    }
    const found = await context.table.query(query)
    const oldest = page === 0 ? found.items[0]?.['dueAt'] : undefined
    if (typeof oldest === 'string') oldestDueSeconds = (now.getTime() - Date.parse(oldest)) / 1000
    for (const { pk, sk } of found.items)
      try {
        await runOne(context, { pk, sk })
        done++
      } catch (error) {
        failed++
        context.logger.error('What is due could not be done and stays due', {
          pk,
          sk,
          error: error instanceof Error ? error : String(error),
        })
      }
    after = found.after
    if (after === undefined) break
  }
  return { done, failed, oldestDueSeconds }
}

const sum = (counts: readonly number[]): number => counts.reduce((one, other) => one + other, 0)

/** The index may lag: what is due is what the item itself says. */
async function runOne(context: Context, key: Key): Promise<void> {
  const item = await context.table.get(key)
  if (!item || !isDue(item, context.clock.now())) return
  switch (key.sk) {
    case 'engagement':
      return advanceEngagement(context, readEngagement(item).id)
    case 'page':
      return finishAccept(context, readPage(item))
    default:
      return settleIncident(context, key)
  }
}

const isDue = (item: Item, now: Date): boolean => {
  const dueAt = item['dueAt']
  return typeof dueAt === 'string' && dueAt <= now.toISOString()
}
