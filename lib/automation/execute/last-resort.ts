// Tells the last-resort topic, which is outside the incident manager, that nobody could be paged.
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns'
import { plainText } from '../../aws/plain-text.ts'
import type { RunLastResort } from './execute.ts'

const SUBJECT_LENGTH = 100

/** SNS takes subjects of printable ASCII only. */
const subjectOf = (text: string): string => text.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, SUBJECT_LENGTH)

export const lastResortTopic =
  (client: SNSClient, topicArn: string): RunLastResort =>
  async ({ subject, message }) => {
    const Message = plainText(message)
    await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subjectOf(subject), Message }))
  }
