// The payloads of events/, as tests need them: read, and put into a queue's record.
import { globSync, readFileSync } from 'node:fs'
import type { SQSRecord } from 'aws-lambda'

/** The names of the files under events/ that fit, such as `cloudwatch/*.json`. */
export const fixtureNames = (pattern: string): string[] =>
  globSync(`events/${pattern}`)
    .map((file) => file.replaceAll('\\', '/').slice('events/'.length))
    .toSorted()

export const fixture = (name: string): object => {
  const json: unknown = JSON.parse(readFileSync(`events/${name}`, 'utf8'))
  if (typeof json === 'object' && json !== null) return json
  throw new Error(`events/${name} holds no object`)
}

export const record = (body: unknown, messageId = 'd5c6a0c1-0000-4000-8000-000000000001'): SQSRecord => ({
  messageId,
  receiptHandle: 'handle',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1772366642700',
    SenderId: 'AIDAEXAMPLE',
    ApproximateFirstReceiveTimestamp: '1772366642701',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:queue',
  awsRegion: 'us-east-1',
})

export const topicMessage = (message: unknown): object => ({
  Type: 'Notification',
  MessageId: 'a0000000-0000-4000-8000-000000000002',
  TopicArn: 'arn:aws:sns:us-east-1:111122223333:topic',
  Message: typeof message === 'string' ? message : JSON.stringify(message),
  Timestamp: '2026-03-01T12:00:00.000Z',
})
