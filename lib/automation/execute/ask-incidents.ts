// What a decision needs to know of an incident, asked of the incidents client.
import {
  GetIncidentRecordCommand,
  GetResponsePlanCommand,
  GetTimelineEventCommand,
  ListTimelineEventsCommand,
  type SSMIncidentsClient,
} from '@aws-sdk/client-ssm-incidents'
import { type Place, responsePlanArn } from '../../aws/arn.ts'
import type { IncidentFacts } from '../decide/facts.ts'

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
export async function askPlanContacts(client: SSMIncidentsClient, place: Place, plan: string): Promise<string[]> {
  try {
    const { arn, engagements } = await client.send(new GetResponsePlanCommand({ arn: responsePlanArn(place, plan) }))
    if (!arn) throw new Error(`GetResponsePlan of ${plan} answered no plan`)
    return engagements ?? []
  } catch (error) {
    if (isNotFound(error)) return []
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
