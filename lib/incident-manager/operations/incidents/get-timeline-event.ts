// GetTimelineEvent: one event of an incident's timeline, with what it says.
import type { GetTimelineEventCommandInput, GetTimelineEventCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { readTimelineEvent } from '../../store/timeline.ts'
import { getTimelineItem } from '../../store/timeline.ts'
import { given } from './given.ts'

export const getTimelineEvent: Operation<GetTimelineEventCommandInput, GetTimelineEventCommandOutput> = async (
  input,
  { table },
) => {
  const incidentRecordArn = given(input.incidentRecordArn, 'incidentRecordArn')
  const item = await getTimelineItem(table, incidentRecordArn, given(input.eventId, 'eventId'))
  const { eventId, eventTime, eventUpdatedTime, eventType, eventData, eventReferences } = readTimelineEvent(item)
  return {
    event: { incidentRecordArn, eventId, eventTime, eventUpdatedTime, eventType, eventData, eventReferences },
  }
}
