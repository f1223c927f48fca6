// ListTimelineEvents: newest first unless asked otherwise, filtered by eventTime, eventType and eventReference.
import type { ListTimelineEventsCommandInput, ListTimelineEventsCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { findIncident, incidentIdOf } from '../../store/incidents.ts'
import { timelineOf } from '../../store/keys.ts'
import { listPage } from '../../store/lists.ts'
import { readTimelineEvent, type TimelineRecord } from '../../store/timeline.ts'
import { type Filterable, selection } from './filters.ts'
import { given } from './given.ts'

const KEYS: Readonly<Record<string, Filterable<TimelineRecord>>> = {
  eventTime: { kind: 'time', of: ({ eventTime }) => eventTime, sorted: true },
  eventType: { kind: 'strings', of: ({ eventType }) => [eventType] },
  eventReference: {
    kind: 'strings',
    of: ({ eventReferences = [] }) =>
      eventReferences.flatMap(({ resource, relatedItemId }) =>
        [resource, relatedItemId].filter((id) => id !== undefined),
      ),
  },
}

/** An incident that does not exist has no events [inferred: the model has no ResourceNotFoundException here]. */
export const listTimelineEvents: Operation<ListTimelineEventsCommandInput, ListTimelineEventsCommandOutput> = async (
  input,
  context,
) => {
  const incidentRecordArn = given(input.incidentRecordArn, 'incidentRecordArn')
  const { filters = [], sortOrder = 'DESCENDING', maxResults, nextToken } = input
  const { matches, range } = selection(filters, KEYS)
  const incidentId = incidentIdOf(incidentRecordArn)
  if (incidentId === undefined || !(await findIncident(context.table, incidentRecordArn))) return { eventSummaries: [] }
  const page = await listPage(context, {
    scope: `ListTimelineEvents ${incidentRecordArn} ${sortOrder} ${JSON.stringify(filters)}`,
    index: 'list',
    partition: timelineOf(incidentId),
    range,
    order: sortOrder === 'ASCENDING' ? 'ascending' : 'descending',
    maxResults,
    nextToken,
    matches: matches && ((item) => matches(readTimelineEvent(item))),
  })
  const events = page.items.map(readTimelineEvent)
  return {
    eventSummaries: events.map(({ eventId, eventTime, eventUpdatedTime, eventType, eventReferences }) => ({
      incidentRecordArn,
      eventId,
      eventTime,
      eventUpdatedTime,
      eventType,
      eventReferences,
    })),
    nextToken: page.nextToken,
  }
}
