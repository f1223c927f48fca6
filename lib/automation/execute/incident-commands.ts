// The commands that need only the incidents client.
import {
  CreateTimelineEventCommand,
  type RelatedItem as ApiRelatedItem,
  type SSMIncidentsClient,
  StartIncidentCommand,
  UpdateIncidentRecordCommand,
  UpdateRelatedItemsCommand,
} from '@aws-sdk/client-ssm-incidents'
import { type Place, responsePlanArn } from '../../aws/arn.ts'
import { sha256 } from '../../aws/token.ts'
import type { AddRelatedItem, AddTimelineEvent, RelatedItem, StartIncident, UpdateIncident } from '../decide/command.ts'
import { fitJson } from '../decide/fit-json.ts'

const EVENT_DATA_LENGTH = 12_000

/** Answers the incident's ARN: a new one, or the one that the incident manager deduplicated into. */
export async function startIncident(client: SSMIncidentsClient, place: Place, command: StartIncident): Promise<string> {
  const { incidentRecordArn } = await client.send(
    new StartIncidentCommand({
      clientToken: sha256(command.key),
      responsePlanArn: responsePlanArn(place, command.plan),
      title: command.title,
      impact: command.impact,
      triggerDetails: {
        source: command.trigger.source,
        triggerArn: command.trigger.arn,
        timestamp: command.trigger.at,
        rawData: command.trigger.rawData,
      },
      relatedItems: command.relatedItems.map(relatedItem),
    }),
  )
  if (!incidentRecordArn) throw new Error(`StartIncident for ${command.key} answered no incidentRecordArn`)
  return incidentRecordArn
}

function relatedItem(item: RelatedItem): ApiRelatedItem {
  const { title } = item
  switch (item.type) {
    case 'METRIC':
      return { title, identifier: { type: 'METRIC', value: { metricDefinition: item.metricDefinition } } }
    case 'INVOLVED_RESOURCE':
      return { title, identifier: { type: 'INVOLVED_RESOURCE', value: { arn: item.arn } } }
    case 'OTHER':
      return { title, identifier: { type: 'OTHER', value: { url: item.url } } }
  }
}

export async function addTimelineEvent(
  client: SSMIncidentsClient,
  command: AddTimelineEvent,
  started: string | undefined,
): Promise<undefined> {
  const incidentRecordArn = command.incidentArn ?? started
  if (!incidentRecordArn) throw new Error(`The incident of ${command.key} has not been started yet`)
  const { eventId } = await client.send(
    new CreateTimelineEventCommand({
      clientToken: sha256(command.key),
      incidentRecordArn,
      eventType: 'Custom Event',
      eventTime: command.at,
      eventData: fitJson(command.data, EVENT_DATA_LENGTH),
    }),
  )
  if (!eventId) throw new Error(`CreateTimelineEvent for ${command.key} answered no eventId`)
}

export async function addRelatedItem(
  client: SSMIncidentsClient,
  { key, incidentArn, item }: AddRelatedItem,
  started: string | undefined,
): Promise<undefined> {
  const incidentRecordArn = incidentArn ?? started
  if (!incidentRecordArn) throw new Error(`The incident of ${key} has not been started yet`)
  const relatedItemsUpdate = { itemToAdd: relatedItem(item) }
  const { $metadata } = await client.send(
    new UpdateRelatedItemsCommand({ clientToken: sha256(key), incidentRecordArn, relatedItemsUpdate }),
  )
  // As below.
  if ($metadata.httpStatusCode !== 204)
    throw new Error(`UpdateRelatedItems for ${key} answered ${$metadata.httpStatusCode}`)
}

export async function updateIncident(client: SSMIncidentsClient, command: UpdateIncident): Promise<undefined> {
  const { key, incidentArn: arn, status, impact } = command
  const { $metadata } = await client.send(
    new UpdateIncidentRecordCommand({ clientToken: sha256(key), arn, status, impact }),
  )
  // The answer has no members: its status is all that tells it from that of something in between.
  if ($metadata.httpStatusCode !== 204)
    throw new Error(`UpdateIncidentRecord for ${key} answered ${$metadata.httpStatusCode}`)
}
