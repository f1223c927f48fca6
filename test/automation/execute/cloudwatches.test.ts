// Alarms of other accounts and Regions: the real clients against STS and CloudWatch in miniature, which check who signs.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../../../lib/aws/config.ts'
import { alarmAsker, askAlarms } from '../../../lib/automation/execute/ask-alarms.ts'
import { CloudWatches } from '../../../lib/automation/execute/cloudwatches.ts'
import { Elsewhere, KEY } from '../../elsewhere.ts'

const HOME = '111122223333'
const SHOP = '444455556666'
const START = new Date('2026-09-14T10:00:00Z')
const arn = (account: string, region: string, name: string): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`

let elsewhere: Elsewhere
let now = START
beforeEach(async () => {
  elsewhere = await Elsewhere.start()
  now = START
  for (const alarm of [
    'us-east-1 here',
    'eu-west-1 there',
    'eu-west-1 second',
    'eu-west-1 checkout',
    'eu-central-1 checkout',
  ])
    elsewhere.alarms.set(alarm, { state: 'ALARM', at: START, disabled: true })
})
afterEach(() => elsewhere.close())

function start(more: Environment = { TOCSIN_READ_ROLE: 'tocsin-read' }) {
  const warnings: string[] = []
  const calls: string[] = []
  const logger = { warn: (...said: readonly unknown[]): void => void warnings.push(String(said[0])) }
  const cloudwatches = new CloudWatches(
    {
      environment: {
        AWS_ENDPOINT_URL: elsewhere.url,
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
  expect(elsewhere.asked.toSorted()).toEqual([...described, ROLE, ROLE].toSorted())
  expect(new Set(calls)).toEqual(new Set(['AssumeRoleCommand', 'DescribeAlarmsCommand']))

  elsewhere.asked.length = 0
  expect(await ask()).toEqual(truths)
  expect(elsewhere.asked.toSorted()).toEqual(described.toSorted())
  expect(warnings).toEqual([])
})

test('credentials that are about to expire are taken anew', async () => {
  const { cloudwatches } = start()
  elsewhere.goodForMinutes = 4
  await askAlarms(cloudwatches, [one])
  elsewhere.asked.length = 0
  await askAlarms(cloudwatches, [one])
  expect(elsewhere.asked).toContain(ROLE)
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
  elsewhere.refusal = { status: 403, message }
  const ask = () => askAlarms(cloudwatches, [own, one, other])
  const tries = () => elsewhere.asked.filter((call) => call === ROLE).length
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

  elsewhere.refusal = undefined
  now = new Date(START.getTime() + 400_000)
  expect((await ask()).size).toBe(3)
  expect(cloudwatches.known).toEqual({
    unasked: [],
    answered: new Set([SHOP, `${SHOP} in eu-west-1`, `${SHOP} in eu-central-1`]),
  })
})

test('an STS that fails for a moment is asked a second time', async () => {
  const { cloudwatches, warnings } = start()
  elsewhere.failsOnce = true
  expect(await askAlarms(cloudwatches, [one])).toEqual(new Map([[one, firing('eu-west-1')]]))
  expect(warnings).toEqual([])
})

test('a role that may not ask leaves its Region alone unknown', async () => {
  const { cloudwatches } = start()
  elsewhere.describes = false
  expect(await askAlarms(cloudwatches, [one])).toEqual(new Map())
  expect(cloudwatches.known.unasked).toMatchObject([{ who: `${SHOP} in eu-west-1`, because: 'not authorized' }])
  elsewhere.describes = true
  expect((await askAlarms(cloudwatches, [one, other])).size).toBe(1)
})

test.each([
  [{}, 'the parameter readRoles names no role'],
  [{ TOCSIN_ASKS: 'here', TOCSIN_READ_ROLE: 'tocsin-read' }, 'one machine has no CloudWatch but its own'],
])('with %j no other account is asked, which is said', async (environment, because) => {
  const { cloudwatches } = start(environment)
  expect(await askAlarms(cloudwatches, [one])).toEqual(new Map())
  expect(elsewhere.asked).toEqual([])
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
  expect(elsewhere.asked).toEqual([ROLE, `ASIA${SHOP} eu-west-1: checkout second`])
})
