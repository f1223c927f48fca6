// What comes in: a record of the intake queue, told by its shape, or an alarm's direct invocation.
import type { SQSRecord } from 'aws-lambda'
import { isAlarmInvocation, parseAlarmInvocation } from './alarm-invocation.ts'
import { isAlarmNotification, parseAlarmNotification } from './alarm-notification.ts'
import { isEvent, parseEvent } from './event.ts'
import { isJson, notTooDeep, parseJson, type Json } from './fields.ts'
import { MalformedInput, type Signal } from './signal.ts'
import { bodyOf, isTopicMessage, parseTopicMessage } from './topic-message.ts'

/** What a record says. Throws MalformedInput, which names the source and the field. */
export const parseRecord = (record: Pick<SQSRecord, 'body' | 'messageId'>): Signal =>
  parseBody(bodyOf(record), record.messageId)

/** What an alarm says that invokes the function itself. Throws MalformedInput. */
export function parseInvocation(event: unknown): Signal {
  if (isJson(event)) return asSent(parseAlarmInvocation(notTooDeep('alarm invocation', 'event', event)))
  throw new MalformedInput('alarm invocation', 'event', 'must be an object')
}

function parseBody(body: Json, messageId: string): Signal {
  if (isTopicMessage(body)) {
    const { id, message } = parseTopicMessage(body)
    return asSent(parseBare(parseJson('SNS message', 'Message', message), id))
  }
  // A failed asynchronous invocation, as Lambda hands it on: with what it was invoked with.
  if ('requestContext' in body && isJson(body['requestPayload']))
    return asSent(parseBare(body['requestPayload'], messageId))
  return parseBare(body, messageId)
}

const asSent = (signal: Signal): Signal => (signal.kind === 'event' ? { ...signal, sent: true } : signal)

/** `id` names what has no name of its own. */
function parseBare(json: Json, id: string): Signal {
  if (isEvent(json)) return parseEvent(json)
  if (isAlarmNotification(json)) return parseAlarmNotification(json, id)
  if (isAlarmInvocation(json)) return parseAlarmInvocation(json)
  throw new MalformedInput(
    'queue record',
    'body',
    "must be an EventBridge event, an alarm's notification or an alarm's invocation",
  )
}
