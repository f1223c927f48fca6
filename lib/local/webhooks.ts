// What topics deliver by HTTP to the endpoints that have subscribed, tried again as SNS does ("Amazon SNS message delivery retries").
import type { Consumer } from './consumer.ts'
import { parseJson } from './json.ts'
import type { Outgoing } from './message-store.ts'

/** The name of the queue in which deliveries wait. */
const QUEUE = 'webhooks'
/** SNS's own: after the first try three more, 20 seconds apart, each of which may take 15. */
const RETRIES = 3
const RETRY_MS = 20_000
const TIMEOUT_MS = 15_000
const CONCURRENCY = 10

interface Hook {
  readonly endpoint: string
  readonly topicArn: string
  readonly subscriptionArn: string
  readonly messageId: string
  readonly type: 'Notification' | 'SubscriptionConfirmation'
  /** Without SNS's envelope. */
  readonly raw: boolean
  readonly body: string
}

/** A delivery as it waits. */
export const toWebhook = (hook: Hook): Outgoing => ({ queue: QUEUE, body: JSON.stringify(hook) })

export const isWebhook = (protocol: string): boolean => protocol === 'http' || protocol === 'https'

/** Delivers one by one; what no try has delivered waits with what failed. */
export const webhooks: Consumer = {
  queue: QUEUE,
  batchSize: 1,
  concurrency: CONCURRENCY,
  functionName: 'sns',
  async run(batch) {
    for (const { body } of batch) await deliver(body)
    return new Map()
  },
  retryAfterMs: ({ received }) => (received > RETRIES ? undefined : RETRY_MS),
  giveUp: ({ body }) => ({ queue: `${QUEUE}:dead-letters`, body, dead: true }),
}

async function deliver(waiting: string): Promise<void> {
  const hook = parseJson(waiting, 'delivery')
  const text = (name: keyof Hook): string => hook.get(name).string()
  const endpoint = text('endpoint')
  const answer = await fetch(endpoint, {
    method: 'POST',
    body: text('body'),
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'x-amz-sns-message-type': text('type'),
      'x-amz-sns-message-id': text('messageId'),
      'x-amz-sns-topic-arn': text('topicArn'),
      'x-amz-sns-subscription-arn': text('subscriptionArn'),
      ...(hook.get('raw').value === true ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
    },
  })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`${new URL(endpoint).origin} answered ${answer.status}`)
}
