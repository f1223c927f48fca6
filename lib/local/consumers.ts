// How functions take what waits for them: batches of a queue (event source mappings) and asynchronous invocations.
import { hash, randomUUID } from 'node:crypto'
import type { Clock } from '../aws/clock.ts'
import type { Functions } from './functions.ts'
import { keyOf } from './functions.ts'
import { Json, parseJson } from './json.ts'
import type { Consumer, Message } from './consumer.ts'
import type { FunctionSpec, MappingSpec, QueueSpec, Wiring } from './template.ts'

/** Asynchronous invocations of one function at a time. */
const ASYNC_CONCURRENCY = 10
/** Lambda waits a minute before it repeats an asynchronous invocation, and two before it does so again. */
const ASYNC_RETRY_MS = [60_000, 120_000]

/**
 * What consumes: a mapping's function its queue, and each function its own asynchronous invocations. `reasons` is where
 * functions say why a record failed, by message id.
 */
export function consumers(
  wiring: Wiring,
  functions: Functions,
  region: string,
  clock: Clock,
  reasons: Map<string, string>,
): Consumer[] {
  return [
    ...wiring.mappings.flatMap((mapping) => {
      const spec = functions.find(mapping.functionArn)
      const queue = wiring.queues.find(({ arn }) => arn === mapping.queueArn)
      return spec && queue ? [ofMapping(mapping, queue, spec, functions, region, reasons)] : []
    }),
    ...wiring.functions.map((spec) => ofInvocations(spec, functions, clock)),
  ]
}

function ofMapping(
  mapping: MappingSpec,
  queue: QueueSpec,
  spec: FunctionSpec,
  functions: Functions,
  region: string,
  reasons: Map<string, string>,
): Consumer {
  const { redrive } = queue
  return {
    queue: queue.arn,
    batchSize: mapping.batchSize,
    concurrency: mapping.concurrency,
    functionName: keyOf(spec),
    async run(batch) {
      const answer = await functions.invoke(spec.arn, { Records: batch.map((message) => toRecord(message, region)) })
      return mapping.reportsFailures ? reportedFailures(answer, batch, reasons) : new Map()
    },
    retryAfterMs: ({ received }) =>
      redrive && received >= redrive.maxReceiveCount ? undefined : queue.visibilitySeconds * 1000,
    giveUp: ({ queue: source, body }) => ({ queue: redrive?.deadLetterArn ?? source, body, dead: true }),
  }
}

/** An asynchronous invocation waits in a queue that has the function's ARN for its name. */
function ofInvocations(spec: FunctionSpec, functions: Functions, clock: Clock): Consumer {
  return {
    queue: spec.arn,
    batchSize: 1,
    concurrency: ASYNC_CONCURRENCY,
    functionName: keyOf(spec),
    async run(batch) {
      for (const { id, body } of batch) await functions.invoke(spec.arn, parseJson(body, 'event').value, id)
      return new Map()
    },
    retryAfterMs: ({ received }) => (received > spec.retries ? undefined : (ASYNC_RETRY_MS[received - 1] ?? 120_000)),
    giveUp: (message, error) =>
      spec.failureArn === undefined
        ? { queue: `${spec.arn}:dead-letters`, body: message.body, dead: true }
        : { queue: spec.failureArn, body: invocationRecord(spec, message, error, clock), dead: false },
  }
}

/** What Lambda sends to the destination of invocations that have failed. */
function invocationRecord(spec: FunctionSpec, message: Message, error: string, clock: Clock): string {
  const [errorType = 'Error', ...words] = error.split(': ')
  return JSON.stringify({
    version: '1.0',
    timestamp: clock.now().toISOString(),
    requestContext: {
      requestId: message.id,
      functionArn: `${spec.arn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: message.received,
    },
    requestPayload: parseJson(message.body, 'event').value,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType, errorMessage: words.join(': ') },
  })
}

function toRecord(message: Message, region: string): object {
  return {
    messageId: message.id,
    receiptHandle: randomUUID(),
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.received),
      SentTimestamp: String(message.sentAt.getTime()),
      SenderId: 'local',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt.getTime()),
    },
    messageAttributes: attributesOf(message),
    md5OfBody: hash('md5', message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: message.queue,
    awsRegion: region,
  }
}

/** A message's attributes as Lambda writes those of SQS. */
const attributesOf = ({ attributes }: Message): object =>
  Object.fromEntries(
    parseJson(attributes ?? '{}', 'attributes')
      .entries()
      .map(([name, value]) => [
        name,
        {
          stringValue: value.get('StringValue').optionalString(),
          binaryValue: value.get('BinaryValue').optionalString(),
          stringListValues: [],
          binaryListValues: [],
          dataType: value.get('DataType').string(),
        },
      ]),
  )

/**
 * Which records of a batch failed, as Lambda reads `batchItemFailures`: nothing or an empty list is success, and a list
 * that names what is not in the batch is the failure of all. `reasons` holds what the function said of them besides.
 */
function reportedFailures(
  answer: unknown,
  batch: readonly Message[],
  reasons: Map<string, string>,
): ReadonlyMap<string, string> {
  const failures =
    answer === undefined || answer === null ? [] : new Json(answer, 'answer').get('batchItemFailures').list()
  const ids = failures.map((failure) => failure.get('itemIdentifier').string())
  const stranger = ids.find((id) => !batch.some((message) => message.id === id))
  if (stranger) throw new Error(`batchItemFailures names ${stranger}, which is not in the batch`)
  return new Map(
    ids.map((id) => {
      const reason = reasons.get(id) ?? 'The function reported the record as failed; its log says why'
      reasons.delete(id)
      return [id, reason]
    }),
  )
}
