// Doing what is owed: at once by the call that owes it, later by a sweep when that call has died.
import { plusMinutes } from '../../../aws/instants.ts'
import type { Change, Item, Key } from '../../../aws/table/table.ts'
import type { Context } from '../../context.ts'
import { stop } from '../../engine/engagement.ts'
import { ResourceNotFound } from '../../errors.ts'
import { deleteIf, updateIf } from '../../store/conditional.ts'
import { type Incident, readIncident } from '../../store/incidents.ts'
import { incidentKey, replicationSetKey } from '../../store/keys.ts'
import { encode, text } from '../../store/stored.ts'
import { EVENT_PREFIX } from '../../store/timeline.ts'
import { engage, engagementIdOf } from '../contacts/engage.ts'
import { stopEngagementsOf } from '../contacts/stop-engagements-of.ts'
import { changeEngagement } from '../contacts/telling.ts'
import { claimAgain } from './dedupe.ts'
import { eraseAccount, eraseAll, eraseContents } from './erase.ts'
import { type Debt, debtAttribute, debtsIn, DUE_ATTRIBUTES, dueAt, type Step } from './owed.ts'
import { relateAtStart } from './related-items.ts'
import { startRunbook } from './runbook.ts'
import { appendTimelineEvent, publishAgain } from './timeline.ts'

/** The one debt of a deleted incident; whatever else it owed is void. */
export const DELETION = 'deletion'
const SENDER = 'Incident Manager'

/**
 * Finishes what the item with this key still owes; nothing when it owes nothing. Takes the keys of incidents, their
 * related items, their timeline events and the replication set. Throws what a step throws: it stays owed.
 */
export async function settleIncident(context: Context, key: Key): Promise<void> {
  const item = await context.table.get(key)
  if (!item) return
  if (key.pk === replicationSetKey.pk) {
    if (item['status'] === 'DELETING') await eraseAccount(context)
  } else if (key.sk.startsWith(EVENT_PREFIX)) await publishAgain(context, item)
  else if (item['dueAt'] !== undefined) await settle(context, item, debtsIn(item))
}

/** Does the steps of `debts`, which `item` owes as it was last seen, and clears them in one last write. */
export async function settle(context: Context, item: Item, debts: readonly Debt[], known?: Incident): Promise<void> {
  const incident = known ?? (await incidentOf(context, item))
  if (!incident) return
  for (const debt of debts) {
    if (incident.deletedTime && debt.name !== DELETION) continue
    let done = 0
    for (const steps of together(debt.steps)) {
      const notBefore = await performAll(context, incident, steps)
      if (notBefore) return defer(context, item, { ...debt, steps: debt.steps.slice(done) }, notBefore)
      done += steps.length
    }
  }
  await clear(context, item, debts)
}

async function incidentOf(context: Context, item: Item): Promise<Incident | undefined> {
  if (item['arn'] !== undefined) return readIncident(item)
  const record = await context.table.get(incidentKey(text(item, 'incidentId')))
  return record && record['deletedTime'] === undefined ? readIncident(record) : undefined
}

/** What is only written down needs nothing of what is written beside it; every other step has its turn. */
function together(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = []
  let writing: Step[] | undefined
  for (const step of steps) {
    const writes = step.step === 'tell' || step.step === 'relate'
    if (writes && writing) writing.push(step)
    else groups.push([step])
    writing = writes ? groups.at(-1) : undefined
  }
  return groups
}

/** Ends when all have ended, also when one of them fails: nothing goes on behind the back of whoever called. */
async function performAll(context: Context, incident: Incident, steps: readonly Step[]): Promise<Date | undefined> {
  let notBefore: Date | undefined
  for (const outcome of await Promise.allSettled(steps.map((step) => perform(context, incident, step)))) {
    if (outcome.status === 'rejected') throw outcome.reason
    notBefore ??= outcome.value
  }
  return notBefore
}

