// Taking away what has been deleted: a bounded part at a time, so that neither a call nor a sweep runs without end.
import type { Item, Table, Value } from '../../../aws/table/table.ts'
import type { Context } from '../../context.ts'
import { deleteIf, updateIf } from '../../store/conditional.ts'
import { type Incident, readIncident } from '../../store/incidents.ts'
import { findReplicationSet } from '../../store/replication-set.ts'
import {
  acknowledgementKey,
  contactPolicyKey,
  CONTACTS,
  dedupeKey,
  DELETED_INCIDENTS,
  ENGAGEMENTS,
  incidentKey,
  INCIDENTS,
  ONLY_CALLS,
  pagesOfEngagement,
  PLANS,
  replicationSetKey,
  RESOURCE_POLICIES,
  ROTATIONS,
} from '../../store/keys.ts'
import { dueAt } from './owed.ts'

const MOST_DELETES = 500
const BATCH = 50

/** How many deletes are left to one run. */
interface Allowance {
  left: number
}

/** Whether the incident's timeline and related items are gone; if not, there is more to do. */
export const eraseContents = ({ table }: Context, incident: Incident): Promise<boolean> =>
  eraseContentsOf(table, incident, { left: MOST_DELETES })

/** The same for all that is kept of the incident, but its record. */
export const eraseAll = ({ table }: Context, incident: Incident): Promise<boolean> =>
  eraseAllOf(table, incident, { left: MOST_DELETES })

/**
 * Removes all that the account has, then the replication set itself, if that is DELETING. What one run cannot do stays
 * owed by the set, which is DELETING until then. But all plans go at once, however many: nothing can start any more.
 */
export async function eraseAccount(context: Context): Promise<void> {
  const { table } = context
  const set = await findReplicationSet(table)
  if (set?.status !== 'DELETING') return
  const deleting = { arn: set.arn, status: set.status }
  const allowance: Allowance = { left: MOST_DELETES }
  // Another run may have come to the end meanwhile, and the account may have begun anew.
  await eraseLists(context, allowance, async () => {
    const item = await table.get(replicationSetKey)
    return item?.['arn'] === deleting.arn && item['status'] === deleting.status
  })
  if (allowance.left > 0) await deleteIf(table, replicationSetKey, { equals: deleting })
  else await putOff(context)
}

/**
 * Removes what calls have written that were under way when the last replication set went, and what an index did not show
 * yet: before there is another set, nothing else can be there.
 */
export async function eraseLeftOvers(context: Context): Promise<void> {
  const without = async (): Promise<boolean> => !(await context.table.get(replicationSetKey))
  if (await without()) await eraseLists(context, { left: Infinity }, without)
}

/** `doomed` says after each page that was read whether what it shows is still to go. */
async function eraseLists(context: Context, allowance: Allowance, doomed: () => Promise<boolean>): Promise<void> {
  const { table } = context
  for (const partition of [PLANS, RESOURCE_POLICIES])
    for await (const items of pagesOf(table, partition, doomed))
      await Promise.all(items.map(({ pk, sk }) => table.delete({ pk, sk })))
  for (const partition of [INCIDENTS, DELETED_INCIDENTS, ENGAGEMENTS, CONTACTS, ROTATIONS, ONLY_CALLS])
    for await (const items of pagesOf(table, partition, doomed))
      for (const item of items) {
        if (allowance.left <= 0) return
        await eraseListed(context, item, allowance)
      }
}

async function* pagesOf(table: Table, partition: string, doomed: () => Promise<boolean>): AsyncGenerator<Item[]> {
  let after: Value | undefined
  do {
    const page = await table.query({
      index: 'list',
      partition,
      limit: BATCH,
      ...(after === undefined ? {} : { after }),
    })
    if (!page.items.length || !(await doomed())) return
    yield page.items
    after = page.after
  } while (after !== undefined)
}

async function putOff({ table, clock }: Context): Promise<void> {
  const due = dueAt(replicationSetKey, clock.now())
  await updateIf(table, replicationSetKey, { set: due }, { equals: { status: 'DELETING' } })
}

// What is listed goes last: as long as it is there, a later run finds what is left of it.
async function eraseListed(context: Context, item: Item, allowance: Allowance): Promise<void> {
  const [kind, id = ''] = item.pk.split(/#(.*)/u)
  // Without an ARN it only says that there is none of this id.
  const isIncident = kind === 'incident' && item['arn'] !== undefined
  if (isIncident && !(await eraseAllOf(context.table, readIncident(item), allowance))) return
  if (kind === 'engagement') {
    const { items } = await context.table.query({ index: 'list', partition: pagesOfEngagement(id) })
    for (const page of items) if (!(await erasePartition(context.table, page.pk, allowance))) return
    // Whoever starts an engagement may name an incident that never was.
    const incidentId = item['incidentId']
    const answers = typeof incidentId === 'string' ? acknowledgementKey(incidentId, '').pk : undefined
    if (answers !== undefined && !(await erasePartition(context.table, answers, allowance))) return
  }
  if (kind === 'contact') await context.table.delete(contactPolicyKey(id))
  if (!(await erasePartition(context.table, item.pk, allowance, item.sk))) return
  await context.table.delete({ pk: item.pk, sk: item.sk })
  allowance.left--
}

function eraseContentsOf(table: Table, { incidentId }: Incident, allowance: Allowance): Promise<boolean> {
  const { pk, sk } = incidentKey(incidentId)
  return erasePartition(table, pk, allowance, sk)
}

// Also its dedupe slot, and who has answered it and when its paging was stopped.
async function eraseAllOf(table: Table, incident: Incident, allowance: Allowance): Promise<boolean> {
  const { arn, dedupeString, incidentId } = incident
  await deleteIf(table, dedupeKey(dedupeString), { equals: { incidentId } })
  return (
    (await erasePartition(table, acknowledgementKey(arn, '').pk, allowance)) &&
    eraseContentsOf(table, incident, allowance)
  )
}

/** Deletes a partition, but for one item. Whether it came to the end of it. */
async function erasePartition(table: Table, partition: string, allowance: Allowance, but?: string): Promise<boolean> {
  let after: Value | undefined
  while (allowance.left > 0) {
    const limit = Math.min(BATCH, allowance.left)
    const page = await table.query({ partition, limit, ...(after === undefined ? {} : { after }) })
    const doomed = page.items.filter(({ sk }) => sk !== but)
    await Promise.all(doomed.map(({ pk, sk }) => table.delete({ pk, sk })))
    allowance.left -= doomed.length
    after = page.after
    if (after === undefined) return true
  }
  return false
}
