// What SNS puts around a message when it delivers it to a queue.
import type { SQSRecord } from 'aws-lambda'
import { Fields, parseJson, type Json } from './fields.ts'

export interface TopicMessage {
  /** SNS's MessageId: a repeated delivery has the same one. */
  readonly id: string
  readonly topicArn: string
  readonly message: string
  readonly at: Date
}

/** Whether a queue's body came through SNS; a topic's own letters (a confirmation of a subscription) did, too. */
export const isTopicMessage = (body: Json): boolean => 'TopicArn' in body && 'Type' in body

export const bodyOf = (record: Pick<SQSRecord, 'body'>): Json => parseJson('queue record', 'body', record.body)

/** Throws MalformedInput. */
export function parseTopicMessage(body: Json): TopicMessage {
  const fields = new Fields('SNS message', body)
  fields.oneOf('Type', ['Notification'])
  return {
    id: fields.text('MessageId'),
    topicArn: fields.text('TopicArn'),
    message: fields.text('Message'),
    at: fields.instant('Timestamp'),
  }
}
