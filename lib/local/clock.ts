// What time it is on this machine, and who is called when an instant comes: by a timer, or by being advanced.
import type { Clock } from '../aws/clock.ts'
import type { Activity } from './activity.ts'

/** Something that has work at instants: queues that wait, schedules. */
export interface DueSource {
  /** The earliest instant at which there is work, in epoch milliseconds. */
  nextDue(): number | undefined
  /** Does one step of what is due by now. */
  runDue(): Promise<void>
}

export interface LocalClock extends Clock {
  start(sources: readonly DueSource[]): void
  /** To be called when a source may have earlier work than before. */
  changed(): void
  /** Moves time; a clock that runs by itself cannot be moved. */
  readonly advance?: (milliseconds: number) => Promise<Date>
  close(): void
}

const LONGEST_TIMER_MS = 60_000

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

  start(sources: readonly DueSource[]): void {
    this.#sources = sources
    this.changed()
  }

  changed(): void {
    if (this.#sources.length === 0) return
    clearTimeout(this.#timer)
    const next = Math.min(...this.#sources.map((source) => source.nextDue() ?? Infinity))
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
      if ((source.nextDue() ?? Infinity) <= now)
        this.#activity.during(() => source.runDue()).catch((error: unknown) => this.#failed(error))
    this.changed()
  }
}

/** Time that stands still until it is advanced. */
export class SimulatedClock implements LocalClock {
  readonly #activity: Activity
  readonly #remember: (now: Date) => Promise<void>
  #sources: readonly DueSource[] = []
  #now: number
  #advancing: Promise<unknown> = Promise.resolve()

  /** `remember` keeps the instant that an advance goes to, so that time never goes back, not even after a kill. */
  constructor(start: Date, activity: Activity, remember: (now: Date) => Promise<void>) {
    this.#now = start.getTime()
    this.#activity = activity
    this.#remember = remember
  }

  now(): Date {
    return new Date(this.#now)
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
    for (;;) {
      const [first] = this.#sources
        .map((source) => ({ source, at: source.nextDue() ?? Infinity }))
        .toSorted((one, other) => one.at - other.at)
      if (!first || first.at > target) break
      this.#now = Math.max(this.#now, first.at)
      await first.source.runDue()
      await this.#activity.idle()
    }
    this.#now = target
    return this.now()
  }
}
