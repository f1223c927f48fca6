// The order of open incidents: those that an earlier version opened get into it a little at a time, and until then nobody relies on it.
import { plusMinutes } from '../../../aws/instants.ts'
import { isStructure, type Item, type Table, type Value } from '../../../aws/table/table.ts'
import type { Context } from '../../context.ts'
import { updateIf } from '../../store/conditional.ts'
import { openOrder, readIncident } from '../../store/incidents.ts'
import { INCIDENTS, replicationSetKey } from '../../store/keys.ts'
import { COMPLETE } from '../../store/replication-set.ts'
import { text } from '../../store/stored.ts'

const PAGE_ITEMS = 100
/** How many pages of incidents one call looks through at most. */
const PAGES = 10
/** While a new version is deployed, the one before goes on opening incidents: after so long, all are looked through again. */
const SETTLED_MINUTES = 15

const complete = new WeakSet<Table>()

/** How far it has come. `after` is where the pass that began at `passAt` goes on; without it that has come to its end. */
interface Progress {
  readonly since: Date
  readonly passAt: Date
  readonly after?: Value
}

/** Whether every open incident is in the order; where not, takes some into it. Reads one item, and once they all are none. */
export async function isOpenOrderComplete(context: Context): Promise<boolean> {
  const { table } = context
  if (complete.has(table)) return true
  const set = await table.get(replicationSetKey)
  if (set?.['status'] !== 'ACTIVE') return false
  const known = set['openOrder']
  if (known === COMPLETE) {
    complete.add(table)
    return true
  }
  const next = await advanced(context, readProgress(known))
  if (next)
    await updateIf(table, replicationSetKey, { set: { openOrder: next } }, { equals: { arn: text(set, 'arn') } })
  return false
}

/** Undefined while it only waits for its second pass. */
async function advanced({ table, clock }: Context, known: Progress | undefined): Promise<Value | undefined> {
  const now = clock.now()
  const { since, passAt, after: from } = known ?? { since: now, passAt: now }
  const settledAt = plusMinutes(since, SETTLED_MINUTES)
  const begins = known === undefined || (from === undefined && now >= settledAt)
  if (!begins && from === undefined) return undefined
  const began = begins ? now : passAt
  let after = from
  for (let page = 0; page < PAGES; page++) {
    const found = await table.query({
      index: 'list',
      partition: INCIDENTS,
      order: 'descending',
      limit: PAGE_ITEMS,
      ...(after === undefined ? {} : { after }),
    })
    for (const item of found.items) await takeIn(table, item)
    after = found.after
    if (after === undefined) break
  }
  if (after === undefined && began >= settledAt) return COMPLETE
  return { since: since.toISOString(), passAt: began.toISOString(), ...(after === undefined ? {} : { after }) }
}

async function takeIn(table: Table, item: Item): Promise<void> {
  if (item['status'] !== 'OPEN' || item['list2Key'] !== undefined) return
  const { pk, sk } = item
  const asListed = { arn: text(item, 'arn'), status: 'OPEN', deletedTime: undefined }
  await updateIf(table, { pk, sk }, { set: openOrder(readIncident(item)) }, { equals: asListed })
}

function readProgress(value: Value | undefined): Progress | undefined {
  if (!isStructure(value)) return undefined
  const { since, passAt, after } = value
  if (typeof since !== 'string' || typeof passAt !== 'string') return undefined
  return { since: new Date(since), passAt: new Date(passAt), ...(after === undefined ? {} : { after }) }
}
