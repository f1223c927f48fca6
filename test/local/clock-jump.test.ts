// A clock that jumps an hour, either way: nothing is lost, nothing is silenced, nothing happens twice.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { join } from 'node:path'
import type { LocalMessage } from '../../lib/aws/runtime.ts'
import { Activity } from '../../lib/local/activity.ts'
import { restore } from '../../lib/local/backup.ts'
import { RealClock } from '../../lib/local/clock.ts'
import { MessageStore } from '../../lib/local/message-store.ts'
import { Queues } from '../../lib/local/queues.ts'
import { schedules } from '../../lib/local/schedules.ts'
import { Rehearsal } from '../scenarios/rehearsal.ts'
import { ownEvent, rehearse, START, temporaryFolder } from './rehearsal.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

describe('the real clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** The machine's clock is set to another time; its timers do not know. */
  const jump = (milliseconds: number): void => {
    vi.setSystemTime(Date.now() + milliseconds)
  }

  test.each([
    ['back', -HOUR_MS],
    ['ahead', HOUR_MS],
    ['back by a day', -24 * HOUR_MS],
  ])('put %s goes on with the schedules within two minutes, and then every minute', async (_way, by) => {
    const clock = new RealClock(new Activity(), () => {})
    let ticks = 0
    const specs = [{ arn: 'rule/sweep', everySeconds: 60, targets: ['sweep'] }]
    const place = { account: '111122223333', region: 'us-east-1' }
    clock.start([schedules({ specs, place, clock, failed: () => {}, invoke: async () => void (ticks += 1) })])
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS + 30_000)
    expect(ticks).toBe(10)
    jump(by)
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS)
    expect(ticks - 10).toBeGreaterThanOrEqual(1)
    expect(ticks - 10).toBeLessThanOrEqual(2)
    const before = ticks
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS)
    expect(ticks - before).toBe(10)
    clock.close()
  })

  test.each([
    ['back', -HOUR_MS],
    ['ahead', HOUR_MS],
  ])('put %s delivers once more, and once only, what waits for a retry', async (_way, by) => {
    const activity = new Activity()
    const clock = new RealClock(activity, () => {})
    const store = await MessageStore.open(openDatabase(':memory:'))
    const queues = new Queues({ store, clock, activity, changed: () => clock.changed(), failed: () => {} })
    const tries: number[] = []
    queues.start([
      {
        queue: 'alarms',
        batchSize: 10,
        concurrency: 1,
        functionName: 'open-incident',
        run: async ([message]) => {
          tries.push(message?.received ?? 0)
          return new Map(tries.length === 1 ? [[message?.id ?? '', 'not yet']] : [])
        },
        retryAfterMs: () => 3 * MINUTE_MS,
        giveUp: ({ body }) => ({ queue: 'dead', body, dead: true }),
      },
    ])
    clock.start([queues])
    await queues.send([{ queue: 'alarms', body: 'one' }])
    await activity.idle()
    expect(tries).toEqual([1])
    jump(by)
    await vi.advanceTimersByTimeAsync(4 * MINUTE_MS)
    await activity.idle()
    expect(tries).toEqual([1, 2])
    await vi.advanceTimersByTimeAsync(2 * HOUR_MS)
    expect(tries).toEqual([1, 2])
    clock.close()
  })
})

describe('a restart with a clock that was put back an hour', () => {
  const back = new Date(START.getTime() - HOUR_MS)

  test('delivers at once what was accepted, and what waited for a retry', async () => {
    const data = temporaryFolder()
    const before = await rehearse({ 'open-incident': () => Promise.reject(new Error('not yet')) }, { data })
    await before.putEvents(ownEvent(1))
    await before.system.close()
    const after = await rehearse({}, { data, startAt: back })
    await after.system.idle()
    expect(after.system.now()).toEqual(back)
    expect(after.received('open-incident')).toHaveLength(1)
    await after.system.advance(2 * HOUR_MS)
    expect(after.received('open-incident')).toHaveLength(1)
  })

  test('whose simulated time has been advanced goes on where it was', async () => {
    const data = temporaryFolder()
    const before = await rehearse({}, { data })
    await before.system.advance(MINUTE_MS)
    await before.system.close()
    const after = await rehearse({}, { data, startAt: back })
    expect(after.system.now()).toEqual(new Date(START.getTime() + MINUTE_MS))
  })
})

