// DescribeEngagement: who was engaged, with which words, since when and until when.
import type { DescribeEngagementCommandInput, DescribeEngagementCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireEngagement } from '../../store/engagements.ts'
import { given } from '../incidents/given.ts'

export const describeEngagement: Operation<DescribeEngagementCommandInput, DescribeEngagementCommandOutput> = async (
  input,
  { table },
) => {
  const engagement = await requireEngagement(table, given(input.EngagementId, 'engagementId'))
  return {
    ContactArn: engagement.contactArn,
    EngagementArn: engagement.arn,
    Sender: engagement.sender,
    Subject: engagement.subject,
    Content: engagement.content,
    PublicSubject: engagement.publicSubject,
    PublicContent: engagement.publicContent,
    IncidentId: engagement.incidentId,
    StartTime: engagement.startTime,
    StopTime: engagement.state.stopped?.at,
  }
}
