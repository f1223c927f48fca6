// How pages and notifications leave a system: to its local carrier, or to SNS and SES.
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LocalMessage, Runtime } from '../../../lib/aws/runtime.ts'
import type { ChannelMessage } from '../../../lib/incident-manager/delivery/delivery.ts'
import { runtimeDelivery } from '../../../lib/incident-manager/delivery/runtime-delivery.ts'
import { pageMessage } from '../../../lib/incident-manager/operations/contacts/page-message.ts'

const requests: URLSearchParams[] = []
/** What came as JSON, with its path. */
const emails: { readonly path: string | undefined; readonly body: unknown }[] = []
let answer: { status: number; body: string; error?: string } = { status: 200, body: '' }
const OK = '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>'
const refusal = (code: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>+15005550199 is not valid</Message></Error></ErrorResponse>`

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    const json = request.headers['content-type'] === 'application/json'
    if (json) emails.push({ path: request.url, body: JSON.parse(body) })
    else requests.push(new URLSearchParams(body))
    const { status, error } = answer
    response.setHeader('content-type', json ? 'application/json' : 'text/xml')
    response.writeHead(status, error ? { 'x-amzn-errortype': error } : {}).end(answer.body)
  })
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => {
  requests.length = 0
  emails.length = 0
  answer = { status: 200, body: OK }
})

const never = (): never => {
  throw new Error('A delivery needs no table')
}

function runtime(localCarrier?: Runtime['localCarrier'], environment: Runtime['environment'] = {}): Runtime {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ...environment,
    },
    clock: { now: () => new Date(0), wait: () => Promise.resolve() },
    table: never,
    idempotency: never,
    secret: () => Promise.resolve(new Uint8Array()),
    ...(localCarrier ? { localCarrier } : {}),
  }
}

const sms: ChannelMessage = {
  key: 'page#1',
  at: new Date(0),
  channelType: 'SMS',
  address: '+15005550199',
  contactArn: 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/ann',
  pageArn: 'arn:aws:ssm-contacts:us-east-1:111122223333:page/ann/1',
  subject: 'Checkout is down',
  body: 'Checkout is down Reply 123456 to acknowledge.',
  code: '123456',
}

describe('A system with a local carrier', () => {
  test.each(['SMS', 'EMAIL', 'VOICE'] as const)('gives it %s messages under their own key', async (channelType) => {
    const messages: LocalMessage[] = []
    const delivery = runtimeDelivery(runtime((message) => Promise.resolve(void messages.push(message))))
    expect(await delivery.send({ ...sms, channelType })).toEqual({ sent: true })
    const { key, channelType: _, ...rest } = sms
    expect(messages).toEqual([{ id: key, type: channelType, ...rest }])
    expect(requests).toEqual([])
  })
})

describe('A system without one', () => {
  test('sends SMS through SNS', async () => {
    expect(await runtimeDelivery(runtime()).send(sms)).toEqual({ sent: true })
    expect(Object.fromEntries(requests[0] ?? [])).toMatchObject({
      Action: 'Publish',
      PhoneNumber: sms.address,
      Message: sms.body,
    })
  })

  test.each([
    ['EMAIL', 'EMAIL cannot be sent: TOCSIN_SENDER_EMAIL is not set'],
    ['VOICE', 'VOICE cannot be sent by this installation yet'],
  ] as const)('says why it cannot send %s', async (channelType, reason) => {
    const sent = await runtimeDelivery(runtime()).send({ ...sms, channelType })
    expect(sent).toEqual({ sent: false, retry: false, reason })
    expect([...requests, ...emails]).toEqual([])
  })

  test.each([
    ['InvalidParameter', 400, false],
    ['OptedOut', 400, false],
    ['AuthorizationError', 403, true],
  ])('takes %s for what it is, without the address in its words', async (code, status, retry) => {
    answer = { status, body: refusal(code) }
    const sent = await runtimeDelivery(runtime()).send(sms)
    expect(sent).toMatchObject({ sent: false, retry })
    expect(JSON.stringify(sent)).not.toContain(sms.address)
  })
})

describe('A system without one that has a sender of e-mail', () => {
  const delivery = () => runtimeDelivery(runtime(undefined, { TOCSIN_SENDER_EMAIL: 'tocsin@example.com' }))
  const pageArn = sms.pageArn ?? ''
  const words = { subject: 'Zahlung steht – 支払い', content: 'Seit 03:00.', pageArn, code: '123456' }
  const email: ChannelMessage = {
    ...sms,
    channelType: 'EMAIL',
    address: 'ann@example.com',
    ...pageMessage('EMAIL', words),
  }

  test('sends it through SES', async () => {
    answer = { status: 200, body: '{"MessageId":"1"}' }
    expect(await delivery().send(email)).toEqual({ sent: true })
    expect(emails).toEqual([
      {
        path: '/v2/email/outbound-emails',
        body: {
          FromEmailAddress: 'tocsin@example.com',
          Destination: { ToAddresses: [email.address] },
          Content: {
            Simple: {
              // A reply keeps the subject, and so says which page it answers.
              Subject: { Data: `Zahlung steht – 支払い [${pageArn}]`, Charset: 'UTF-8' },
              Body: { Text: { Data: email.body, Charset: 'UTF-8' } },
            },
          },
        },
      },
    ])
    expect(requests).toEqual([])
  })

  test.each([
    ['MessageRejected', 400, false],
    ['BadRequestException', 400, false],
    ['SendingPausedException', 400, true],
    ['MailFromDomainNotVerifiedException', 400, true],
    ['TooManyRequestsException', 429, true],
    ['AccessDeniedException', 403, true],
    ['InternalServiceErrorException', 500, true],
  ])('takes %s for what it is, without the address in its words', async (error, status, retry) => {
    answer = { status, error, body: JSON.stringify({ message: `${email.address} is not verified` }) }
    expect(await delivery().send(email)).toEqual({ sent: false, retry, reason: `SES: ${error}` })
  })
})

describe('A notification', () => {
  test('is published to its topic as JSON, whether or not there is a local carrier', async () => {
    const TopicArn = 'arn:aws:sns:us-east-1:111122223333:incidents'
    await runtimeDelivery(runtime(() => Promise.resolve())).publish(TopicArn, { detail: 'all' })
    expect(Object.fromEntries(requests[0] ?? [])).toMatchObject({ TopicArn, Message: '{"detail":"all"}' })
  })

  test('that SNS refuses is an error, so that it stays owed', async () => {
    answer = { status: 404, body: refusal('NotFound') }
    const refused = runtimeDelivery(runtime()).publish('arn:aws:sns:us-east-1:111122223333:gone', {})
    await expect(refused).rejects.toMatchObject({ name: 'NotFoundException' })
  })
})

test('nobody is sent what a screen hides or turns round, and the page keeps what was said', async () => {
  const carried: LocalMessage[] = []
  const delivery = runtimeDelivery(runtime(async (message) => void carried.push(message)))
  const said = { ...sms, subject: 'pay\r\nBcc: x\u202E', body: 'a\u0007\nb \uD83D \u2066c' }
  await delivery.send(said)
  expect(carried).toMatchObject([{ subject: 'pay Bcc: x\uFFFD', body: 'a\uFFFD\nb \uFFFD \uFFFDc' }])
  await runtimeDelivery(runtime()).send(said)
  expect(requests[0]?.get('Message')).toBe('a\uFFFD\nb \uFFFD \uFFFDc')
})
