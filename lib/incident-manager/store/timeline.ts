// A timeline event: one item each, found by its id and listed by its time.
import type { EventReference } from '@aws-sdk/client-ssm-incidents'
import type { Item, Table } from '../../aws/table/table.ts'
import { ResourceNotFound } from '../errors.ts'
import { findIncident, incidentIdOf } from './incidents.ts'
import { timelineEventKey, timelineOf } from './keys.ts'
import { decode, encodeItem } from './stored.ts'

export interface TimelineRecord {
  readonly incidentId: string
  readonly incidentRecordArn: string
  readonly eventId: string
  readonly eventTime: Date
  readonly eventUpdatedTime: Date
  readonly eventType: string
  readonly eventData: string
  readonly eventReferences?: EventReference[] | undefined
  /** Hash of the parameters of the call that created it; the service's own events have none. */
  readonly parameters?: string | undefined
}

export const EVENT_PREFIX = 'event#'

/** What callers may write; everything else is the service's own (api-facts, Timeline event types). */
export const isCustom = (eventType: string): boolean => eventType === 'Custom Event' || eventType === 'Note'

const OPENING = ['SSM Incident Trigger', 'SSM Incident Start']

/** By time; what opened the incident comes before all else that happened at that instant. */
export function timelineSort({
  eventTime,
  eventType,
  eventId,
}: Pick<TimelineRecord, 'eventTime' | 'eventType' | 'eventId'>): string {
  const rank = OPENING.includes(eventType) ? OPENING.indexOf(eventType) : OPENING.length
  return `${eventTime.toISOString()}#${rank}#${eventId}`
}

export const timelineItem = (event: TimelineRecord): Item => ({
  ...encodeItem(timelineEventKey(event.incidentId, event.eventId), event),
  listKey: timelineOf(event.incidentId),
  listSort: timelineSort(event),
})

export const readTimelineEvent = (item: Item): TimelineRecord =>
  decode<TimelineRecord>(item, ['eventTime', 'eventUpdatedTime'])

/**
 * What is left in the place of an event that was deleted, until its incident goes: the call that created it may come again,
 * and must not bring it back. It has no event id, and is in no list.
 */
export const deletedTimelineItem = ({ pk, sk, incidentId, parameters }: Item): Item => ({
  pk,
  sk,
  incidentId,
  parameters,
})

/** The items of an event, and of its incident that can be seen, or undefined. */
export async function findTimelineItem(
  table: Table,
  incidentArn: string,
  eventId: string,
): Promise<{ incident: Item; item: Item } | undefined> {
  const id = incidentIdOf(incidentArn)
  if (id === undefined) return undefined
  const [incident, item] = await Promise.all([
    findIncident(table, incidentArn),
    table.get(timelineEventKey(id, eventId)),
  ])
  return incident && item?.['eventId'] === eventId ? { incident, item } : undefined
}

/** The event's, or ResourceNotFound. */
export async function getTimelineItem(table: Table, incidentArn: string, eventId: string): Promise<Item> {
  const found = await findTimelineItem(table, incidentArn, eventId)
  if (!found) throw timelineEventNotFound(eventId)
  return found.item
}

const timelineEventNotFound = (eventId: string): ResourceNotFound =>
  new ResourceNotFound(`Timeline event not found: ${eventId}`, { type: 'TIMELINE_EVENT', id: eventId })
