// What waits for an instant that has come: engagements go on, acceptances are finished, incidents settle what they owe.
import { plusMinutes } from '../aws/instants.ts'
import type { Item, Key, Value } from '../aws/table/table.ts'
import type { Context } from './context.ts'
import { finishAccept } from './operations/contacts/finish-accept.ts'
import { asOf } from './operations/contacts/owed.ts'
import { advanceEngagement } from './operations/contacts/telling.ts'
import { settleIncident } from './operations/incidents/settle.ts'
import { readEngagement } from './store/engagements.ts'
import { DUE_SHARDS } from '../aws/table/due.ts'
import { readPage } from './store/pages.ts'

const PAGE_ITEMS = 50
/** What is left after so many pages of a shard is the next run's. */
const MOST_PAGES = 20

/** What a process remembers of its runs. */
export interface LastRun {
  at?: Date
}

/** What waits longer after the clock was put back; the longest step of anything but engagements, which know their own. */
const LONGEST_STEP_MINUTES = 5

/**
 * Does everything that is due, oldest first within each shard; one that fails is logged by name and stays due. After the
 * clock was put back what is not due yet is looked at, too: whatever waits longer than its step is long counts from now. At
 * the first run of a process, which cannot know, the first that is not due yet shows whether it was. `hasTime` says whether
 * there is time for one more: what is left stays due.
 */
export async function runDue(
  context: Context,
  last: LastRun = {},
  hasTime: () => boolean = () => true,
): Promise<{ done: number; failed: number }> {
  const now = context.clock.now()
  const look = !last.at ? 'first' : now < last.at ? 'all' : 'due'
  const shards = await Promise.all(DUE_SHARDS.map((shard) => runShard(context, shard, look, hasTime)))
  const failed = sum(shards.map((shard) => shard.failed))
  if (!shards.some(({ isCut, failedEarly }) => isCut || failedEarly)) last.at = now
  context.measure('EngagementsHeartbeat')
  context.measure('OldestDueSeconds', Math.max(...shards.map(({ oldestDueSeconds }) => oldestDueSeconds)))
  if (failed) context.measure('Failures', failed)
  return { done: sum(shards.map(({ done }) => done)), failed }
}

interface Ran {
  readonly done: number
  readonly failed: number
  /** Of these, what is not due yet: no other run would find it. */
  readonly failedEarly: number
  readonly oldestDueSeconds: number
  /** There was no time for all of it. */
  readonly isCut: boolean
}

async function runShard(
  context: Context,
  shard: string,
  look: 'due' | 'first' | 'all',
  hasTime: () => boolean,
): Promise<Ran> {
  const now = context.clock.now()
  const range = look !== 'due' ? {} : { range: { to: now.toISOString() } }
  let [done, failed, failedEarly] = [0, 0, 0]
  let oldestDueSeconds = 0
  let after: Value | undefined
  let goesOn = true
  for (let page = 0; goesOn; page++) {
    goesOn = look === 'all'
    const query = {
      index: 'due',
      partition: shard,
      ...range,
      limit: PAGE_ITEMS,
      ...(after === undefined ? {} : { after }),
    }
    const found = await context.table.query(query)
    const oldest = page === 0 ? found.items[0]?.['dueAt'] : undefined
    if (typeof oldest === 'string' && oldest <= now.toISOString())
      oldestDueSeconds = (now.getTime() - Date.parse(oldest)) / 1000
    for (const item of found.items) {
      if (!hasTime()) return { done, failed, failedEarly, oldestDueSeconds, isCut: true }
      const { pk, sk } = item
      const isEarly = !isDue(item, now)
      try {
        if (isEarly && !waitsByAnotherClock(item, now)) continue
        goesOn ||= isEarly || page + 1 < MOST_PAGES
        await runOne(context, { pk, sk }, isEarly)
        done++
      } catch (error) {
        failed++
        if (isEarly) failedEarly++
        context.logger.error('What is due could not be done and stays due', {
          pk,
          sk,
          error: error instanceof Error ? error : String(error),
        })
      }
    }
    after = found.after
    if (after === undefined) break
  }
  return { done, failed, failedEarly, oldestDueSeconds, isCut: false }
}

const sum = (counts: readonly number[]): number => counts.reduce((one, other) => one + other, 0)

/** The index may lag: what is due is what the item itself says. */
async function runOne(context: Context, key: Key, evenIfNotDue: boolean): Promise<void> {
  const item = await context.table.get(key)
  if (!item || !(evenIfNotDue || isDue(item, context.clock.now()))) return
  switch (key.sk) {
    case 'engagement':
      return advanceEngagement(context, readEngagement(item).id)
    case 'page':
      return finishAccept(context, readPage(item))
    default:
      return settleIncident(context, key)
  }
}

/** What is done of it now is done as if it was due; an engagement counts anew. */
function waitsByAnotherClock(item: Item, now: Date): boolean {
  if (item.sk !== 'engagement') return !isDue(item, plusMinutes(now, LONGEST_STEP_MINUTES))
  const engagement = readEngagement(item)
  return asOf(engagement, now) !== engagement
}

const isDue = (item: Item, now: Date): boolean => {
  const dueAt = item['dueAt']
  return typeof dueAt === 'string' && dueAt <= now.toISOString()
}
