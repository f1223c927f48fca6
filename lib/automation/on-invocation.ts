// What invokes open-incident itself: an alarm, an event, or a topic that it subscribes to. What fails is Lambda's to repeat.
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { isJson, type Json } from './sources/fields.ts'
import type { Receipt } from './sources/receipt.ts'
import { parseInvocation } from './sources/queue-record.ts'
import type { Signal } from './sources/signal.ts'
import { topicRecords } from './sources/topic-message.ts'
import type { Unread } from './sources/unreadable.ts'

export interface Invocation {
  readonly records: (records: readonly SQSRecord[], context: Context) => Promise<SQSBatchResponse>
  readonly process: (signal: Signal) => Promise<void>
  readonly unreadable: (message: Unread, error: unknown) => Promise<void>
  /** Where and when an invocation came, for what it does not say itself. */
  readonly receipt: (id: string) => Receipt
}

/** Whether it is what Lambda's poller makes of a queue's messages. */
export const isQueueEvent = (event: unknown): event is SQSEvent => {
  const records: unknown = isJson(event) ? event['Records'] : undefined
  return (
    Array.isArray(records) && records.every((record: unknown) => isJson(record) && typeof record['body'] === 'string')
  )
}

/** Throws what Lambda repeats and, in the end, hands to the function's failure queue. */
export async function onInvocation(work: Invocation, event: unknown, context: Context): Promise<void> {
  const messages = isJson(event) ? topicRecords(event) : undefined
  if (messages) {
    const { batchItemFailures } = await work.records(messages.map(asRecord), context)
    if (batchItemFailures.length) throw new Error(`${batchItemFailures.length} of ${messages.length} messages failed`)
    return
  }
  const id = context.awsRequestId
  let signal: Signal
  try {
    signal = parseInvocation(event, work.receipt(id))
  } catch (error) {
    await work.unreadable({ messageId: id, body: JSON.stringify({ requestPayload: event ?? null }) }, error)
    throw error
  }
  await work.process(signal)
}

/** As the topic would have sent it to the queue. */
const asRecord = (message: Json): SQSRecord => ({
  messageId: String(message['MessageId']),
  receiptHandle: '',
  body: JSON.stringify(message),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sns',
  eventSourceARN: String(message['TopicArn']),
  awsRegion: '',
})
