// The part of the SQS API that senders, dead-letter queues and their redrive need, over the durable queues.
import { randomUUID } from 'node:crypto'
import { Refused, type AwsApi } from './aws-wire.ts'
import { keyOf } from './functions.ts'
import type { Json } from './json.ts'
import type { Outgoing } from './message-store.ts'
import type { Received } from './holds.ts'
import type { Queues } from './queues.ts'
import { attributesJson, attributesMd5, bodyMd5, namedAttributes } from './sqs-message.ts'
import {
  chosen,
  getQueueAttributes,
  invalid,
  named,
  nameOf,
  ofOld,
  queueOf,
  texts,
  urlOf,
  urls,
  type Sqs,
} from './sqs-queues.ts'
import type { QueueSpec, Wiring } from './template.ts'

const MAX_BATCH = 10
const MAX_DELAY_SECONDS = 900
const MAX_VISIBILITY_SECONDS = 43_200

/** The queues of the template; `url` is where everything is served, and their URLs are as the template's Ref gives them. */
export function sqs(queues: Queues, wiring: Wiring, url: string): AwsApi {
  const it: Sqs = { queues, wiring, url }
  return {
    operations: {
      SendMessage: (input) => sendMessage(input, it),
      SendMessageBatch: (input) => sendMessageBatch(input, it),
      ReceiveMessage: (input) => receiveMessage(input, it),
      DeleteMessage: (input) => deleteMessage(input, queueOf(input, it), it),
      DeleteMessageBatch: (input) => deleteMessageBatch(input, it),
      ChangeMessageVisibility: (input) => changeMessageVisibility(input, it),
      GetQueueUrl: (input) => ({ QueueUrl: urlOf(named(input.get('QueueName').string(), it), it) }),
      GetQueueAttributes: (input) => getQueueAttributes(input, it),
      ListQueues: (input) => {
        const prefix = input.get('QueueNamePrefix').optionalString() ?? ''
        return urls('QueueUrls', input, it, (queue) => nameOf(queue).startsWith(prefix))
      },
      ListDeadLetterSourceQueues: (input) => {
        const { arn } = queueOf(input, it)
        return urls('queueUrls', input, it, (queue) => queue.redrive?.deadLetterArn === arn)
      },
      PurgeQueue: async (input) => {
        await it.queues.purge(queueOf(input, it).arn)
        return {}
      },
      StartMessageMoveTask: (input) => startMessageMoveTask(input, it),
    },
    query: {
      namespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
      items: (name, operation) => (name === 'Successful' ? `${operation}ResultEntry` : ITEMS[name]),
      lists: {
        AttributeName: 'AttributeNames',
        DeleteMessageBatchRequestEntry: 'Entries',
        MessageAttribute: 'MessageAttributes',
        MessageAttributeName: 'MessageAttributeNames',
        SendMessageBatchRequestEntry: 'Entries',
      },
      maps: ['Attributes', 'MessageAttributes'],
    },
  }
}

const ITEMS: Readonly<Record<string, string>> = {
  Attributes: 'Attribute',
  Failed: 'BatchResultErrorEntry',
  MessageAttributes: 'MessageAttribute',
  Messages: 'Message',
  QueueUrls: 'QueueUrl',
  queueUrls: 'QueueUrl',
}

