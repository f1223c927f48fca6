// UpdateTimelineEvent: changes what is given of an event that a caller has created.
import type { UpdateTimelineEventCommandInput, UpdateTimelineEventCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { updateIf } from '../../store/conditional.ts'
import { encodeMembers } from '../../store/stored.ts'
import { getTimelineItem, readTimelineEvent, timelineEventNotFound, timelineSort } from '../../store/timeline.ts'
import { callOf, remember, seen } from './client-tokens.ts'
import { requireCustom } from './event-types.ts'
import { given } from './given.ts'

/** ResourceNotFound when there is no such event; ValidationFailed when it is (or would become) the service's own. */
export const updateTimelineEvent: Operation<UpdateTimelineEventCommandInput, UpdateTimelineEventCommandOutput> = async (
  input,
  context,
) => {
  const eventId = given(input.eventId, 'eventId')
  const item = await getTimelineItem(context.table, given(input.incidentRecordArn, 'incidentRecordArn'), eventId)
  const event = readTimelineEvent(item)
  requireCustom(event.eventType)
  if (input.eventType !== undefined) requireCustom(input.eventType)
  const call = callOf(input)
  if (seen(item, call, { type: 'TIMELINE_EVENT', id: eventId })) return {}
  const now = context.clock.now()
  const { eventTime = event.eventTime, eventType, eventData, eventReferences } = input
  const memory = remember(item, call, now)
  const changed = encodeMembers({ eventTime, eventType, eventData, eventReferences, eventUpdatedTime: now })
  const updated = await updateIf(
    context.table,
    { pk: item.pk, sk: item.sk },
    { set: { ...changed, listSort: timelineSort({ ...event, eventTime }), ...memory.set }, remove: memory.remove },
    { equals: { eventId } },
  )
  if (!updated) throw timelineEventNotFound(eventId)
  return {}
}
