// DeleteTimelineEvent: takes back what a caller has created. Deleting what is absent succeeds.
import type { DeleteTimelineEventCommandInput, DeleteTimelineEventCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { deleteIf } from '../../store/conditional.ts'
import { findTimelineItem, readTimelineEvent } from '../../store/timeline.ts'
import { leaveRoom } from './event-count.ts'
import { requireCustom } from './event-types.ts'
import { given } from './given.ts'

export const deleteTimelineEvent: Operation<DeleteTimelineEventCommandInput, DeleteTimelineEventCommandOutput> = async (
  input,
  { table },
) => {
  const arn = given(input.incidentRecordArn, 'incidentRecordArn')
  const item = await findTimelineItem(table, arn, given(input.eventId, 'eventId'))
  if (!item) return {}
  const { eventType, eventId, incidentId } = readTimelineEvent(item)
  requireCustom(eventType)
  // Else a twin has deleted it, and counted it down.
  if (await deleteIf(table, { pk: item.pk, sk: item.sk }, { equals: { eventId } }))
    await leaveRoom(table, { incidentId, arn })
  return {}
}