const isOf =
  (alias: string) =>
  ({ type, contactArn }: LocalMessage) =>
    type === 'SMS' && contactArn?.endsWith(alias)

describe.each(['sqlite', 'dynamodb'] as const)('paging on %s, when the clock is put back an hour', (engine) => {
  test('goes on: stages and escalations come when their length is over, counted from then, and each once', async () => {
    const on = await Rehearsal.start(engine)
    await on.alarm({ name: 'pay-db', state: 'ALARM' })
    await on.minutes(2)
    await on.system.advance(-HOUR_MS)
    await on.minutes(6)
    expect((await on.pages()).filter(isOf('secondary'))).toHaveLength(1)
    await on.minutes(10)
    expect((await on.pages()).filter(isOf('manager')).length).toBeGreaterThan(0)
    const { arn } = await on.incident()
    const told = await on.told(arn)
    expect(told.filter((text) => text.startsWith('Escalated to manager'))).toHaveLength(1)
    await on.minutes(80)
    expect((await on.pages()).filter(isOf('secondary'))).toHaveLength(1)
    expect(await on.system.failures()).toEqual([])
    await on.close()
  })

  test('begins for what fires from then on, also where the clock before had seen it recover; recoveries resolve', async () => {
    const on = await Rehearsal.start(engine)
    await on.alarm({ name: 'db', state: 'OK' })
    await on.alarm({ name: 'web', state: 'ALARM' })
    await on.minutes(2)
    await on.system.advance(-HOUR_MS)
    await on.minutes(2)
    await on.alarm({ name: 'db', state: 'ALARM' }, { name: 'web', state: 'OK' })
    const records = await on.records()
    expect(records).toHaveLength(2)
    const arnOf = (name: string): string =>
      records.find(({ incidentRecordSource }) => incidentRecordSource?.resourceArn?.endsWith(`:${name}`))?.arn ?? ''
    expect(await on.engagements(arnOf('db'))).not.toEqual([])
    await on.minutes(12)
    expect((await on.record(arnOf('web'))).status).toBe('RESOLVED')
    expect((await on.record(arnOf('db'))).status).toBe('OPEN')
    await on.close()
  })
})

test('A backup that is restored on a machine whose clock is an hour behind goes on with paging', async () => {
  const [data, elsewhere, file] = [temporaryFolder(), temporaryFolder(), join(temporaryFolder(), 'tocsin.backup')]
  const startAt = new Date('2026-03-01T03:00:00Z')
  const before = await Rehearsal.start('sqlite', { data, startAt })
  await before.alarm({ name: 'pay-db', state: 'ALARM' })
  await fetch(`${before.system.url}/_tocsin/backup`, { method: 'POST', body: JSON.stringify({ file }) })
  await before.close()
  await restore(file, elsewhere, startAt)
  const after = await Rehearsal.start('sqlite', { data: elsewhere, startAt: new Date(startAt.getTime() - HOUR_MS) })
  await after.minutes(6)
  expect((await after.pages()).filter(isOf('secondary'))).toHaveLength(1)
  await after.minutes(10)
  expect((await after.pages()).filter(isOf('manager')).length).toBeGreaterThan(0)
  await after.close()
})

test.each([
  ['back', -HOUR_MS],
  ['ahead', HOUR_MS],
])(
  'an incident is one incident, and its next stage pages once, after a restart with the clock put %s',
  async (_way, by) => {
    const data = temporaryFolder()
    const at = new Date('2026-03-01T03:00:00Z')
    const before = await Rehearsal.start('sqlite', { data, startAt: at })
    await before.alarm({ name: 'db', state: 'ALARM' })
    expect(await before.records()).toHaveLength(1)
    await before.close()
    const after = await Rehearsal.start('sqlite', { data, startAt: new Date(at.getTime() + by) })
    // The same change of the alarm once more is the same.
    await after.alarm({ name: 'db', state: 'ALARM', at })
    await after.minutes(90)
    expect(await after.records()).toHaveLength(1)
    const texts = (await after.pages()).filter(
      ({ type, contactArn }) => type === 'SMS' && contactArn?.endsWith('secondary'),
    )
    expect(texts).toHaveLength(1)
    expect(await after.system.failures()).toEqual([])
    await after.close()
  },
)
