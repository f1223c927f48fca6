// Functions that run every so often. A tick is not kept: what it would have done is due at the next one.
import { uuidOf } from '../aws/token.ts'
import type { Place } from '../aws/arn.ts'
import type { Clock } from '../aws/clock.ts'
import type { DueSource } from './clock.ts'
import type { ScheduleSpec } from './template.ts'

export interface Options {
  readonly specs: readonly ScheduleSpec[]
  readonly place: Place
  readonly clock: Clock
  readonly invoke: (functionArn: string, event: object) => Promise<unknown>
  /** Told of a tick that failed; the next one comes all the same. */
  readonly failed: (error: unknown) => void
}

interface Tick {
  readonly schedule: ScheduleSpec
  readonly target: string
  readonly everyMs: number
  dueAt: number
  running: boolean
  problem: string | undefined
}

export interface Schedules extends DueSource {
  /** Runs each of them now, besides: none waits for another. */
  readonly runAll: () => Promise<void>
  /** Why the last run of the function that has this name in its ARN failed; undefined when it did not. */
  readonly problem: (functionName: string) => string | undefined
}

/** The schedules of the template, each first due one period after now; a clock that is put back silences none of them. */
export function schedules({ specs, place, clock, invoke, failed }: Options): Schedules {
  const start = clock.now().getTime()
  const ticks = specs.flatMap((schedule) =>
    schedule.targets.map((target): Tick => {
      const everyMs = schedule.everySeconds * 1000
      return { schedule, target, everyMs, dueAt: start + everyMs, running: false, problem: undefined }
    }),
  )
  const run = async (tick: Tick, now: Date): Promise<void> => {
    if (tick.running) return
    tick.running = true
    try {
      await invoke(tick.target, scheduledEvent(tick.schedule, place, now))
      tick.problem = undefined
    } catch (error) {
      tick.problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      failed(error)
    } finally {
      tick.running = false
    }
  }
  return {
    nextDue() {
      const now = clock.now().getTime()
      for (const tick of ticks) tick.dueAt = Math.min(tick.dueAt, now + tick.everyMs)
      return ticks.length > 0 ? Math.min(...ticks.map(({ dueAt }) => dueAt)) : undefined
    },
    async runDue() {
      const now = clock.now()
      const tick = ticks.find(({ dueAt }) => dueAt <= now.getTime())
      if (!tick) return
      // After a pause of the machine one tick stands for all that were missed.
      const missed = Math.floor((now.getTime() - tick.dueAt) / tick.everyMs)
      tick.dueAt += (missed + 1) * tick.everyMs
      await run(tick, now)
    },
    problem: (functionName) => ticks.find(({ target }) => target.endsWith(functionName))?.problem,
    async runAll() {
      await Promise.all(ticks.map((tick) => run(tick, clock.now())))
    },
  }
}

const scheduledEvent = ({ arn }: ScheduleSpec, { account, region }: Place, now: Date): object => ({
  version: '0',
  id: uuidOf(`${arn} ${now.toISOString()}`),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account,
  time: `${now.toISOString().slice(0, 19)}Z`,
  region,
  resources: [arn],
  detail: {},
})
