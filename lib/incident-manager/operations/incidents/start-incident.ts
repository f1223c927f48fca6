// StartIncident: opens an incident, or joins the one that is open for the same dedupe string.
import type { StartIncidentCommandInput, StartIncidentCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Item } from '../../../aws/table/table.ts'
import { incidentIdFrom } from '../../../aws/token.ts'
import type { Context, Operation } from '../../context.ts'
import { putIf } from '../../store/conditional.ts'
import { type Incident, incidentArn, incidentIdOf, incidentItem, readIncident } from '../../store/incidents.ts'
import { incidentKey, onlyCalls, tokenKey } from '../../store/keys.ts'
import { getPlan, type Plan, readPlan } from '../../store/plans.ts'
import { text } from '../../store/stored.ts'
import { type Call, callOf, checkSameCall } from './client-tokens.ts'
import { contend, takeSlot } from './dedupe.ts'
import { given } from './given.ts'
import { dedupeStringOf, newIncident, openingSteps, triggerData } from './opening.ts'
import { debtsIn, owing } from './owed.ts'
import { settle } from './settle.ts'
import { appendTimelineEvent } from './timeline.ts'

/** One call to start an incident: everything that the steps below need to know. */
interface Start {
  readonly plan: Plan
  readonly input: StartIncidentCommandInput
  readonly call: Call
  /** The id of the incident that this call opens, if it opens one. It derives from the client token. */
  readonly ownId: string
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
  const plan = readPlan(await getPlan(context.table, context.place, given(input.responsePlanArn, 'responsePlanArn')))
  const call = callOf(input)
  const start: Start = { plan, input, call, ownId: incidentIdFrom(call.token) }
  const dedupeString = dedupeStringOf(plan, input)
  if (dedupeString === undefined || (await takeSlot(context.table, dedupeString, start.ownId)))
    return open(context, start, start.ownId)
  const answered = await earlierAnswer(context, start)
  if (answered) return answered
  const claim = await contend(context.table, dedupeString, start.ownId)
  if ('join' in claim) return join(context, start, claim.join)
  // Made under the id that somebody else has named: the token must remember where it led.
  if (claim.make !== start.ownId) await remember(context, start, arnOf(context, start, claim.make), false)
  return open(context, start, claim.make)
}

async function open(context: Context, start: Start, id: string): Promise<Answer> {
  const { plan, input, call } = start
  const incident = newIncident(context, plan, input, call, id)
  const debt = { name: 'start', steps: openingSteps(incident, plan, input) }
  const record = incidentItem(incident)
  const item = { ...record, ...owing(record, debt, incident.creationTime) }
  if (!(await putIf(context.table, item, { absent: true }))) return meet(context, start, id)
  await settle(context, item, [debt], incident)
  context.logger.info('An incident was opened', { correlation_id: id, incident: incident.arn })
  return { incidentRecordArn: incident.arn }
}

/** The incident of this id exists already: this call made it, some time ago or in a twin, or somebody else did. */
async function meet(context: Context, start: Start, id: string): Promise<Answer> {
  const item = await context.table.get(incidentKey(id))
  if (!item) return open(context, start, id)
  const incident = readIncident(item)
  if (incident.token !== start.call.token) return join(context, start, incident)
  const { arn } = incident
  checkSameCall(start.call, incident.parameters, { type: 'INCIDENT_RECORD', id: arn })
  // Whoever made it may have died on the way; a call that answers has told people.
  if (!incident.deletedTime && item['dueAt'] !== undefined) await settle(context, item, debtsIn(item), incident)
  return { incidentRecordArn: arn }
}

/** The incident is open already: its timeline says that it was triggered again [inferred]. */
async function join(context: Context, start: Start, incident: Incident): Promise<Answer> {
  await appendTimelineEvent(
    context,
    incident.arn,
    {
      type: 'SSM Incident Trigger',
      time: context.clock.now(),
      data: triggerData(start.input, false),
      key: `trigger ${start.call.token}`,
    },
    incident,
  )
  return remember(context, start, incident.arn, true)
}

/** What this call answered before, whatever has become of the incident since. */
async function earlierAnswer(context: Context, start: Start): Promise<Answer | undefined> {
  const [own, memory] = await Promise.all([
    context.table.get(incidentKey(start.ownId)),
    context.table.get(tokenKey('StartIncident', start.call.token)),
  ])
  if (own) return meet(context, start, start.ownId)
  if (!memory) return undefined
  const answer = answerIn(memory, start)
  if (memory['joined']) return answer
  // It was about to make an incident; whether it did, or somebody else, or nobody, is to be seen.
  const id = incidentIdOf(answer.incidentRecordArn)
  return id !== undefined && (await context.table.get(incidentKey(id))) ? meet(context, start, id) : undefined
}

/** Remembers under the client token which incident the call led to, where that is not the one it would open itself. */
async function remember(context: Context, start: Start, incidentRecordArn: string, joined: boolean): Promise<Answer> {
  const key = tokenKey('StartIncident', start.call.token)
  const { parameters } = start.call
  if (await putIf(context.table, { ...onlyCalls(key), incidentRecordArn, parameters, joined }, { absent: true }))
    return { incidentRecordArn }
  const memory = await context.table.get(key)
  return memory ? answerIn(memory, start) : { incidentRecordArn }
}

function answerIn(memory: Item, start: Start): Answer {
  const incidentRecordArn = text(memory, 'incidentRecordArn')
  checkSameCall(start.call, memory['parameters'], { type: 'INCIDENT_RECORD', id: incidentRecordArn })
  return { incidentRecordArn }
}

const arnOf = (context: Context, { plan }: Start, id: string): string => incidentArn(context.place, plan.name, id)