/** Does one step, again without harm. Answers when it can be done, if not yet (or not all of it). */
async function perform(context: Context, incident: Incident, step: Step): Promise<Date | undefined> {
  switch (step.step) {
    case 'engage':
      // Whoever was to be told of an incident that is over by now need not be told.
      if (incident.status === 'OPEN') await engageAll(context, incident, step)
      await stopIfOver(context, incident, step)
      break
    case 'relate':
      await relateAtStart(context, incident, step.items)
      break
    case 'tell':
      await appendTimelineEvent(context, incident.arn, { ...step, time: new Date(step.time) }, incident)
      break
    case 'runbook':
      return startRunbook(context, incident, step)
    case 'stop-engagements':
      await stopEngagementsOf(context, incident.arn, step.reason)
      break
    case 'claim-again':
      await claimAgain(context.table, incident, step.by)
      break
    case 'erase':
      if (!(await eraseContents(context, incident))) return context.clock.now()
      break
    case 'forget':
      return forget(context, incident, new Date(step.at))
  }
  return undefined
}

async function forget(context: Context, incident: Incident, at: Date): Promise<Date | undefined> {
  const now = context.clock.now()
  if (now < at) return at
  // What was on its way when the incident was deleted may have arrived since.
  await stopEngagementsOf(context, incident.arn, OVER)
  if (!(await eraseAll(context, incident))) return now
  const deletedTime = incident.deletedTime?.toISOString()
  await deleteIf(context.table, incidentKey(incident.incidentId), { equals: { deletedTime } })
  return undefined
}

// One contact that cannot be engaged must not keep the others from being told.
async function engageAll(
  context: Context,
  { incidentId, arn }: Incident,
  { contactArns, page }: Extract<Step, { step: 'engage' }>,
): Promise<void> {
  const failures: unknown[] = []
  for (const contactArn of contactArns)
    try {
      await engage(context, {
        contactArn,
        sender: SENDER,
        ...page,
        incidentId: arn,
        token: openingToken(incidentId, contactArn),
        newIncident: true,
      })
    } catch (error) {
      // A plan may name a contact that does not exist (api-facts): that will not change by trying again.
      if (error instanceof ResourceNotFound)
        context.logger.warn('A contact of the response plan could not be engaged', { contactArn, error })
      else failures.push(error)
    }
  if (failures.length) throw failures[0]
}

/**
 * Whoever resolves or deletes an incident stops the engagements that it has by then: one that came later, while the incident
 * was still being opened, is stopped by who made it. An incident that was opened again keeps its engagements.
 */
async function stopIfOver(
  context: Context,
  { incidentId }: Incident,
  { contactArns }: Extract<Step, { step: 'engage' }>,
): Promise<void> {
  const record = await context.table.get(incidentKey(incidentId))
  if (record?.['status'] === 'OPEN' && record['deletedTime'] === undefined) return
  for (const contactArn of contactArns)
    await changeEngagement(context, engagementIdOf(openingToken(incidentId, contactArn)), (state, now) =>
      stop(state, OVER, now),
    )
}

const OVER = 'The incident was over'
/** Names the engagement of a contact with which an incident is opened. */
const openingToken = (incidentId: string, contactArn: string): string => `${incidentId}/${contactArn}`

async function defer(context: Context, item: Item, { name, steps }: Debt, at: Date): Promise<void> {
  await updated(context, item, { set: { [debtAttribute(name)]: encode(steps), ...dueAt(item, at) } })
}

async function clear(context: Context, item: Item, debts: readonly Debt[]): Promise<void> {
  const settled = debts.map(({ name }) => debtAttribute(name))
  const owesMore = debtsIn(item).length > debts.length
  if (!owesMore) {
    const lastToOwe = typeof item['dueOf'] === 'string' ? item['dueOf'] : undefined
    if (await updated(context, item, { remove: [...settled, ...DUE_ATTRIBUTES] }, { dueOf: lastToOwe })) return
  }
  // Somebody else owes, too: the due instant stays, and whoever comes by it finds what is left, if anything.
  if (settled.length) await updated(context, item, { remove: settled })
}

/** Undefined when the item is gone or `expected` does not hold. */
const updated = (
  { table }: Context,
  item: Item,
  change: Change,
  expected: { readonly dueOf?: string | undefined } = {},
): Promise<Item | undefined> => {
  const incidentId = text(item, 'incidentId')
  return updateIf(table, { pk: item.pk, sk: item.sk }, change, { equals: { incidentId, ...expected } })
}

/** How long a deleted incident is remembered, so that a late twin of the call that started it does not start it again. */
export const forgetAt = (now: Date): Date => plusMinutes(now, 60)
