// What comes in: a record of the intake queue, told by its shape, or an alarm's direct invocation.
import type { SQSRecord } from 'aws-lambda'
import { parseArn, type Place } from '../../aws/arn.ts'
import { isAlarmInvocation, parseAlarmInvocation } from './alarm-invocation.ts'
import { isAlarmNotification, parseAlarmNotification } from './alarm-notification.ts'
import { isEvent, parseEvent } from './event.ts'
import { isJson, notTooDeep, parseJson, type Json } from './fields.ts'
import type { Receipt } from './receipt.ts'
import { MalformedInput, type Signal } from './signal.ts'
import { bodyOf, isTopicMessage, parseTopicMessage, topicRecords } from './topic-message.ts'

/** A record of a queue; `attributes` as Lambda gives them. */
export type QueueRecord = Pick<SQSRecord, 'body' | 'messageId'> & {
  readonly attributes?: { readonly SentTimestamp?: string }
}

/** What a record says that has reached `here`. Throws MalformedInput, which names the source and the field. */
export const parseRecord = (record: QueueRecord, here?: Place): Signal =>
  parseBody(bodyOf(record), { id: record.messageId, ...sentAt(record), ...here })

function sentAt({ attributes }: QueueRecord): Pick<Receipt, 'at'> {
  const sent = Number(attributes?.SentTimestamp)
  return sent > 0 && sent < LAST_MS ? { at: new Date(sent) } : {}
}
/** The last instant that a Date has. */
const LAST_MS = 8.64e15

/** What says whoever invokes the function itself: an alarm, or an event. Throws MalformedInput. */
export function parseInvocation(event: unknown, receipt?: Receipt): Signal {
  if (!isJson(event)) throw new MalformedInput('alarm invocation', 'event', 'must be an object')
  const json = notTooDeep('alarm invocation', 'event', event)
  return asSent(receipt && !isAlarmInvocation(json) ? parseBare(json, receipt) : parseAlarmInvocation(json, receipt))
}

function parseBody(body: Json, receipt: Receipt): Signal {
  if (isTopicMessage(body)) return parseTopic(body, receipt)
  // A failed asynchronous invocation, as Lambda hands it on: with what it was invoked with.
  if ('requestContext' in body && isJson(body['requestPayload'])) {
    const payload = body['requestPayload']
    const [first, ...others] = topicRecords(payload) ?? []
    // SNS invokes with one message at a time.
    return first && !others.length ? parseTopic(first, receipt) : asSent(parseBare(payload, receipt))
  }
  return parseBare(body, receipt)
}

function parseTopic(body: Json, receipt: Receipt): Signal {
  const { id, topicArn, message, at } = parseTopicMessage(body, receipt)
  const { account, region } = parseArn(topicArn) ?? {}
  const from = { ...receipt, id, at, ...(account ? { account } : {}), ...(region ? { region } : {}) }
  return asSent(parseBare(parseJson('SNS message', 'Message', message), from))
}

/** Somebody has wired it to wake people. */
const asSent = (signal: Signal): Signal => (signal.kind === 'event' ? { ...signal, sent: true } : signal)

/** `receipt.id` names what has no name of its own. */
function parseBare(json: Json, receipt: Receipt): Signal {
  if (isEvent(json)) return parseEvent(json, receipt)
  if (isAlarmNotification(json)) return parseAlarmNotification(json, receipt)
  if (isAlarmInvocation(json)) return parseAlarmInvocation(json, receipt)
  throw new MalformedInput(
    'queue record',
    'body',
    "must be an EventBridge event, an alarm's notification or an alarm's invocation",
  )
}
