// Alarms of other accounts and Regions: the real clients against STS and CloudWatch in miniature, which check who signs.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../../../lib/aws/config.ts'
import { alarmAsker, askAlarms } from '../../../lib/automation/execute/ask-alarms.ts'
import { CloudWatches } from '../../../lib/automation/execute/cloudwatches.ts'
import { verifySignature } from '../../../lib/incident-manager/protocol/signature.ts'
import { parseJson } from '../../../lib/local/json.ts'

const HOME = '111122223333'
const SHOP = '444455556666'
const KEY = { id: 'ASIAROLE', secret: 'secret of the role' }
const START = new Date('2026-09-14T10:00:00Z')
const arn = (account: string, region: string, name: string): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`

/** What was asked: `AssumeRole <role>`, or `<signer> <Region>: <alarms>`. */
const asked: string[] = []
let goodForMinutes = 60
/** What STS answers instead of credentials. */
let refusal: { readonly status: number; readonly message: string } | undefined
let failsOnce = false
let describes = true
let now = START

const server = createServer((request, response) => void serve(request, response))
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))))
beforeEach(() => {
  asked.length = 0
  goodForMinutes = 60
  refusal = undefined
  failsOnce = false
  describes = true
  now = START
})

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request)
  const isSts = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const { status, text } = isSts ? await assumeRole(request, body) : describeAlarms(request, body)
  response.writeHead(status, { 'content-type': isSts ? 'text/xml' : 'application/x-amz-json-1.0' }).end(text)
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** As STS answers in the query protocol ("AssumeRole", STS API reference). */
async function assumeRole({ headers, method = '' }: IncomingMessage, body: Buffer): Promise<Answer> {
  const signer = await verifySignature(
    { method, path: '/', query: '', headers: { ...headers, 'set-cookie': undefined }, body },
    {
      service: 'sts',
      region: 'us-east-1',
      now: new Date(),
      secretOf: async (id) => (id === KEY.id ? KEY.secret : undefined),
    },
  ).catch(String)
  const form = new URLSearchParams(body.toString())
  asked.push(`${form.get('Action')} ${form.get('RoleArn')}`)
  const refused = (status: number, message: string): Answer => ({
    status,
    text: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  })
  if (signer !== KEY.id || form.get('Version') !== '2011-06-15') return refused(403, signer)
  if (failsOnce) {
    failsOnce = false
    return refused(503, 'busy')
  }
  if (refusal) return refused(refusal.status, refusal.message)
  const account = form.get('RoleArn')?.split(':')[4]
  const expires = new Date(Date.now() + goodForMinutes * 60_000).toISOString()
  return {
    status: 200,
    text: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser><AssumedRoleId>AROA:tocsin</AssumedRoleId><Arn>arn:aws:sts::${account}:assumed-role/tocsin-read/tocsin</Arn></AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIA${account}</AccessKeyId>
      <SecretAccessKey>a+secret/of=${account}</SecretAccessKey>
      <SessionToken>a/token+of=${account}==</SessionToken>
      <Expiration>${expires}</Expiration>
    </Credentials>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</AssumeRoleResponse>`,
  }
}

/** Each alarm whose name is not `gone` fires; where credentials are of a role, their token must be with them. */
function describeAlarms({ headers }: IncomingMessage, body: Buffer): Answer {
  const [, id = '', region = ''] = /Credential=(\w+)\/\d+\/([\w-]+)\/monitoring/.exec(headers.authorization ?? '') ?? []
  const names = parseJson(body.toString(), 'body')
    .get('AlarmNames')
    .list()
    .map((name) => name.string())
  asked.push(`${id} ${region}: ${names.join(' ')}`)
  const account = id.replace('ASIA', '')
  if (!describes || (id !== KEY.id && headers['x-amz-security-token'] !== `a/token+of=${account}==`))
    return { status: 403, text: JSON.stringify({ __type: 'AccessDenied', message: 'not authorized' }) }
  const MetricAlarms = names
    .filter((name) => name !== 'gone')
    .map((AlarmName) => ({
      AlarmName,
      StateValue: 'ALARM',
      StateReason: `in ${region}`,
      StateTransitionedTimestamp: START.getTime() / 1000,
      ActionsEnabled: false,
    }))
  return { status: 200, text: JSON.stringify({ MetricAlarms }) }
}

function start(more: Environment = { TOCSIN_READ_ROLE: 'tocsin-read' }) {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const warnings: string[] = []
  const calls: string[] = []
  const logger = { warn: (...said: readonly unknown[]): void => void warnings.push(String(said[0])) }
  const cloudwatches = new CloudWatches(
    {
      environment: {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: KEY.id,
        AWS_SECRET_ACCESS_KEY: KEY.secret,
        TOCSIN_ACCOUNT_ID: HOME,
        ...more,
      },
      clock: { now: () => now },
      onCall: (name, call) => (calls.push(name), call()),
    },
    logger,
  )
  return { cloudwatches, warnings, calls, logger }
}

const ROLE = `AssumeRole arn:aws:iam::${SHOP}:role/tocsin-read`
const one = arn(SHOP, 'eu-west-1', 'checkout')
const other = arn(SHOP, 'eu-central-1', 'checkout')
const firing = (region: string): object => ({
  exists: true,
  state: 'ALARM',
  at: START,
  reason: `in ${region}`,
  suppressed: false,
  disabled: true,
})

