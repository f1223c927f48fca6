// DeleteTimelineEvent: takes back what a caller has created, for good. Deleting what is absent succeeds.
import type { DeleteTimelineEventCommandInput, DeleteTimelineEventCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { putIf } from '../../store/conditional.ts'
import { deletedTimelineItem, findTimelineItem, readTimelineEvent } from '../../store/timeline.ts'
import { forgetRecount, leaveRoom } from './event-count.ts'
import { requireCustom } from './event-types.ts'
import { given } from './given.ts'

export const deleteTimelineEvent: Operation<DeleteTimelineEventCommandInput, DeleteTimelineEventCommandOutput> = async (
  input,
  { table },
) => {
  const arn = given(input.incidentRecordArn, 'incidentRecordArn')
  const found = await findTimelineItem(table, arn, given(input.eventId, 'eventId'))
  if (!found) return {}
  const { eventType, eventId, incidentId } = readTimelineEvent(found.item)
  requireCustom(eventType)
  const counted = { incidentId, arn }
  if (found.incident['recounted'] !== undefined) await forgetRecount(table, counted)
  // Else a twin has deleted it, and counted it down.
  if (await putIf(table, deletedTimelineItem(found.item), { equals: { eventId } })) await leaveRoom(table, counted)
  return {}
}