function seconds(input: Json, name: string, most: number): number | undefined {
  const value = input.get(name).optionalNumber()
  if (value !== undefined && (!Number.isInteger(value) || value < 0 || value > most))
    throw invalid(
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between 0 and ${most}, if provided.`,
    )
  return value
}

interface Sent {
  readonly message: Outgoing
  readonly answer: object
}

function toSend(input: Json, queue: QueueSpec, it: Sqs): Sent {
  const body = input.get('MessageBody').string()
  if (body === '') throw new Refused('MissingParameter', 'The request must contain the parameter MessageBody.')
  if (/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(body))
    throw new Refused('InvalidMessageContents', 'The message contains characters outside the allowed set.')
  const id = randomUUID()
  const attributes = attributesJson(input.get('MessageAttributes'))
  const delayMs = (seconds(input, 'DelaySeconds', MAX_DELAY_SECONDS) ?? 0) * 1000
  const message = { id, queue: queue.arn, body, attributes, delayMs, ...deadAs(queue, it.wiring) }
  const answer = { MessageId: id, MD5OfMessageBody: bodyMd5(body), MD5OfMessageAttributes: attributesMd5(attributes) }
  return { message, answer }
}

/** What is sent to a dead-letter queue itself waits there for a person like the others. */
function deadAs(queue: QueueSpec, { queues, mappings, functions }: Wiring): Pick<Outgoing, 'failure'> {
  const source = queues.find(({ redrive }) => redrive?.deadLetterArn === queue.arn)?.arn
  if (source === undefined) return {}
  const mapping = mappings.find(({ queueArn }) => queueArn === source)
  const spec = functions.find(({ arn }) => arn === mapping?.functionArn)
  return { failure: { source, failedIn: spec ? keyOf(spec) : '', error: 'Sent to the dead-letter queue' } }
}

async function sendMessage(input: Json, it: Sqs): Promise<object> {
  const { message, answer } = toSend(input, queueOf(input, it), it)
  await it.queues.send([message])
  return answer
}

async function sendMessageBatch(input: Json, it: Sqs): Promise<object> {
  const queue = queueOf(input, it)
  const messages: Outgoing[] = []
  const result = await eachOf(input, (entry) => {
    const { message, answer } = toSend(entry, queue, it)
    messages.push(message)
    return answer
  })
  await it.queues.send(messages)
  return result
}

/** Does each entry of a batch on its own. What is no fault of the sender fails the whole call. */
async function eachOf(input: Json, work: (entry: Json) => object | Promise<object>): Promise<object> {
  const entries = input.get('Entries').list()
  if (entries.length === 0) throw ofOld('EmptyBatchRequest', 'There should be at least one entry in the request.')
  if (entries.length > MAX_BATCH)
    throw ofOld(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_BATCH}. You have sent ${entries.length}.`,
    )
  const ids = entries.map((entry) => entry.get('Id').string())
  const wrong = ids.find((id) => !/^[\w-]{1,80}$/.test(id))
  if (wrong !== undefined)
    throw ofOld(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    )
  const repeated = ids.find((id, at) => ids.indexOf(id) !== at)
  if (repeated !== undefined) throw ofOld('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`)
  const Successful: object[] = []
  const Failed: object[] = []
  // All in one turn: what they write is one commit.
  const results = await Promise.all(
    entries.map(async (entry) => {
      try {
        return await work(entry)
      } catch (error) {
        if (error instanceof Refused) return error
        throw error
      }
    }),
  )
  for (const [at, result] of results.entries()) {
    const Id = ids[at]
    if (result instanceof Refused) Failed.push({ Id, SenderFault: true, Code: result.code, Message: result.message })
    else Successful.push({ Id, ...result })
  }
  return { Successful, Failed }
}

/** A call that may wait for messages is answered at once all the same: here nothing arrives unless somebody sends it. */
function receiveMessage(input: Json, it: Sqs): object {
  const queue = queueOf(input, it)
  const limit = input.get('MaxNumberOfMessages').optionalNumber() ?? 1
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_BATCH)
    throw invalid(
      `Value ${limit} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and ${MAX_BATCH}, if provided.`,
    )
  const visibility = seconds(input, 'VisibilityTimeout', MAX_VISIBILITY_SECONDS) ?? queue.visibilitySeconds
  const system = [...texts(input, 'AttributeNames'), ...texts(input, 'MessageSystemAttributeNames')]
  const wanted = texts(input, 'MessageAttributeNames')
  const messages = it.queues.receive(queue.arn, limit, visibility * 1000)
  return messages.length === 0 ? {} : { Messages: messages.map((message) => toMessage(message, system, wanted)) }
}

function toMessage(message: Received, system: readonly string[], wanted: readonly string[]): object {
  const { id, body, handle, received, sentAt, firstReceivedAt, source } = message
  const attributes = namedAttributes(message.attributes, wanted)
  return {
    MessageId: id,
    ReceiptHandle: handle,
    MD5OfBody: bodyMd5(body),
    Body: body,
    Attributes: chosen(system, {
      SenderId: 'local',
      SentTimestamp: String(sentAt.getTime()),
      ApproximateReceiveCount: String(received),
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt.getTime()),
      ...(source === undefined ? {} : { DeadLetterQueueSourceArn: source }),
    }),
    MessageAttributes: attributes && JSON.parse(attributes),
    MD5OfMessageAttributes: attributesMd5(attributes),
  }
}

function handleIn(input: Json): string {
  const handle = input.get('ReceiptHandle').string()
  if (!/^[\w-]+\.[\w-]+$/.test(handle))
    throw new Refused('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`)
  return handle
}

async function deleteMessage(input: Json, queue: QueueSpec, it: Sqs): Promise<object> {
  await it.queues.delete(queue.arn, handleIn(input))
  return {}
}

function deleteMessageBatch(input: Json, it: Sqs): Promise<object> {
  const queue = queueOf(input, it)
  return eachOf(input, (entry) => deleteMessage(entry, queue, it))
}

function changeMessageVisibility(input: Json, it: Sqs): object {
  const queue = queueOf(input, it)
  const timeout = seconds(input, 'VisibilityTimeout', MAX_VISIBILITY_SECONDS)
  if (timeout === undefined)
    throw new Refused('MissingParameter', 'The request must contain the parameter VisibilityTimeout.')
  if (!it.queues.changeVisibility(queue.arn, handleIn(input), timeout * 1000))
    throw ofOld(
      'MessageNotInflight',
      'The message is not in flight: its visibility timeout is over, or it was deleted.',
    )
  return {}
}

/** Moves all at once, and delivers it; on AWS it takes its time. */
async function startMessageMoveTask(input: Json, it: Sqs): Promise<object> {
  const { queues } = it.wiring
  const SourceArn = input.get('SourceArn').string()
  const destination = input.get('DestinationArn').optionalString()
  for (const [name, wanted] of Object.entries({ SourceArn, DestinationArn: destination ?? SourceArn }))
    if (!queues.some(({ arn }) => arn === wanted))
      throw new Refused(
        'ResourceNotFoundException',
        `The resource that you specified for the ${name} parameter doesn't exist.`,
      )
  if (!queues.some(({ redrive }) => redrive?.deadLetterArn === SourceArn))
    throw invalid('Source queue must be configured as a Dead Letter Queue.')
  await it.queues.redrive(SourceArn, destination)
  return { TaskHandle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: SourceArn })).toString('base64') }
}