test('each is asked in its own account and Region, by the role of the account, which is taken once an hour', async () => {
  const { cloudwatches, warnings, calls } = start()
  const own = arn(HOME, 'us-east-1', 'here')
  const ownElsewhere = arn(HOME, 'eu-west-1', 'there')
  const ask = () => askAlarms(cloudwatches, [own, ownElsewhere, one, other])
  const truths = new Map([
    [own, firing('us-east-1')],
    [ownElsewhere, firing('eu-west-1')],
    [one, firing('eu-west-1')],
    [other, firing('eu-central-1')],
  ])
  expect(await ask()).toEqual(truths)
  const described = [
    `ASIAROLE eu-west-1: there`,
    `ASIAROLE us-east-1: here`,
    `ASIA${SHOP} eu-central-1: checkout`,
    `ASIA${SHOP} eu-west-1: checkout`,
  ]
  expect(asked.toSorted()).toEqual([...described, ROLE, ROLE].toSorted())
  expect(new Set(calls)).toEqual(new Set(['AssumeRoleCommand', 'DescribeAlarmsCommand']))

  asked.length = 0
  expect(await ask()).toEqual(truths)
  expect(asked.toSorted()).toEqual(described.toSorted())
  expect(warnings).toEqual([])
})

test('credentials that are about to expire are taken anew', async () => {
  const { cloudwatches } = start()
  goodForMinutes = 4
  await askAlarms(cloudwatches, [one])
  asked.length = 0
  await askAlarms(cloudwatches, [one])
  expect(asked).toContain(ROLE)
})

test('an alarm that is not there does not exist, as in the own account', async () => {
  const { cloudwatches } = start()
  const gone = arn(SHOP, 'eu-west-1', 'gone')
  expect(await askAlarms(cloudwatches, [gone])).toEqual(new Map([[gone, { exists: false }]]))
})

test('where the role is refused nothing is known, all others are; it is asked again minutes later, and named once', async () => {
  const { cloudwatches, warnings } = start()
  const own = arn(HOME, 'us-east-1', 'here')
  const message = 'User: arn:aws:sts::111122223333:assumed-role/sweep is not authorized to perform: sts:AssumeRole'
  refusal = { status: 403, message }
  const ask = () => askAlarms(cloudwatches, [own, one, other])
  const tries = () => asked.filter((call) => call === ROLE).length
  const known = new Map([[own, firing('us-east-1')]])
  expect(await ask()).toEqual(known)
  const before = tries()
  now = new Date(START.getTime() + 120_000)
  expect(await ask()).toEqual(known)
  expect(tries()).toBe(before)
  now = new Date(START.getTime() + 181_000)
  expect(await ask()).toEqual(known)
  expect(tries()).toBeGreaterThan(before)
  expect(warnings).toEqual([`CloudWatch cannot be asked about alarms of ${SHOP}: they count as firing`])
  const because = `arn:aws:iam::${SHOP}:role/tocsin-read: ${message}`
  expect(cloudwatches.known.unasked).toEqual([{ who: SHOP, because, since: START, at: now }])

  refusal = undefined
  now = new Date(START.getTime() + 400_000)
  expect((await ask()).size).toBe(3)
  expect(cloudwatches.known).toEqual({
    unasked: [],
    answered: new Set([SHOP, `${SHOP} in eu-west-1`, `${SHOP} in eu-central-1`]),
  })
})

test('an STS that fails for a moment is asked a second time', async () => {
  const { cloudwatches, warnings } = start()
  failsOnce = true
  expect(await askAlarms(cloudwatches, [one])).toEqual(new Map([[one, firing('eu-west-1')]]))
  expect(warnings).toEqual([])
})

test('a role that may not ask leaves its Region alone unknown', async () => {
  const { cloudwatches } = start()
  describes = false
  expect(await askAlarms(cloudwatches, [one])).toEqual(new Map())
  expect(cloudwatches.known.unasked).toMatchObject([{ who: `${SHOP} in eu-west-1`, because: 'not authorized' }])
  describes = true
  expect((await askAlarms(cloudwatches, [one, other])).size).toBe(1)
})

test.each([
  [{}, 'the parameter readRoles names no role'],
  [{ TOCSIN_ASKS: 'here', TOCSIN_READ_ROLE: 'tocsin-read' }, 'one machine has no CloudWatch but its own'],
])('with %j no other account is asked, which is said', async (environment, because) => {
  const { cloudwatches } = start(environment)
  expect(await askAlarms(cloudwatches, [one])).toEqual(new Map())
  expect(asked).toEqual([])
  expect(cloudwatches.known.unasked).toMatchObject([{ who: SHOP, because }])
})

test('a new firing hears of its actions from the other account, too, together with all others', async () => {
  const { cloudwatches, logger } = start()
  const askAlarm = alarmAsker(cloudwatches, logger)
  const second = arn(SHOP, 'eu-west-1', 'second')
  expect(await Promise.all([askAlarm(one, 5000), askAlarm(second, 5000)])).toEqual([
    firing('eu-west-1'),
    firing('eu-west-1'),
  ])
  expect(asked).toEqual([ROLE, `ASIA${SHOP} eu-west-1: checkout second`])
})
