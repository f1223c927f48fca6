// What a new incident is and what it owes from its first moment: made from the plan and the call, before anything is written.
import type { Integration, RelatedItem, StartIncidentCommandInput } from '@aws-sdk/client-ssm-incidents'
import { uuidOf } from '../../../aws/token.ts'
import type { Context } from '../../context.ts'
import { type Incident, incidentArn } from '../../store/incidents.ts'
import type { Plan } from '../../store/plans.ts'
import { metricsOf } from './alarm-metrics.ts'
import type { Call } from './client-tokens.ts'
import type { PageText, Step } from './owed.ts'
import { bytesOf, fitting, generatedIdOf, MOST_RELATED_ITEMS } from './related-items.ts'

const MANUAL_SOURCE = 'aws.ssm-incidents.custom'
/** Events of these services dedupe by themselves (api-facts, Behaviour: incidents). */
const SELF_DEDUPING = new Set(['aws.cloudwatch', 'aws.events'])
const LONGEST_EVENT_DATA = 12_000
/** An item of the table holds 400 KB: what an incident is and owes at its start leaves room for what comes later. */
const MOST_BYTES = 320_000
const MOST_RELATED_BYTES = 150_000

/**
 * What makes two starts one incident: the plan's own string, else the alarm or event that triggers [inferred: by plan].
 * Undefined for any other start, which is like no other.
 */
export function dedupeStringOf(plan: Plan, input: StartIncidentCommandInput): string | undefined {
  const { source, triggerArn } = input.triggerDetails ?? {}
  if (plan.dedupeString) return plan.dedupeString
  return triggerArn && source && SELF_DEDUPING.has(source) ? uuidOf(`dedupe ${plan.name} ${triggerArn}`) : undefined
}

/** The incident that `call` opens under `incidentId`. */
export function newIncident(
  context: Context,
  plan: Plan,
  input: StartIncidentCommandInput,
  call: Call,
  incidentId: string,
): Incident {
  const now = context.clock.now()
  return {
    incidentId,
    arn: incidentArn(context.place, plan.name, incidentId),
    planName: plan.name,
    title: input.title ?? plan.title,
    summary: plan.summary,
    status: 'OPEN',
    impact: input.impact ?? plan.impact,
    creationTime: now,
    lastModifiedTime: now,
    lastModifiedBy: context.caller,
    createdBy: context.caller,
    source: input.triggerDetails?.source ?? MANUAL_SOURCE,
    resourceArn: input.triggerDetails?.triggerArn,
    dedupeString: dedupeStringOf(plan, input) ?? uuidOf(`dedupe ${incidentId}`),
    chatChannel: plan.chatChannel,
    notificationTargets: plan.notificationTargets,
    tags: plan.incidentTags,
    customEvents: 0,
    ...call,
  }
}

/** What the incident owes at its start, in this order: people first. */
export function openingSteps(incident: Incident, plan: Plan, input: StartIncidentCommandInput): Step[] {
  const contactArns = plan.engagements ?? []
  const time = incident.creationTime.toISOString()
  const runbook = plan.actions?.[0]?.ssmAutomation
  const { triggerArn } = input.triggerDetails ?? {}
  const engage: Step[] = contactArns.length ? [{ step: 'engage', contactArns, page: pageText(incident) }] : []
  const tell: Step[] = [
    { step: 'tell', type: 'SSM Incident Trigger', time, key: 'trigger', data: triggerData(input, true) },
    {
      step: 'tell',
      type: 'SSM Incident Start',
      time,
      key: 'start',
      data: {
        incidentTitle: incident.title,
        contactsEngage: contactArns.map((contactArn) => ({
          contactArn,
          contactName: contactArn.slice(contactArn.lastIndexOf('/') + 1),
        })),
        ssmDocumentName: runbook?.documentName,
        ssmDocumentVersion: runbook?.documentVersion,
        triggerArn,
      },
    },
    ...(plan.integrations ?? []).flatMap((integration) => pagerDutyStep(integration, time)),
  ]
  // Never refused for their number or size: an incident that is not opened helps nobody. Room is left for the runbook's own.
  const room = Math.min(MOST_RELATED_BYTES, MOST_BYTES - bytesOf([incident, plan.actions, engage, tell]))
  // The ARNs of involved resources are owed twice.
  const items = fitting(relatedAtStart(input), MOST_RELATED_ITEMS - (runbook ? 1 : 0), runbook ? room / 2 : room)
  return [
    ...engage,
    { step: 'relate', items },
    ...tell,
    ...(runbook ? [{ step: 'runbook', action: runbook, involved: involvedIn(items) } as const] : []),
  ]
}

/** Whoever reads the incident, or looks after it, must know that nobody is paged by way of PagerDuty. */
function pagerDutyStep({ pagerDutyConfiguration }: Integration, time: string): Step[] {
  if (!pagerDutyConfiguration) return []
  const { name, pagerDutyIncidentConfiguration: { serviceId } = {} } = pagerDutyConfiguration
  const message = `The PagerDuty service ${name ?? serviceId} is not called: this incident manager does not work with PagerDuty. It pages the contacts that the response plan engages, and nobody else`
  const data = { name, serviceId, message }
  return [{ step: 'tell', type: 'SSM PagerDuty Start Failure for Incident', time, key: 'pagerduty', data }]
}

/** The data of an `SSM Incident Trigger` event; raw data is cut where it would not fit. */
export function triggerData(input: StartIncidentCommandInput, createdIncident: boolean): object {
  const { source = MANUAL_SOURCE, triggerArn, rawData } = input.triggerDetails ?? {}
  const data = { createdIncident, incidentSource: source, triggerArn, rawData }
  while (data.rawData && JSON.stringify(data).length > LONGEST_EVENT_DATA)
    data.rawData = data.rawData.slice(0, LONGEST_EVENT_DATA - JSON.stringify(data).length)
  return data
}

// The caller's items, what triggered the incident, and an alarm's metrics, unless the caller has named some.
function relatedAtStart({ relatedItems: given = [], triggerDetails }: StartIncidentCommandInput): RelatedItem[] {
  const { triggerArn, rawData } = triggerDetails ?? {}
  const trigger: RelatedItem[] = triggerArn
    ? [{ identifier: { type: 'INVOLVED_RESOURCE', value: { arn: triggerArn } }, title: triggerArn.slice(0, 200) }]
    : []
  const metrics = given.some(({ identifier }) => identifier?.type === 'METRIC') ? [] : metricsOf(rawData)
  const unique = new Map<string, RelatedItem>()
  for (const item of [...given, ...trigger, ...metrics]) {
    const id = item.identifier && generatedIdOf(item.identifier)
    if (id && !unique.has(id)) unique.set(id, item)
  }
  return [...unique.values()]
}

const involvedIn = (items: readonly RelatedItem[]): string[] =>
  items.flatMap(({ identifier }) =>
    identifier?.type === 'INVOLVED_RESOURCE' && identifier.value?.arn ? [identifier.value.arn] : [],
  )

function pageText({ title, summary, impact, arn }: Incident): PageText {
  const severity = `Impact ${impact} (${IMPACTS[impact] ?? 'unknown'})`
  return {
    subject: `Incident: ${title}`,
    content: [title, severity, summary, arn].filter(Boolean).join('\n'),
    publicSubject: 'Incident',
    publicContent: `${title}. ${severity}.`,
  }
}

/** What the API reference calls each impact (StartIncident). */
const IMPACTS: Readonly<Record<number, string>> = { 1: 'critical', 2: 'high', 3: 'medium', 4: 'low', 5: 'none' }
