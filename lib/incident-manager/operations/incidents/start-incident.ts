// StartIncident: opens an incident, or joins the one that is open for the same dedupe string.
import type { StartIncidentCommandInput, StartIncidentCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Item } from '../../../aws/table/table.ts'
import { incidentIdFrom } from '../../../aws/token.ts'
import type { Context, Operation } from '../../context.ts'
import { ResourceNotFound } from '../../errors.ts'
import { putIf } from '../../store/conditional.ts'
import { type Incident, incidentItem, readIncident } from '../../store/incidents.ts'
import { incidentKey, onlyCalls } from '../../store/keys.ts'
import { getPlan, type Plan, readPlan } from '../../store/plans.ts'
import { text } from '../../store/stored.ts'
import { type Call, callOf, checkSameCall } from './client-tokens.ts'
import { contend, type Named, releaseSlot, takeSlot } from './dedupe.ts'
import { given } from './given.ts'
import { dedupeStringOf, newIncident, openingSteps, triggerData } from './opening.ts'
import { debtsIn, owing } from './owed.ts'
import { settle } from './settle.ts'
import { appendTimelineEvent } from './timeline.ts'

/** One call to start an incident, by whichever plan. */
interface Called {
  readonly input: StartIncidentCommandInput
  readonly call: Call
  /** The incident that this call opens, if it opens one. Its id derives from the client token. */
  readonly own: Named & Call
}

/** Everything that the steps below need to know. */
interface Start extends Called {
  readonly plan: Plan
  readonly dedupeString: string | undefined
}

interface Answer {
  readonly incidentRecordArn: string
}

/**
 * ResourceNotFound when the plan is missing; Conflict when the client token was used with other parameters. The first
 * page has left when this answers, before the timeline is written; all else that a failure leaves undone stays owed.
 */
export const startIncident: Operation<StartIncidentCommandInput, StartIncidentCommandOutput> = async (
  input,
  context,
) => {
  const call = callOf(input)
  const called = { input, call, own: { incidentId: incidentIdFrom(call.token), ...call } }
  const { table, place } = context
  let found: Item
  try {
    found = await getPlan(table, place, given(input.responsePlanArn, 'responsePlanArn'))
  } catch (error) {
    // Who asks again because the answer was lost must not be told that nothing was opened, though its plan is gone since.
    const before = error instanceof ResourceNotFound ? await table.get(incidentKey(called.own.incidentId)) : undefined
    if (!before) throw error
    return recall(context, called, before)
  }
  const plan = readPlan(found)
  return begin(context, { ...called, plan, dedupeString: dedupeStringOf(plan, input) })
}

async function begin(context: Context, start: Start): Promise<Answer> {
  const { dedupeString, own } = start
  if (dedupeString === undefined || (await takeSlot(context.table, dedupeString, own))) return open(context, start, own)
  const item = await context.table.get(incidentKey(own.incidentId))
  if (item) return recall(context, start, item)
  const claim = await contend(context.table, dedupeString, own)
  return 'join' in claim ? enter(context, start, claim.join) : open(context, start, claim.make)
}

async function open(context: Context, start: Start, named: Named): Promise<Answer> {
  const { plan, input, call } = start
  const incident = newIncident(context, plan, input, call, named.incidentId)
  const debt = { name: 'start', steps: openingSteps(incident, plan, input) }
  const record = incidentItem(incident)
  const namedBy = isOwn(start, named) ? {} : { namedWith: named.parameters }
  const item = { ...record, ...namedBy, ...owing(record, debt, incident.creationTime) }
  if (!(await putIf(context.table, item, { absent: true }))) return meet(context, start, named)
  await settle(context, item, [debt], incident)
  const { incidentId: correlation_id, arn, title } = incident
  context.logger.info('An incident was opened', { correlation_id, incident: arn, title })
  return answer(context, start, incident)
}

/** There is something of this id already: of this call, which came before or has a twin, or of somebody else. */
async function meet(context: Context, start: Start, named: Named): Promise<Answer> {
  const { dedupeString, own } = start
  const item = await context.table.get(incidentKey(named.incidentId))
  if (!item) return open(context, start, named)
  if (isOwn(start, named)) {
    // The slot is for this incident only if that is what the slot is about.
    if (dedupeString !== undefined && item['dedupeString'] !== dedupeString)
      await releaseSlot(context.table, dedupeString, own)
    return recall(context, start, item)
  }
  return isMeant(start, item) ? enter(context, start, item) : begin(context, start)
}

/** What this call answered before, whatever has become of the incident since. `item` is what its own id leads to. */
async function recall(context: Context, start: Called, item: Item): Promise<Answer> {
  if (!isMemory(item)) return enter(context, start, item)
  const incidentRecordArn = text(item, 'incidentRecordArn')
  checkSameCall(start.call, item['parameters'], { type: 'INCIDENT_RECORD', id: incidentRecordArn })
  return { incidentRecordArn }
}

/** The incident that this call leads to is there: this call made it, or joins it. */
async function enter(context: Context, start: Called, item: Item): Promise<Answer> {
  const incident = readIncident(item)
  const { arn, token, parameters, deletedTime } = incident
  const made = token === start.call.token
  // Or made by somebody else, when this call had done no more than name it.
  if (made || isOwn(start, incident))
    checkSameCall(start.call, made ? parameters : item['namedWith'], { type: 'INCIDENT_RECORD', id: arn })
  if (made) {
    // Whoever made it may have died on the way; a call that answers has told people.
    if (!deletedTime && item['dueAt'] !== undefined) await settle(context, item, debtsIn(item), incident)
  } else await tellAgain(context, start, incident)
  return answer(context, start, incident)
}

/** The incident was there already: its timeline says that it was triggered again [inferred]. */
const tellAgain = (context: Context, { input, call }: Called, incident: Incident): Promise<void> =>
  appendTimelineEvent(
    context,
    incident.arn,
    {
      type: 'SSM Incident Trigger',
      time: context.clock.now(),
      data: triggerData(input, false),
      key: `trigger ${call.token}`,
    },
    incident,
  )

/**
 * Where the call led elsewhere than to its own incident, the place of that remembers it: an incident can then not be made
 * there, and whoever tries finds the answer.
 */
async function answer(context: Context, start: Called, { arn, incidentId }: Incident): Promise<Answer> {
  const { own } = start
  const key = incidentKey(own.incidentId)
  const memory = { ...onlyCalls(key), incidentRecordArn: arn, parameters: own.parameters }
  if (incidentId === own.incidentId || (await putIf(context.table, memory, { absent: true })))
    return { incidentRecordArn: arn }
  const item = await context.table.get(key)
  return item ? recall(context, start, item) : { incidentRecordArn: arn }
}

const isOwn = ({ own }: Called, { incidentId }: { readonly incidentId: string }): boolean =>
  incidentId === own.incidentId

/** Whether an incident that somebody has named is what this call leads to: a token can have been used for several. */
const isMeant = ({ call, dedupeString }: Start, item: Item): boolean =>
  !isMemory(item) && (item['token'] === call.token || item['dedupeString'] === dedupeString)

const isMemory = (item: Item): boolean => item['arn'] === undefined
