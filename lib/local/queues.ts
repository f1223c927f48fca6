// Durable queues: at least once, one consumer each, retries that wait on the clock, and a way out for what keeps failing.
// What is in flight is known in memory only, so that receiving costs no write: after a restart nothing is in flight.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../aws/clock.ts'
import type { Activity } from './activity.ts'
import type { DueSource } from './clock.ts'
import type { DeadMessage, MessageStore, Outgoing, StoredMessage } from './message-store.ts'
import { settlementOf, Settling } from './settling.ts'

export interface Message extends StoredMessage {
  readonly firstReceivedAt: Date
  /** How often it has been received, this time included. */
  readonly received: number
}

/** Who takes the messages of a queue, and what becomes of those that fail. */
export interface Consumer {
  readonly queue: string
  readonly batchSize: number
  /** How many batches at a time. */
  readonly concurrency: number
  /** The name of the function, for those who look at what failed. */
  readonly functionName: string
  /** Answers what failed, by message id, and why. Throws when all did. */
  readonly run: (batch: readonly Message[]) => Promise<ReadonlyMap<string, string>>
  /** When to try again; undefined when it has been tried often enough. */
  readonly retryAfterMs: (message: Message) => number | undefined
  /** Where a message goes that has been tried often enough; `dead` is where it waits for a person. */
  readonly giveUp: (message: Message, error: string) => Outgoing & { readonly dead: boolean }
}

interface Options {
  readonly store: MessageStore
  readonly clock: Clock
  readonly activity: Activity
  /** Called when a message waits for an instant. */
  readonly changed: () => void
  /** Called with what no caller can handle. */
  readonly failed: (error: unknown) => void
}

/** A message that a client has received: it is not delivered to anybody else for a while. */
export interface Received extends Message {
  /** What the client must show to delete it. */
  readonly handle: string
}

interface Hold {
  readonly queue: string
  readonly handle: string
  readonly dead: boolean
  readonly received: number
  readonly firstReceivedAt: Date
  readonly until: number
}

interface Consuming extends Consumer {
  running: number
  readonly inFlight: Set<string>
}

const END_OF_TIME = new Date(8.64e15)

export class Queues implements DueSource {
  readonly #options: Options
  readonly #consumers = new Map<string, Consuming>()
  readonly #holds = new Map<string, Hold>()
  readonly #settling: Settling
  #latest = Infinity
  #open = true

  constructor(options: Options) {
    this.#options = options
    this.#settling = new Settling(options)
  }

  /** Starts delivering: what a former run has left is delivered at once. */
  start(consumers: readonly Consumer[]): void {
    for (const consumer of consumers)
      this.#consumers.set(consumer.queue, { ...consumer, running: 0, inFlight: new Set() })
    this.#pumpAll()
    this.#followClock()
  }

  /** Keeps the messages, on disk when this settles, and has them delivered at once. */
  async send(messages: readonly Outgoing[]): Promise<void> {
    if (messages.length === 0) return
    const { store, clock, changed } = this.#options
    await store.add(messages, clock.now())
    if (messages.some(({ delayMs }) => delayMs)) changed()
    for (const queue of new Set(messages.map((message) => message.queue))) {
      const consumer = this.#consumers.get(queue)
      if (consumer) this.#pump(consumer)
    }
  }

