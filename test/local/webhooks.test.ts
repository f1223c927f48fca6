// What a topic delivers by HTTP: to whoever has subscribed an endpoint, as SNS does, tried again, and never lost without a word.
import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { text } from 'node:stream/consumers'
import {
  CreateTopicCommand,
  ListSubscriptionsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseJson } from '../../lib/local/json.ts'
import { Rehearsal } from '../scenarios/rehearsal.ts'

let on: Rehearsal
let sns: SNSClient
let server: Server
let endpoint: string
let topic: string
let status = 200
let heard: { headers: IncomingHttpHeaders; body: string }[] = []

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  heard.push({ headers: request.headers, body: await text(request) })
  response.writeHead(status).end()
}

beforeEach(async () => {
  on = await Rehearsal.start('sqlite')
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  sns = new SNSClient({ endpoint: on.system.url, region: 'us-east-1', credentials })
  server = createServer((request, response) => void take(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  endpoint = `http://127.0.0.1:${port}/hook`
  topic = (await sns.send(new CreateTopicCommand({ Name: 'hooks' }))).TopicArn ?? ''
  status = 200
  heard = []
})
afterEach(async () => {
  sns.destroy()
  server.close()
  server.closeAllConnections()
  await on.close()
})

const subscribe = async (more: object = {}): Promise<string> => {
  const it = new SubscribeCommand({ TopicArn: topic, Protocol: 'http', Endpoint: endpoint, ...more })
  const { SubscriptionArn = '' } = await sns.send(it)
  await on.system.idle()
  return SubscriptionArn
}
const publish = async (Message: string): Promise<void> => {
  await sns.send(new PublishCommand({ TopicArn: topic, Message, Subject: 'About' }))
  await on.system.idle()
}

test('an endpoint is asked to confirm, which it may, and then is told what is published', async () => {
  const arn = await subscribe()
  const [asked] = heard
  expect(asked?.headers).toMatchObject({
    'x-amz-sns-message-type': 'SubscriptionConfirmation',
    'x-amz-sns-topic-arn': topic,
  })
  const confirmation = parseJson(asked?.body ?? '', 'confirmation')
  expect(confirmation.value).toMatchObject({
    Type: 'SubscriptionConfirmation',
    TopicArn: topic,
    Token: expect.any(String),
  })
  const answer = await fetch(confirmation.get('SubscribeURL').string())
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining(`<SubscriptionArn>${arn}<`)])
  await publish('{"disk":"full"}')
  const told = heard.at(-1)
  expect(told?.headers).toMatchObject({
    'content-type': 'text/plain; charset=UTF-8',
    'x-amz-sns-message-type': 'Notification',
    'x-amz-sns-subscription-arn': arn,
  })
  expect(parseJson(told?.body ?? '', 'notification').value).toMatchObject({
    Type: 'Notification',
    TopicArn: topic,
    Subject: 'About',
    Message: '{"disk":"full"}',
    UnsubscribeURL: expect.stringContaining(arn),
  })
})

test('raw delivery is the message alone', async () => {
  await subscribe({ Attributes: { RawMessageDelivery: 'true' } })
  await publish('plain')
  expect(heard.at(-1)).toMatchObject({ body: 'plain', headers: { 'x-amz-sns-rawdelivery': 'true' } })
})

test('what an endpoint refuses is tried three times more, 20 seconds apart, and then waits with what failed', async () => {
  await subscribe()
  status = 500
  heard = []
  await publish('lost?')
  expect(heard).toHaveLength(1)
  await on.system.advance(19_000)
  expect(heard).toHaveLength(1)
  await on.system.advance(60_000)
  expect(heard).toHaveLength(4)
  expect(await on.system.failures()).toMatchObject([
    { function: 'sns', error: expect.stringMatching(/answered 500$/u) },
  ])
})

test('an endpoint that is unsubscribed is told no more; one of another protocol, and a wrong token, are refused', async () => {
  const arn = await subscribe()
  await sns.send(new UnsubscribeCommand({ SubscriptionArn: arn }))
  heard = []
  await publish('nobody')
  expect(heard).toEqual([])
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsCommand({}))
  expect(Subscriptions.filter(({ Protocol }) => Protocol === 'http')).toEqual([])
  await expect(subscribe({ Protocol: 'https' })).rejects.toThrow('Endpoint must match the specified protocol')
  const wrong = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topic, Token: 'guess' })
  expect((await fetch(`${on.system.url}/?${wrong.toString()}`)).status).toBe(400)
})
