// What a decision needs to know of an incident, asked of the incidents client.
import {
  GetIncidentRecordCommand,
  GetResponsePlanCommand,
  type GetResponsePlanCommandOutput,
  GetTimelineEventCommand,
  ListTimelineEventsCommand,
  paginateListTimelineEvents,
  type SSMIncidentsClient,
} from '@aws-sdk/client-ssm-incidents'
import { type Place, responsePlanArn } from '../../aws/arn.ts'
import type { IncidentFacts, PagerDuty } from '../decide/facts.ts'

const isNotFound = (error: unknown): boolean => error instanceof Error && error.name === 'ResourceNotFoundException'

export async function askIncident(client: SSMIncidentsClient, arn: string): Promise<IncidentFacts> {
  try {
    const { incidentRecord: record } = await client.send(new GetIncidentRecordCommand({ arn }))
    if (!record?.status) throw new Error(`GetIncidentRecord of ${arn} answered no status`)
    const { source, resourceArn } = record.incidentRecordSource ?? {}
    return {
      status: record.status === 'OPEN' ? 'OPEN' : 'RESOLVED',
      title: record.title ?? '',
      impact: record.impact ?? 0,
      ...(source ? { source } : {}),
      ...(resourceArn ? { resourceArn } : {}),
      ...(record.lastModifiedBy ? { lastModifiedBy: record.lastModifiedBy } : {}),
    }
  } catch (error) {
    if (isNotFound(error)) return { status: 'GONE', title: '', impact: 0 }
    throw error
  }
}

/** Whom a plan engages; nobody when it is gone. */
export const askPlanContacts = async (client: SSMIncidentsClient, place: Place, plan: string): Promise<string[]> =>
  (await askPlan(client, place, plan))?.engagements ?? []

/** An incident manager that does not call PagerDuty says so on the timeline of each incident that would have it called. */
const NOT_CALLED = 'SSM PagerDuty Start Failure for Incident'

/** The PagerDuty service of a plan that engages nobody else, and whether the incident manager has called it; or undefined. */
export async function askPagerDuty(
  client: SSMIncidentsClient,
  place: Place,
  plan: string,
  incidentRecordArn: string,
): Promise<PagerDuty | undefined> {
  const { integrations = [], engagements = [] } = (await askPlan(client, place, plan)) ?? {}
  if (engagements.length) return undefined
  const [service] = integrations.flatMap(({ pagerDutyConfiguration }) => pagerDutyConfiguration?.name ?? [])
  if (service === undefined) return undefined
  const filters = [{ key: 'eventType', condition: { equals: { stringValues: [NOT_CALLED] } } }]
  for await (const { eventSummaries } of paginateListTimelineEvents({ client }, { incidentRecordArn, filters }))
    // What does not know the filter answers all.
    if (eventSummaries?.some(({ eventType }) => eventType === NOT_CALLED)) return { service, called: false }
  return { service, called: true }
}

/** Undefined when it is gone. */
async function askPlan(
  client: SSMIncidentsClient,
  place: Place,
  plan: string,
): Promise<Pick<GetResponsePlanCommandOutput, 'engagements' | 'integrations'> | undefined> {
  try {
    const answer = await client.send(new GetResponsePlanCommand({ arn: responsePlanArn(place, plan) }))
    if (!answer.arn) throw new Error(`GetResponsePlan of ${plan} answered no plan`)
    return answer
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

const NOTES = 20

/**
 * Whether the record, or a note of a person from around its resolve or after it, holds `words`, in any case. False when
 * the incident is gone.
 */
export async function askWords(client: SSMIncidentsClient, arn: string, since: Date, words: string): Promise<boolean> {
  try {
    const { incidentRecord } = await client.send(new GetIncidentRecordCommand({ arn }))
    if (incidentRecord?.summary?.toLowerCase().includes(words)) return true
    const { eventSummaries = [] } = await client.send(
      new ListTimelineEventsCommand({
        incidentRecordArn: arn,
        filters: [
          { key: 'eventTime', condition: { after: since } },
          { key: 'eventType', condition: { equals: { stringValues: ['Note', 'Custom Event'] } } },
        ],
        maxResults: NOTES,
      }),
    )
    for (const { eventId } of eventSummaries) {
      const { event } = await client.send(new GetTimelineEventCommand({ incidentRecordArn: arn, eventId }))
      const data = event?.eventData?.toLowerCase() ?? ''
      if (data.includes(words) && !data.includes('"by":"tocsin"')) return true
    }
    return false
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}
