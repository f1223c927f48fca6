// StartEngagement: pages a person, or walks an escalation plan, until somebody answers.
import { randomUUID } from 'node:crypto'
import type { StartEngagementCommandInput, StartEngagementCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { given } from '../incidents/given.ts'
import { engage } from './engage.ts'

/** The first pages have left, or are owed, when it answers. */
export const startEngagement: Operation<StartEngagementCommandInput, StartEngagementCommandOutput> = async (
  input,
  context,
) => {
  const { engagementArn } = await engage(context, {
    contactArn: given(input.ContactId, 'contactId'),
    sender: given(input.Sender, 'sender'),
    subject: given(input.Subject, 'subject'),
    content: given(input.Content, 'content'),
    publicSubject: input.PublicSubject,
    publicContent: input.PublicContent,
    incidentId: input.IncidentId || undefined,
    token: input.IdempotencyToken || randomUUID(),
  })
  return { EngagementArn: engagementArn }
}
