// What SNS puts around a message when it delivers it to a queue.
import type { SQSRecord } from 'aws-lambda'
import { Fields, isJson, parseJson, type Json } from './fields.ts'
import type { Receipt } from './receipt.ts'

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

/** The instant is that of `receipt` where SNS gives none. Throws MalformedInput. */
export function parseTopicMessage(body: Json, receipt?: Receipt): TopicMessage {
  const fields = new Fields('SNS message', body)
  fields.oneOf('Type', ['Notification'])
  return {
    id: fields.text('MessageId'),
    topicArn: fields.text('TopicArn'),
    message: fields.text('Message'),
    at: fields.optionalInstant('Timestamp') ?? receipt?.at ?? fields.instant('Timestamp'),
  }
}

/** What SNS invokes a function with that subscribes to a topic itself: `{Records: [{EventSource: 'aws:sns', Sns}]}`. */
export function topicRecords(event: Json): Json[] | undefined {
  const records: unknown = event['Records']
  if (!Array.isArray(records) || !records.length) return undefined
  const messages = records.map((record: unknown) =>
    isJson(record) && record['EventSource'] === 'aws:sns' && isJson(record['Sns']) ? record['Sns'] : undefined,
  )
  return messages.every((message) => message !== undefined) ? messages : undefined
}
