// Time: the machine's own calls by timer, the simulated one by being advanced; both in the order of the instants.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Clock } from '../../lib/aws/clock.ts'
import { Activity } from '../../lib/local/activity.ts'
import { RealClock, SimulatedClock, type DueSource } from '../../lib/local/clock.ts'
import { schedules } from '../../lib/local/schedules.ts'
import { START } from './rehearsal.ts'

const MINUTE_MS = 60_000
const PLACE = { account: '111122223333', region: 'us-east-1' }
const time = (clock: Clock): string => clock.now().toISOString().slice(11, 19)

function everyMinute(
  clock: Clock,
  invoke: (name: string) => Promise<void>,
  failed: (error: unknown) => void = () => {},
): DueSource {
  const specs = ['sweep', 'run-engagements'].map((name) => ({ arn: `rule/${name}`, everySeconds: 60, targets: [name] }))
  return schedules({ specs, place: PLACE, clock, invoke, failed })
}

describe('a simulated clock', () => {
  test('goes from due instant to due instant, in order, each step ended before the next', async () => {
    const activity = new Activity()
    const clock = new SimulatedClock(START, activity, async () => {})
    const steps: string[] = []
    const once = (minutes: number, name: string): DueSource => {
      let due: number | undefined = START.getTime() + minutes * MINUTE_MS
      return {
        nextDue: () => due,
        runDue: async () => {
          due = undefined
          steps.push(`${time(clock)} ${name} begins`)
          // What it sets off goes on after it has returned.
          void activity.during(async () => {
            await new Promise((resolve) => setImmediate(resolve))
            steps.push(`${time(clock)} ${name} ends`)
          })
        },
      }
    }
    clock.start([once(7, 'late'), once(3, 'early'), once(3, 'beside it'), once(11, 'too late')])
    expect(await clock.advance(10 * MINUTE_MS)).toEqual(new Date('2026-03-05T09:25:00Z'))
    expect(steps).toEqual([
      '09:18:00 early begins',
      '09:18:00 early ends',
      '09:18:00 beside it begins',
      '09:18:00 beside it ends',
      '09:22:00 late begins',
      '09:22:00 late ends',
    ])
  })

  test('lets a step that waits go on when its instant comes, and other steps before it', async () => {
    const activity = new Activity()
    const clock = new SimulatedClock(START, activity, async () => {})
    const steps: string[] = []
    let due: number | undefined = START.getTime() + MINUTE_MS
    const patient: DueSource = {
      nextDue: () => due,
      runDue: async () => {
        due = undefined
        await activity.during(async () => {
          steps.push(`${time(clock)} begins`)
          await clock.wait(90_000)
          steps.push(`${time(clock)} goes on`)
        })
      },
    }
    clock.start([
      patient,
      everyMinute(clock, async (name) => {
        steps.push(`${time(clock)} ${name}`)
      }),
    ])
    await clock.advance(2 * MINUTE_MS)
    expect(steps).toEqual([
      '09:16:00 begins',
      '09:16:00 sweep',
      '09:16:00 run-engagements',
      '09:17:00 sweep',
      '09:17:00 run-engagements',
    ])
    await clock.advance(MINUTE_MS)
    expect(steps.slice(5)).toEqual(['09:17:30 goes on', '09:18:00 sweep', '09:18:00 run-engagements'])
  })

  test('advances one after the other when asked to at once, and remembers where it goes before it goes', async () => {
    const log: string[] = []
    const clock = new SimulatedClock(START, new Activity(), async (target) => {
      log.push(`${time(clock)} to ${target.toISOString().slice(11, 19)}`)
    })
    clock.start([])
    const arrived = await Promise.all([clock.advance(MINUTE_MS), clock.advance(MINUTE_MS)])
    expect(arrived.map((instant) => instant.toISOString().slice(11, 16))).toEqual(['09:16', '09:17'])
    expect(log).toEqual(['09:15:00 to 09:16:00', '09:16:00 to 09:17:00'])
  })

  test('runs the schedules every minute, each on its own, though one of them fails', async () => {
    const clock = new SimulatedClock(START, new Activity(), async () => {})
    const ticks: string[] = []
    const failures: unknown[] = []
    const source = everyMinute(
      clock,
      async (name) => {
        ticks.push(`${time(clock)} ${name}`)
        if (name === 'sweep') throw new Error('no')
      },
      (error) => failures.push(error),
    )
    clock.start([source])
    await clock.advance(2 * MINUTE_MS + 1)
    expect(ticks).toEqual(['09:16:00 sweep', '09:16:00 run-engagements', '09:17:00 sweep', '09:17:00 run-engagements'])
    expect(failures).toHaveLength(2)
  })
})

describe('the real clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('runs the schedules every minute; after a sleep of the machine one tick stands for all', async () => {
    const clock = new RealClock(new Activity(), () => {})
    const ticks: string[] = []
    clock.start([everyMinute(clock, async (name) => void ticks.push(`${time(clock)} ${name}`))])
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS + 1000)
    vi.setSystemTime(new Date('2026-03-05T12:00:30Z'))
    await vi.advanceTimersByTimeAsync(MINUTE_MS)
    clock.close()
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS)
    expect(ticks.filter((tick) => tick.endsWith('sweep'))).toEqual([
      '09:16:00 sweep',
      '09:17:00 sweep',
      '12:01:29 sweep',
    ])
    expect(ticks).toHaveLength(6)
  })

  test('goes on with the other sources when one cannot say what is due', async () => {
    const failures: unknown[] = []
    const clock = new RealClock(new Activity(), (error) => failures.push(error))
    const broken: DueSource = {
      nextDue: () => {
        throw new Error('the database is damaged')
      },
      runDue: () => Promise.resolve(),
    }
    const ticks: string[] = []
    clock.start([broken, everyMinute(clock, async (name) => void ticks.push(name))])
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS + 1000)
    clock.close()
    expect(ticks).toHaveLength(4)
    expect(failures).toContainEqual(new Error('the database is damaged'))
  })

  test('does not start a tick while the one before is still going on', async () => {
    const clock = new RealClock(new Activity(), () => {})
    const { promise, resolve } = Promise.withResolvers<void>()
    let begun = 0
    const specs = [{ arn: 'rule/sweep', everySeconds: 60, targets: ['sweep'] }]
    const invoke = (): Promise<void> => {
      begun += 1
      return promise
    }
    clock.start([schedules({ specs, place: PLACE, clock, failed: () => {}, invoke })])
    await vi.advanceTimersByTimeAsync(5 * MINUTE_MS)
    expect(begun).toBe(1)
    resolve()
    await vi.advanceTimersByTimeAsync(MINUTE_MS)
    clock.close()
    expect(begun).toBe(2)
  })

  test('wakes earlier when something is due earlier', async () => {
    const clock = new RealClock(new Activity(), () => {})
    let due = START.getTime() + 50 * MINUTE_MS
    const ran: string[] = []
    clock.start([
      {
        nextDue: () => due,
        runDue: async () => {
          ran.push(time(clock))
          due = Infinity
        },
      },
    ])
    due = START.getTime() + 5000
    clock.changed()
    await vi.advanceTimersByTimeAsync(MINUTE_MS)
    clock.close()
    expect(ran).toEqual(['09:15:05'])
  })
})
