// What the incident manager publishes to a plan's notification targets: timeline events in the dress of EventBridge.
import type { SQSRecord } from 'aws-lambda'
import { Fields, isJson, parseJson } from './fields.ts'
import type { IncidentNotification } from './signal.ts'
import { bodyOf, parseTopicMessage } from './topic-message.ts'

const ACKNOWLEDGEMENT = 'SSM Contacts Page Acknowledgement for Incident'
const RECORD_UPDATE = 'SSM Incident Record Update'

/**
 * The notification and what names it. Message: `{"detail-type", "resources": [incident ARN], "detail": eventData}`
 * (api-facts, Behaviour: incidents). Custom Event, Note and types that nobody knows are `other`. Throws MalformedInput.
 */
export function parseNotification(record: Pick<SQSRecord, 'body' | 'messageId'>): {
  readonly identity: string
  readonly notification: IncidentNotification
} {
  const { id, message, at } = parseTopicMessage(bodyOf(record))
  const fields = new Fields('incident notification', parseJson('incident notification', 'Message', message))
  return { identity: `notification/${id}`, notification: read(fields, at) }
}

function read(fields: Fields, publishedAt: Date): IncidentNotification {
  const type = fields.text('detail-type')
  const [incidentArn] = fields.texts('resources')
  switch (type) {
    case ACKNOWLEDGEMENT: {
      const detail = fields.object('detail')
      // What a machine accepted is nobody's answer.
      if (detail.get('acknowledgedBy') !== undefined) return { kind: 'other', incidentArn, type }
      return {
        kind: 'acknowledged',
        incidentArn: incidentOf(fields, incidentArn),
        contactArn: detail.text('contactArn'),
        engagementArn: detail.optionalText('engagementArn'),
        at: instantOf(fields, publishedAt),
      }
    }
    case RECORD_UPDATE:
      return update(fields, incidentOf(fields, incidentArn), publishedAt) ?? { kind: 'other', incidentArn, type }
    default:
      return { kind: 'other', incidentArn, type }
  }
}

function update(fields: Fields, incidentArn: string, publishedAt: Date): IncidentNotification | undefined {
  const detail = fields.object('detail')
  const what = { incidentArn, modifiedBy: detail.optionalText('modifiedBy'), at: instantOf(fields, publishedAt) }
  for (const attribute of detail.objects('modifiedAttributes')) {
    const [name, value] = [attribute.optionalText('attributeName'), attribute.optionalText('newValue')]
    if (name === 'status' && (value === 'OPEN' || value === 'RESOLVED'))
      return { kind: 'status', status: value, ...what }
    const title = name === 'relatedItems' && value && titleOfAdded(value)
    if (title) return { kind: 'related-item-added', title, ...what }
  }
  return undefined
}

/** `newValue` of relatedItems: `{"itemToAdd": {"title": ...}}` in a text; a removal has another member. */
function titleOfAdded(newValue: string): string | undefined {
  let json: unknown
  try {
    json = JSON.parse(newValue)
  } catch {
    return undefined
  }
  const item = isJson(json) ? new Fields('related item', json).optionalObject('itemToAdd') : undefined
  return item && (item.optionalText('title') ?? 'untitled')
}

function incidentOf(fields: Fields, arn: string | undefined): string {
  if (arn === undefined) throw fields.malformed('resources[0]', 'is missing; it is the ARN of the incident')
  return arn
}

/** The event's own time where it has one, else when SNS took it. */
const instantOf = (fields: Fields, publishedAt: Date): Date =>
  fields.optionalText('time') ? fields.instant('time') : publishedAt
