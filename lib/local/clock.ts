// What time it is on this machine, and who is called when an instant comes: by a timer, or by being advanced.
import { systemClock, type Timer } from '../aws/clock.ts'
import type { Activity } from './activity.ts'

/** Something that has work at instants: queues that wait, schedules. */
export interface DueSource {
  /** The earliest instant at which there is work, in epoch milliseconds. */
  nextDue(): number | undefined
  /** Does one step of what is due by now. */
  runDue(): Promise<void>
}

export interface LocalClock extends Timer {
  start(sources: readonly DueSource[]): void
  /** To be called when a source may have earlier work than before. */
  changed(): void
  /** Moves time, ahead or, as somebody does who puts a clock back, by less than nothing. One that runs by itself cannot be moved. */
  readonly advance?: (milliseconds: number) => Promise<Date>
  close(): void
}

const LONGEST_TIMER_MS = 60_000

/** Something to be done at an instant. */
interface Step {
  readonly at: number
  readonly run: () => void
}

/** The machine's own time. */
export class RealClock implements LocalClock {
  readonly #activity: Activity
  readonly #failed: (error: unknown) => void
  #sources: readonly DueSource[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(activity: Activity, failed: (error: unknown) => void) {
    this.#activity = activity
    this.#failed = failed
  }

  now(): Date {
    return new Date()
  }

  wait(milliseconds: number): Promise<void> {
    return systemClock.wait(milliseconds)
  }

  start(sources: readonly DueSource[]): void {
    this.#sources = sources
    this.changed()
  }

  changed(): void {
    if (this.#sources.length === 0) return
    clearTimeout(this.#timer)
    const next = Math.min(...this.#sources.map((source) => this.#dueOf(source)))
    const wait = Math.max(0, Math.min(next - Date.now(), LONGEST_TIMER_MS))
    this.#timer = setTimeout(() => this.#run(), wait)
  }

  close(): void {
    this.#sources = []
    clearTimeout(this.#timer)
  }

  #run(): void {
    const now = Date.now()
    for (const source of this.#sources)
      if (this.#dueOf(source) <= now)
        this.#activity.during(() => source.runDue()).catch((error: unknown) => this.#failed(error))
    this.changed()
  }

  /** A source that cannot say (its database is damaged) is asked again with the next timer: it must not end the process. */
  #dueOf(source: DueSource): number {
    try {
      return source.nextDue() ?? Infinity
    } catch (error) {
      this.#failed(error)
      return Infinity
    }
  }
}

/** Time that stands still until it is advanced. */
export class SimulatedClock implements LocalClock {
  readonly #activity: Activity
  readonly #remember: (now: Date) => Promise<void>
  readonly #failed: (error: unknown) => void
  #sources: readonly DueSource[] = []
  #now: number
  #advancing: Promise<unknown> = Promise.resolve()
  /** Who waits, and until when. */
  readonly #sleepers = new Set<{ at: number; readonly wake: () => void; readonly resume: () => void }>()

  /** `remember` keeps the instant that an advance goes to, so that time never goes back, not even after a kill. */
  constructor(
    start: Date,
    activity: Activity,
    remember: (now: Date) => Promise<void>,
    failed: (error: unknown) => void = () => {},
  ) {
    this.#now = start.getTime()
    this.#activity = activity
    this.#remember = remember
    this.#failed = failed
  }

  now(): Date {
    return new Date(this.#now)
  }

  /** Only an advance ends it: until then, what waits is not going on. */
  wait(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return Promise.resolve()
    const { promise, resolve: wake } = Promise.withResolvers<void>()
    this.#sleepers.add({ at: this.#now + milliseconds, wake, resume: this.#activity.pause() })
    return promise
  }

  start(sources: readonly DueSource[]): void {
    this.#sources = sources
  }

  changed(): void {
    // Nothing happens before the next advance.
  }

  close(): void {
    this.#sources = []
  }

  /** Jumps from due instant to due instant, lets each step and all that it sets off come to an end, and arrives. */
  advance(milliseconds: number): Promise<Date> {
    const arrived = this.#advancing.then(() => this.#advance(milliseconds))
    this.#advancing = arrived.catch(() => undefined)
    return arrived
  }

  async #advance(milliseconds: number): Promise<Date> {
    const target = this.#now + milliseconds
    await this.#activity.idle()
    await this.#remember(new Date(target))
    // Whoever waits goes on waiting as long as before.
    if (milliseconds < 0) for (const sleeper of this.#sleepers) sleeper.at += milliseconds
    for (;;) {
      const [first] = [...this.#sleeping(), ...this.#due()].toSorted((one, other) => one.at - other.at)
      if (!first || first.at > target) break
      this.#now = Math.max(this.#now, first.at)
      first.run()
      await this.#activity.idle()
    }
    this.#now = target
    return this.now()
  }

  #due(): Step[] {
    return this.#sources.map((source) => ({
      at: source.nextDue() ?? Infinity,
      // What it awaits may itself wait for the clock: its end is that of all activity.
      run: () => void this.#activity.during(() => source.runDue()).catch(this.#failed),
    }))
  }

  #sleeping(): Step[] {
    return [...this.#sleepers].map((sleeper) => ({
      at: sleeper.at,
      run: () => {
        this.#sleepers.delete(sleeper)
        sleeper.resume()
        sleeper.wake()
      },
    }))
  }
}
