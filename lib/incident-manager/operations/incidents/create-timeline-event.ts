// CreateTimelineEvent: what a person or a program has to say about an incident.
import type { CreateTimelineEventCommandInput, CreateTimelineEventCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { QuotaExceeded } from '../../errors.ts'
import { putIf } from '../../store/conditional.ts'
import { incidentIdOf, incidentNotFound } from '../../store/incidents.ts'
import { timelineEventKey } from '../../store/keys.ts'
import { timelineItem } from '../../store/timeline.ts'
import { callOf, checkSameCall } from './client-tokens.ts'
import { giveRoomBack, takeRoom } from './event-count.ts'
import { requireCustom } from './event-types.ts'
import { given } from './given.ts'
import { timelineEventId } from './timeline.ts'

/**
 * Room on the record is taken first: that also proves that the incident is there. ValidationFailed for the types that the
 * service keeps to itself; QuotaExceeded when the incident is full.
 */
export const createTimelineEvent: Operation<CreateTimelineEventCommandInput, CreateTimelineEventCommandOutput> = async (
  input,
  context,
) => {
  const incidentRecordArn = given(input.incidentRecordArn, 'incidentRecordArn')
  const eventType = given(input.eventType, 'eventType')
  requireCustom(eventType)
  const incidentId = incidentIdOf(incidentRecordArn)
  const call = callOf(input)
  if (incidentId === undefined) throw incidentNotFound(incidentRecordArn)
  const counted = { incidentId, arn: incidentRecordArn }
  const room = await takeRoom(context.table, counted)
  if (room === 'gone') throw incidentNotFound(incidentRecordArn)
  const eventId = timelineEventId(incidentId, `created ${call.token}`)
  const answer = { eventId, incidentRecordArn }
  const item = timelineItem({
    incidentId,
    incidentRecordArn,
    eventId,
    eventTime: given(input.eventTime, 'eventTime'),
    eventUpdatedTime: context.clock.now(),
    eventType,
    eventData: given(input.eventData, 'eventData'),
    eventReferences: input.eventReferences,
    parameters: call.parameters,
  })
  if (room === 'taken') {
    if (await putIf(context.table, item, { absent: true })) return answer
    await giveRoomBack(context.table, counted)
  }
  const existing = await context.table.get(timelineEventKey(incidentId, eventId))
  if (!existing)
    throw new QuotaExceeded(
      `The incident has as many timeline events as it can have: ${incidentRecordArn}`,
      'TimelineEventsPerIncident',
      {
        type: 'INCIDENT_RECORD',
        id: incidentRecordArn,
      },
    )
  // Or it is what is left of it: an event that was deleted since stays deleted.
  checkSameCall(call, existing['parameters'], { type: 'TIMELINE_EVENT', id: eventId })
  return answer
}
