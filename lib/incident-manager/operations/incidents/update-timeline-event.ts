// UpdateTimelineEvent: changes what is given of an event that a caller has created.
import type { UpdateTimelineEventCommandInput, UpdateTimelineEventCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Item } from '../../../aws/table/table.ts'
import type { Operation } from '../../context.ts'
import { updateIf } from '../../store/conditional.ts'
import { encodeMembers } from '../../store/stored.ts'
import { getTimelineItem, readTimelineEvent, timelineSort } from '../../store/timeline.ts'
import { callOf, changeOnce, remember, tokenAttribute } from './client-tokens.ts'
import { requireCustom } from './event-types.ts'
import { given } from './given.ts'

/** ResourceNotFound when there is no such event; ValidationFailed when it is (or would become) the service's own. */
export const updateTimelineEvent: Operation<UpdateTimelineEventCommandInput, UpdateTimelineEventCommandOutput> = async (
  input,
  context,
) => {
  const arn = given(input.incidentRecordArn, 'incidentRecordArn')
  const eventId = given(input.eventId, 'eventId')
  const { eventTime, eventType, eventData, eventReferences } = input
  const call = callOf(input)
  const read = async (): Promise<Item> => {
    const item = await getTimelineItem(context.table, arn, eventId)
    requireCustom(readTimelineEvent(item).eventType)
    if (eventType !== undefined) requireCustom(eventType)
    return item
  }
  await changeOnce(call, { type: 'TIMELINE_EVENT', id: eventId }, read, async (item) => {
    const now = context.clock.now()
    const listSort = eventTime && timelineSort({ ...readTimelineEvent(item), eventTime })
    const changed = encodeMembers({ eventTime, listSort, eventType, eventData, eventReferences, eventUpdatedTime: now })
    const memory = remember(item, call, now)
    const updated = await updateIf(
      context.table,
      { pk: item.pk, sk: item.sk },
      { set: { ...changed, ...memory.set }, remove: memory.remove },
      { equals: { eventId, [tokenAttribute(call)]: undefined } },
    )
    return updated !== undefined
  })
  return {}
}
