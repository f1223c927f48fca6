// ListEngagements: newest first, of one incident or of all, begun within a span of time.
import type { ListEngagementsCommandInput, ListEngagementsCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { readEngagementSummary } from '../../store/engagements.ts'
import { ENGAGEMENTS, engagementsOf } from '../../store/keys.ts'
import { listPage } from '../../store/lists.ts'
import { checkAccount } from './account.ts'

/** Both ends of the span count, and it is their start that must lie in it [inferred]. */
export const listEngagements: Operation<ListEngagementsCommandInput, ListEngagementsCommandOutput> = async (
  input,
  context,
) => {
  const incidentId = input.IncidentId ?? ''
  const from = input.TimeRangeValue?.StartTime?.toISOString()
  const to = input.TimeRangeValue?.EndTime?.toISOString()
  const { items, nextToken } = await listPage(context, {
    scope: ['ListEngagements', incidentId, from, to].join(' '),
    ...(incidentId
      ? { index: 'list2', partition: engagementsOf(incidentId) }
      : { index: 'list', partition: ENGAGEMENTS }),
    range: from || to ? { from, to } : undefined,
    order: 'descending',
    maxResults: input.MaxResults || undefined,
    nextToken: input.NextToken,
  })
  // An account without a replication set has no list, not an empty one.
  if (!items.length) await checkAccount(context.table)
  return {
    NextToken: nextToken,
    Engagements: items
      .map(readEngagementSummary)
      .map(({ arn, contactArn, sender, incidentId, startTime, stopTime }) => ({
        EngagementArn: arn,
        ContactArn: contactArn,
        Sender: sender,
        IncidentId: incidentId,
        StartTime: startTime,
        StopTime: stopTime,
      })),
  }
}
