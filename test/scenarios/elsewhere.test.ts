// An alarm of another account: its truth comes by a role, and where that is refused it counts as firing and somebody can see why.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseJson } from '../../lib/local/json.ts'
import { Elsewhere } from '../elsewhere.ts'
import { logMark, logsSince } from '../logs.ts'
import { Rehearsal, START } from './rehearsal.ts'

const SHOP = '444455556666'
const ARN = `arn:aws:cloudwatch:eu-west-1:${SHOP}:alarm:checkout`

let elsewhere: Elsewhere
let on: Rehearsal
beforeEach(async () => {
  elsewhere = await Elsewhere.start()
  on = await Rehearsal.start('sqlite', {
    environment: {
      AWS_ENDPOINT_URL_STS: elsewhere.url,
      AWS_ENDPOINT_URL_CLOUDWATCH: elsewhere.url,
      TOCSIN_ASKS: 'everywhere',
      TOCSIN_READ_ROLE: 'tocsin-read',
    },
  })
})
afterEach(async () => {
  await on.close()
  await elsewhere.close()
})

const fire = (): Promise<void> =>
  on.put(
    'aws.cloudwatch',
    'CloudWatch Alarm State Change',
    {
      alarmName: 'checkout',
      state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: on.system.now().toISOString() },
      previousState: { value: 'OK' },
    },
    [ARN],
  )
const statuses = async (): Promise<unknown[]> => (await on.records()).map(({ status }) => status)
const health = async (): Promise<{ status: unknown; notes: unknown }> => {
  const answer = parseJson(await (await fetch(`${on.system.url}/_tocsin/health`)).text(), 'health')
  return { status: answer.get('status').value, notes: answer.get('notes').value }
}
const warnings = (mark: number): unknown[] =>
  logsSince(mark).filter(({ message }) => message.startsWith('CloudWatch cannot be asked about'))

test('whose OK is lost is resolved all the same, by what CloudWatch says there', async () => {
  elsewhere.alarms.set('eu-west-1 checkout', { state: 'ALARM', at: START, disabled: false })
  await fire()
  expect(await statuses()).toEqual(['OPEN'])
  await on.minutes(2)
  elsewhere.alarms.set('eu-west-1 checkout', { state: 'OK', at: on.system.now(), disabled: false })
  await on.minutes(20)
  expect(await statuses()).toEqual(['RESOLVED'])
  expect(elsewhere.asked).toContain(`ASIA${SHOP} eu-west-1: checkout`)
  expect((await health()).notes).toEqual([])
})

test('stays open where the role is refused; each function names the account once, and health as long as it lasts', async () => {
  const mark = logMark()
  elsewhere.refusal = { status: 403, message: 'not authorized to perform: sts:AssumeRole' }
  elsewhere.alarms.set('eu-west-1 checkout', { state: 'OK', at: START, disabled: false })
  await fire()
  await on.minutes(20)
  expect(await statuses()).toEqual(['OPEN'])
  expect(warnings(mark)).toMatchObject([
    { level: 'WARN', service: 'open-incident', because: expect.stringContaining('sts:AssumeRole') },
    { level: 'WARN', service: 'sweep', because: expect.stringContaining('sts:AssumeRole') },
  ])
  const { status, notes } = await health()
  expect([status, notes]).toEqual([
    'ok',
    [
      expect.stringMatching(
        /^CloudWatch cannot be asked about alarms of 444455556666 since 2026-.*counts as firing: arn:aws:iam::444455556666:role\/tocsin-read: not authorized/u,
      ),
    ],
  ])

  elsewhere.refusal = undefined
  elsewhere.alarms.set('eu-west-1 checkout', { state: 'OK', at: on.system.now(), disabled: false })
  await on.minutes(20)
  expect(await statuses()).toEqual(['RESOLVED'])
  expect((await health()).notes).toEqual([])
})
