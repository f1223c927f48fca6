// Writes down what became of messages that were delivered; what cannot be written, on a disk that is full, is written later.
import type { Clock } from '../aws/clock.ts'
import type { MessageStore, Settlement } from './message-store.ts'
import type { Consumer, Message } from './consumer.ts'

/** When to try again: often enough for a person who has just made room, too seldom to be in the way of anything. */
export const AGAIN_MS = 15_000

interface Settled {
  readonly settlement: Settlement
  /** Called when it is on disk. Until then the message stays in flight: delivered again, it would only be done twice. */
  readonly written: () => void
}

interface Options {
  readonly store: MessageStore
  readonly clock: Clock
  /** Told of each try that failed. */
  readonly failed: (error: unknown) => void
}

export class Settling {
  readonly #options: Options
  readonly #unwritten: Settled[] = []
  #dueAt = 0

  constructor(options: Options) {
    this.#options = options
  }

  /** Settles when it is written, or will be tried again. */
  async settle(settled: readonly Settled[]): Promise<void> {
    const { store, clock, failed } = this.#options
    try {
      await store.settle(settled.map(({ settlement }) => settlement))
      for (const { written } of settled) written()
    } catch (error) {
      this.#unwritten.push(...settled)
      this.#dueAt = clock.now().getTime() + AGAIN_MS
      failed(error)
    }
  }

  nextDue(): number | undefined {
    return this.#unwritten.length > 0 ? this.#dueAt : undefined
  }

  /** Tries again when it is time to; answers whether it was. */
  async runDue(): Promise<boolean> {
    if ((this.nextDue() ?? Infinity) > this.#options.clock.now().getTime()) return false
    await this.settle(this.#unwritten.splice(0))
    return true
  }

  /** Has it tried again at once, whatever time it is. */
  hurry(): void {
    this.#dueAt = 0
  }
}

/** What becomes of a message at `now`: it is done, or failed for this reason. */
export function settlementOf(consumer: Consumer, message: Message, error: string | undefined, now: Date): Settlement {
  const { id, received, firstReceivedAt } = message
  if (error === undefined) return { id, fate: 'done' }
  const wait = consumer.retryAfterMs(message)
  if (wait !== undefined) {
    const visibleAt = new Date(now.getTime() + wait)
    return { id, fate: 'retry', received, firstReceivedAt, visibleAt, error }
  }
  const { dead, ...to } = consumer.giveUp(message, error)
  const source = dead ? message.queue : undefined
  return { id, fate: 'move', to, at: now, error, failedIn: consumer.functionName, source }
}
