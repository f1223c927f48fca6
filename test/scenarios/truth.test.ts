// What CloudWatch itself says counts: held alarms, late ones, lost events, alarms that fired before anybody listened.
import { afterEach, describe, expect, it } from 'vitest'
import { type AlarmEvent, Rehearsal, START } from './rehearsal.ts'

let on: Rehearsal
/** Whether events get lost between the bus and the automation. */
let losing = false

async function start(options: Parameters<typeof Rehearsal.start>[1] = {}): Promise<void> {
  losing = false
  on = await Rehearsal.start('sqlite', {
    ...options,
    watch: {
      invocation: (name, _event, run) =>
        losing && name === 'open-incident' ? Promise.resolve({ batchItemFailures: [] }) : run(),
    },
  })
}
afterEach(() => on.close())

async function lost(...changes: readonly AlarmEvent[]): Promise<void> {
  losing = true
  await on.alarm(...changes)
  losing = false
}

const titles = async (): Promise<(string | undefined)[]> => (await on.records()).map(({ title }) => title)

describe('a suppressed or muted alarm', () => {
  it('pages nobody while it is suppressed, and does when CloudWatch no longer says so and it still fires', async () => {
    await start()
    await on.alarm({ name: 'pay-slow', state: 'ALARM', composite: true, suppressedBy: 'Alarm' })
    await on.minutes(11)
    expect([await on.records(), await on.pages()]).toEqual([[], []])
    await lost({ name: 'pay-slow', state: 'ALARM', composite: true })
    await on.minutes(6)
    const { arn, title } = await on.incident()
    expect(title).toBe('pay-slow (us-east-1)')
    expect(await on.told(arn)).toEqual([
      expect.stringContaining('Alarm pay-slow went from OK to ALARM (value 12, threshold 5) (suppressed: '),
      'pay-slow is no longer suppressed, and still fires',
    ])
    expect(await on.pages()).not.toEqual([])
  })

  it('opens a new incident when it is let go after somebody has resolved the one that was open', async () => {
    await start()
    await on.alarm({ name: 'pay-slow', state: 'ALARM', composite: true })
    await on.minutes(1)
    await on.alarm({ name: 'pay-slow', state: 'OK', composite: true })
    await on.minutes(1)
    await on.alarm({ name: 'pay-slow', state: 'ALARM', composite: true, suppressedBy: 'Alarm' })
    const { arn } = await on.incident()
    await on.resolve(arn)
    await on.minutes(1)
    await lost({ name: 'pay-slow', state: 'ALARM', composite: true })
    await on.minutes(6)
    expect((await on.records()).map(({ status }) => status)).toEqual(['RESOLVED', 'OPEN'])
  })

  it('is looked at when its mute ends, and opens nothing when it has recovered by then', async () => {
    await start()
    const mutedUntil = new Date(START.getTime() + 45 * 60_000)
    await on.alarm({ name: 'pay-slow', state: 'ALARM', mutedUntil }, { name: 'pay-late', state: 'ALARM', mutedUntil })
    await on.minutes(20)
    await lost({ name: 'pay-late', state: 'OK' })
    await on.minutes(24)
    expect(await titles()).toEqual([])
    await on.minutes(2)
    expect(await titles()).toEqual(['pay-slow (us-east-1)'])
  })
})

describe('what CloudWatch says', () => {
  it('opens an alarm that fires though its event was lost, within seven minutes, and only once', async () => {
    await start()
    await lost({ name: 'pay-lost', state: 'ALARM' })
    await on.minutes(7)
    const { arn, title } = await on.incident()
    expect(title).toBe('pay-lost (us-east-1)')
    expect((await on.relatedItems(arn)).map((item) => item.identifier?.type)).toContain('METRIC')
    expect(await on.pages()).not.toEqual([])
    await on.minutes(30)
    expect(await on.records()).toHaveLength(1)
  })

  it('opens nothing twice: neither what its own event has opened, nor what somebody has resolved, nor what rules ignore', async () => {
    await start()
    await on.alarm({ name: 'pay-seen', state: 'ALARM' }, { name: 'TargetTracking-fleet', state: 'ALARM' })
    const { arn } = await on.incident()
    await on.minutes(7)
    expect((await on.told(arn)).filter((text) => text.startsWith('Alarm'))).toHaveLength(1)
    await on.resolve(arn)
    await on.minutes(14)
    expect(await on.records()).toHaveLength(1)
  })

  it('opens what fired before Tocsin was there', async () => {
    await start()
    losing = true
    await on.alarm({ name: 'pay-old', state: 'ALARM', at: new Date(START.getTime() - 86_400_000) })
    losing = false
    await on.minutes(1)
    expect(await titles()).toEqual(['pay-old (us-east-1)'])
  })

  it('ends the part of an alarm whose OK was lost, or that was deleted, with the reason on the timeline', async () => {
    await start()
    await on.alarm({ name: 'pay-one', state: 'ALARM' }, { name: 'pay-two', state: 'ALARM' })
    await on.minutes(1)
    await lost({ name: 'pay-one', state: 'OK' })
    losing = true
    await on.deleteAlarm('pay-two')
    losing = false
    await on.minutes(17)
    const records = await on.records()
    expect(records.map(({ status }) => status)).toEqual(['RESOLVED', 'RESOLVED'])
    const told = await Promise.all(records.map(({ arn = '' }) => on.told(arn)))
    expect(told.flat()).toContainEqual(expect.stringContaining('Alarm pay-one is OK, CloudWatch says'))
    expect(told.flat()).toContainEqual(expect.stringContaining('Alarm pay-two no longer exists, CloudWatch says'))
  })

  it('keeps a late ALARM that is over from paging anybody, and lets one that is not page', async () => {
    await start()
    const late = new Date(START.getTime() - 600_000)
    await lost({ name: 'pay-over', state: 'ALARM', at: late }, { name: 'pay-over', state: 'OK' })
    await on.alarm({ name: 'pay-over', state: 'ALARM', at: late }, { name: 'pay-still', state: 'ALARM', at: late })
    expect(await titles()).toEqual(['pay-still (us-east-1)'])
  })

  it('is not needed: when CloudWatch does not answer, every alarm counts as its events have told, and the log says so', async () => {
    await start({ environment: { AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:9' } })
    await on.alarm({ name: 'pay-late', state: 'ALARM', at: new Date(START.getTime() - 600_000) })
    await on.alarm({ name: 'pay-now', state: 'ALARM' })
    await on.alarm({ name: 'pay-now', state: 'OK', at: new Date(START.getTime() + 1000) })
    await on.minutes(12)
    expect((await on.records()).map(({ title, status }) => `${title} ${status}`)).toEqual([
      'pay-late (us-east-1) OPEN',
      'pay-now (us-east-1) RESOLVED',
    ])
    expect(on.logs().map(({ message }) => message)).toContain(
      'CloudWatch could not be asked about a late alarm: it counts as firing',
    )
  })

  it("opens nothing for Tocsin's own alarms", async () => {
    await start()
    await lost({ name: 'tocsin-production-self-watch-sweep-silent', state: 'ALARM' })
    await on.alarm({ name: 'tocsin-production-self-watch-sweep-silent', state: 'ALARM' })
    await on.minutes(12)
    expect(await on.records()).toEqual([])
  })
})
