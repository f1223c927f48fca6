// Tells the last-resort topic, which is outside the incident manager, that nobody could be paged.
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns'
import { shortened } from '../decide/fit-json.ts'
import { plainText } from '../../aws/plain-text.ts'
import type { RunLastResort } from './execute.ts'

const SUBJECT_LENGTH = 100
/** SNS takes 256 KB; a character is three bytes at most. */
export const MESSAGE_LENGTH = 80_000

/** SNS takes subjects of printable ASCII only. */
const subjectOf = (text: string): string => text.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, SUBJECT_LENGTH)

export const lastResortTopic =
  (client: SNSClient, topicArn: string): RunLastResort =>
  async ({ subject, message }) => {
    const Message = shortened(plainText(message), MESSAGE_LENGTH)
    await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subjectOf(subject), Message }))
  }
