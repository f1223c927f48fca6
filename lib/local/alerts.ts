// What must not be overlooked, as blocks of lines at the terminal: what the last resort is told, and what is not well.
import type { LocalMessage } from '../aws/runtime.ts'
import type { Clock } from '../aws/clock.ts'
import type { DueSource } from './clock.ts'
import { type Health, type Part, PARTS } from './health.ts'
import { cleaned } from './log-words.ts'

/** Shows a block of lines to whoever sits at the terminal. */
export type Alert = (text: string) => void

/** Begins each line of an alert. */
export const ALERT = '!! '

const block = (lines: readonly string[]): string => lines.map((line) => ALERT + cleaned(line)).join('\n')

export const lastResortAlert = ({ subject = 'a message', body }: LocalMessage): string =>
  block([`LAST RESORT: ${subject}`, ...body.split('\n')])

const EVERY_MS = 30_000
/** What lasts is said again so often. */
const AGAIN_MS = 15 * 60_000

/** Says when a part begins to fail, every 15 minutes while it does, and when it is well again. */
export class HealthAlerts implements DueSource {
  readonly #options: { readonly clock: Clock; readonly look: () => Promise<Health>; readonly alert: Alert }
  readonly #saidAt = new Map<Part, number>()
  #dueAt: number

  constructor(options: { readonly clock: Clock; readonly look: () => Promise<Health>; readonly alert: Alert }) {
    this.#options = options
    this.#dueAt = options.clock.now().getTime() + EVERY_MS
  }

  nextDue(): number {
    this.#dueAt = Math.min(this.#dueAt, this.#options.clock.now().getTime() + EVERY_MS)
    return this.#dueAt
  }

  async runDue(): Promise<void> {
    this.#dueAt = this.#options.clock.now().getTime() + EVERY_MS
    await this.look()
  }

  /** Looks now, and says what is new. */
  async look(): Promise<Health> {
    const { clock, look, alert } = this.#options
    const health = await look()
    const now = clock.now().getTime()
    for (const part of PARTS) {
      const { status, detail } = health.parts[part]
      const saidAt = this.#saidAt.get(part)
      if (status === 'ok') {
        if (this.#saidAt.delete(part)) alert(block([`WELL AGAIN: ${part}`]))
      } else if (saidAt === undefined || Math.abs(now - saidAt) >= AGAIN_MS) {
        this.#saidAt.set(part, now)
        alert(block([`NOT WELL: ${part}`, ...detail.split('\n')]))
      }
    }
    return health
  }
}
