// The commands that need the contacts client, which only some functions carry.
import {
  AcceptPageCommand,
  type SSMContactsClient,
  StartEngagementCommand,
  StopEngagementCommand,
} from '@aws-sdk/client-ssm-contacts'
import { contactArn, type Place } from '../../aws/arn.ts'
import { sha256 } from '../../aws/token.ts'
import type { RunContactCommand } from './execute.ts'

const SENDER = 'tocsin'
const REASON_LENGTH = 255

export const contactCommands =
  (client: SSMContactsClient, place: Place): RunContactCommand =>
  async (command) => {
    switch (command.type) {
      case 'start-engagement': {
        const { key, contact, subject, content, incidentArn: IncidentId } = command
        const { EngagementArn } = await client.send(
          new StartEngagementCommand({
            IdempotencyToken: sha256(key),
            ContactId: contactArn(place, contact),
            Sender: SENDER,
            Subject: subject,
            Content: content,
            PublicSubject: subject,
            PublicContent: content,
            IncidentId,
          }),
        )
        if (!EngagementArn) throw new Error(`StartEngagement for ${key} answered no EngagementArn`)
        return
      }
      case 'stop-engagement':
        await client.send(
          new StopEngagementCommand({
            EngagementId: command.engagementArn,
            Reason: command.reason.slice(0, REASON_LENGTH),
          }),
        )
        return
      case 'accept-page':
        // Tocsin does not know a page's code; IGNORE takes any, and the note says who accepted.
        await client.send(
          new AcceptPageCommand({
            PageId: command.pageArn,
            AcceptType: 'READ',
            AcceptCode: '000000',
            AcceptCodeValidation: 'IGNORE',
            Note: command.reason,
          }),
        )
    }
  }
