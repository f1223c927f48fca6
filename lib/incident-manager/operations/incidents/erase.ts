// Taking away what has been deleted: a bounded part at a time, so that neither a call nor a sweep runs without end.
import type { Item, Table, Value } from '../../../aws/table/table.ts'
import type { Context } from '../../context.ts'
import { deleteIf, updateIf } from '../../store/conditional.ts'
import { type Incident, readIncident } from '../../store/incidents.ts'
import {
  acknowledgementKey,
  contactPolicyKey,
  CONTACTS,
  dedupeKey,
  ENGAGEMENTS,
  incidentKey,
  INCIDENTS,
  ONLY_CALLS,
  pagesOfEngagement,
  PLANS,
  replicationSetKey,
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
 * Removes all that the account has, then the replication set itself. What one run cannot do stays owed by the set, which
 * is DELETING until then. Plans go first, so that nothing can start any more.
 */
export async function eraseAccount(context: Context): Promise<void> {
  const allowance: Allowance = { left: MOST_DELETES }
  for (const partition of [PLANS, INCIDENTS, ENGAGEMENTS, CONTACTS, ROTATIONS, ONLY_CALLS])
    while (allowance.left > 0) {
      const { items } = await context.table.query({ index: 'list', partition, limit: BATCH })
      for (const item of items) await eraseListed(context, item, allowance)
      if (!items.length) break
    }
  if (allowance.left > 0) await deleteIf(context.table, replicationSetKey, { equals: { status: 'DELETING' } })
  else await putOff(context)
}

async function putOff({ table, clock }: Context): Promise<void> {
  const due = dueAt(replicationSetKey, clock.now())
  await updateIf(table, replicationSetKey, { set: due }, { equals: { status: 'DELETING' } })
}

// What is listed goes last: as long as it is there, a later run finds what is left of it.
async function eraseListed(context: Context, item: Item, allowance: Allowance): Promise<void> {
  const [kind, id = ''] = item.pk.split(/#(.*)/u)
  if (kind === 'incident' && !(await eraseAllOf(context.table, readIncident(item), allowance))) return
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