  nextDue(): number | undefined {
    this.#followClock()
    let next = this.#settling.nextDue()
    for (const consumer of this.#holding()) {
      if (consumer.running >= consumer.concurrency) continue
      for (const { id, visibleAt } of this.#visible(consumer.queue, END_OF_TIME, 1 + this.#holds.size))
        next = Math.min(next ?? Infinity, Math.max(visibleAt.getTime(), this.#holds.get(id)?.until ?? 0))
    }
    return next
  }

  async runDue(): Promise<void> {
    this.#pumpAll()
    if (!(await this.#settling.runDue())) return
    this.#pumpAll()
    this.#options.changed()
  }

  /** What waits for a person, oldest first. */
  dead(): DeadMessage[] {
    return this.#options.store.dead()
  }

  /**
   * Puts back what waits for a person, all or that of one dead-letter queue, where it came from or into another queue, and
   * has it delivered at once. Answers how many.
   */
  async redrive(from?: string, to?: string): Promise<number> {
    const { store, clock } = this.#options
    const count = await store.redrive(clock.now(), from, to)
    // Who had received one of them has it no more.
    for (const [id, { queue, dead }] of this.#holds) if (dead && queue === (from ?? queue)) this.#holds.delete(id)
    this.#pumpAll()
    return count
  }

  /** Hands messages to a client, which has so long to delete them. */
  receive(queue: string, limit: number, visibilityMs: number): Received[] {
    const now = this.#options.clock.now()
    return this.#visible(queue, now, limit).map((message) => {
      const before = this.#holds.get(message.id)
      const hold: Hold = {
        queue,
        handle: `${message.id}.${randomUUID()}`,
        dead: message.source !== undefined,
        received: (before?.received ?? message.received) + 1,
        firstReceivedAt: before?.firstReceivedAt ?? message.firstReceivedAt ?? now,
        until: now.getTime() + visibilityMs,
      }
      this.#holds.set(message.id, hold)
      return { ...message, ...hold }
    })
  }

  /** Deletes what a client has received; does nothing when somebody else has received it since. Gone when it settles. */
  async delete(queue: string, handle: string): Promise<void> {
    const id = idOf(handle)
    const hold = this.#holds.get(id)
    if ((hold && hold.handle !== handle) || this.#consumers.get(queue)?.inFlight.has(id)) return
    await this.#options.store.remove(id, queue)
    this.#holds.delete(id)
  }

  /** Gives a client more time, or less; false when it does not hold the message any more. */
  changeVisibility(queue: string, handle: string, visibilityMs: number): boolean {
    const { clock, changed } = this.#options
    const id = idOf(handle)
    const hold = this.#holds.get(id)
    const now = clock.now().getTime()
    if (hold?.queue !== queue || hold.handle !== handle || hold.until <= now) return false
    this.#holds.set(id, { ...hold, until: now + visibilityMs })
    this.#pumpAll()
    changed()
    return true
  }

  /** How many messages can be received, are being processed or wait for a retry, and were sent with a delay. */
  count(queue: string): { visible: number; notVisible: number; delayed: number } {
    const now = this.#options.clock.now()
    const { messages, visible, delayed } = this.#options.store.count(queue, now)
    const held = [...this.#holds.values()].filter((hold) => hold.queue === queue && hold.until > now.getTime())
    const receivable = visible - held.length - (this.#consumers.get(queue)?.inFlight.size ?? 0)
    return { visible: receivable, notVisible: messages - receivable - delayed, delayed }
  }

  /** Delivers no more; what is in flight comes to its end. */
  close(): void {
    this.#open = false
  }

  #pumpAll(): void {
    for (const consumer of this.#holding()) this.#pump(consumer)
  }

  #holding(): Consuming[] {
    return [...this.#options.store.holding()].flatMap((queue) => this.#consumers.get(queue) ?? [])
  }

  #pump(consumer: Consuming): void {
    const { clock, activity, failed } = this.#options
    while (this.#open && consumer.running < consumer.concurrency) {
      const now = clock.now()
      const batch = this.#visible(consumer.queue, now, consumer.batchSize).map((message) => ({
        ...message,
        firstReceivedAt: message.firstReceivedAt ?? now,
        received: message.received + 1,
      }))
      if (batch.length === 0) return
      for (const { id } of batch) {
        consumer.inFlight.add(id)
        this.#holds.delete(id)
      }
      consumer.running += 1
      activity.during(() => this.#deliver(consumer, batch)).catch(failed)
      // A batch that is not full has taken all there was.
      if (batch.length < consumer.batchSize) return
    }
  }

  async #deliver(consumer: Consuming, batch: readonly Message[]): Promise<void> {
    const { clock, changed } = this.#options
    const failures = await outcome(consumer, batch)
    try {
      await this.#settling.settle(
        batch.map((message) => ({
          settlement: settlementOf(consumer, message, failures.get(message.id), clock.now()),
          written: () => consumer.inFlight.delete(message.id),
        })),
      )
    } finally {
      consumer.running -= 1
    }
    if (failures.size === 0 && this.#settling.nextDue() === undefined) return this.#pump(consumer)
    this.#pumpAll()
    changed()
  }

  /** After a clock was put back, here or before a restart, nothing waits longer than it was meant to. */
  #followClock(): void {
    const { clock, store, activity, failed } = this.#options
    const now = clock.now()
    const wentBack = now.getTime() < this.#latest
    this.#latest = now.getTime()
    if (!wentBack) return
    this.#settling.hurry()
    this.#holds.clear()
    const late = this.#holding().flatMap((consumer) =>
      store
        .visible(consumer.queue, END_OF_TIME)
        .filter((message) => message.visibleAt.getTime() - now.getTime() > longestWait(consumer, message)),
    )
    if (late.length > 0)
      activity
        .during(async () => {
          await store.show(late, now)
          this.#pumpAll()
        })
        .catch(failed)
  }

  /** What may be delivered by `until` and is not in flight, in the order in which it became so. */
  #visible(queue: string, until: Date, limit: number): StoredMessage[] {
    const inFlight = this.#consumers.get(queue)?.inFlight ?? NONE
    return this.#options.store
      .visible(queue, until, limit + inFlight.size + this.#holds.size)
      .filter(({ id }) => !inFlight.has(id) && !((this.#holds.get(id)?.until ?? 0) > until.getTime()))
      .slice(0, limit)
  }
}

/** SQS's. */
const LONGEST_DELAY_MS = 900_000
const NONE: ReadonlySet<string> = new Set()

/** How long a message may have to wait from now on: for its next try, or because it was sent with a delay. */
function longestWait(consumer: Consumer, message: StoredMessage): number {
  const { received, sentAt, visibleAt, firstReceivedAt } = message
  if (received === 0 || !firstReceivedAt) return Math.min(visibleAt.getTime() - sentAt.getTime(), LONGEST_DELAY_MS)
  return consumer.retryAfterMs({ ...message, firstReceivedAt }) ?? 0
}

const idOf = (handle: string): string => handle.slice(0, handle.indexOf('.'))

async function outcome(consumer: Consumer, batch: readonly Message[]): Promise<ReadonlyMap<string, string>> {
  try {
    return await consumer.run(batch)
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return new Map(batch.map(({ id }) => [id, reason]))
  }
}
