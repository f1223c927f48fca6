// What the service itself writes on an incident's timeline, and tells the incident's notification targets.
import { MINUTE_MS, plusMinutes } from '../../../aws/instants.ts'
import type { Item } from '../../../aws/table/table.ts'
import { uuidOf } from '../../../aws/token.ts'
import type { Context } from '../../context.ts'
import { putIf, updateIf } from '../../store/conditional.ts'
import { findIncident, type Incident, readIncident } from '../../store/incidents.ts'
import { dueShard } from '../../../aws/table/due.ts'
import { readTimelineEvent, timelineItem, type TimelineRecord } from '../../store/timeline.ts'

export interface ServiceEvent {
  /** As AWS names it: `SSM Incident Start`, `SSM Contacts Page for Incident`, ... */
  readonly type: string
  readonly time: Date
  /** Plain JSON; the event's eventData. */
  readonly data: object
  /** Names the fact within its incident: the same key again is the same event. */
  readonly key: string
}

const RETRY_MINUTES = 1
const GIVE_UP_MINUTES = 24 * 60

/**
 * Writes `event` once, however often it is called, and publishes it to the incident's notification targets and chat
 * topics. A topic that refuses never fails the caller: the event itself owes it then (see `publishAgain`). An incident
 * that is unknown or deleted has no timeline: nothing happens. `known` saves reading the incident.
 */
export async function appendTimelineEvent(
  context: Context,
  incidentArn: string,
  event: ServiceEvent,
  known?: Incident,
): Promise<void> {
  const incident = known ?? (await visibleIncident(context, incidentArn))
  if (!incident || incident.deletedTime) return
  const record: TimelineRecord = {
    incidentId: incident.incidentId,
    incidentRecordArn: incident.arn,
    eventId: timelineEventId(incident.incidentId, event.key),
    eventTime: event.time,
    eventUpdatedTime: context.clock.now(),
    eventType: event.type,
    eventData: JSON.stringify(event.data),
  }
  const item = timelineItem(record)
  // Or it was written before, by a call that may have died before it published: telling it again has the same id.
  await putIf(context.table, item, { absent: true })
  await publish(context, item, topicsOf(incident))
}

/** Publishes what topics have refused so far; a day after the event it is given up. */
export async function publishAgain(context: Context, item: Item): Promise<void> {
  const topics = item['unpublished']
  if (Array.isArray(topics)) await publish(context, item, topics.map(String))
}

/** The event's id derives from what it tells. */
export const timelineEventId = (incidentId: string, key: string): string => uuidOf(`event ${incidentId} ${key}`)

async function visibleIncident(context: Context, arn: string): Promise<Incident | undefined> {
  const item = await findIncident(context.table, arn)
  return item && readIncident(item)
}

function topicsOf({ notificationTargets = [], chatChannel }: Incident): string[] {
  const targets = notificationTargets.flatMap(({ snsTopicArn }) => (snsTopicArn === undefined ? [] : [snsTopicArn]))
  return [...new Set([...targets, ...(chatChannel?.chatbotSns ?? [])])]
}

async function publish(context: Context, item: Item, topics: readonly string[]): Promise<void> {
  const event = readTimelineEvent(item)
  const message = notification(context, event)
  const answers = await Promise.allSettled(topics.map((topic) => context.delivery.publish(topic, message)))
  const refused = topics.filter((_, index) => answers[index]?.status === 'rejected')
  const owed = item['unpublished'] !== undefined
  if (!refused.length && !owed) return
  const now = context.clock.now()
  const { eventId, incidentRecordArn, eventUpdatedTime } = event
  const givenUp = now.getTime() - eventUpdatedTime.getTime() >= GIVE_UP_MINUTES * MINUTE_MS
  if (refused.length)
    context.logger[givenUp ? 'error' : 'warn']('Notification targets refused a timeline event', {
      incidentRecordArn,
      eventId,
      topics: refused,
      givenUp,
    })
  const due = {
    unpublished: refused,
    dueShard: dueShard(item.pk),
    dueAt: plusMinutes(now, RETRY_MINUTES).toISOString(),
  }
  const change = refused.length && !givenUp ? { set: due } : { remove: Object.keys(due) }
  // Unless the incident has been deleted meanwhile, and its events with it.
  await updateIf(context.table, { pk: item.pk, sk: item.sk }, change, { equals: { eventId } })
}

// In the shape of an EventBridge envelope; every field but detail-type, resources and detail is our choice [inferred].
const notification = (context: Context, event: TimelineRecord): object => ({
  version: '0',
  id: event.eventId,
  'detail-type': event.eventType,
  source: 'aws.ssm-incidents',
  account: context.place.account,
  time: event.eventTime.toISOString(),
  region: context.place.region,
  resources: [event.incidentRecordArn],
  detail: JSON.parse(event.eventData),
})
