// Durable queues: at least once, one consumer each, retries that wait on the clock, and a way out for what keeps failing.
// What is in flight is known in memory only, so that receiving costs no write: after a restart nothing is in flight.
import type { Clock } from '../aws/clock.ts'
import type { Activity } from './activity.ts'
import type { DueSource } from './clock.ts'
import type { DeadMessage, MessageStore, Outgoing, Settlement, StoredMessage } from './message-store.ts'

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

interface Consuming extends Consumer {
  running: number
  readonly inFlight: Set<string>
}

const END_OF_TIME = new Date(8.64e15)

export class Queues implements DueSource {
  readonly #options: Options
  readonly #consumers = new Map<string, Consuming>()
  #open = true

  constructor(options: Options) {
    this.#options = options
  }

  /** Starts delivering: what a former run has left is delivered at once. */
  start(consumers: readonly Consumer[]): void {
    for (const consumer of consumers)
      this.#consumers.set(consumer.queue, { ...consumer, running: 0, inFlight: new Set() })
    this.#pumpAll()
  }

  /** Keeps the messages, on disk when this settles, and has them delivered at once. */
  async send(messages: readonly Outgoing[]): Promise<void> {
    if (messages.length === 0) return
    const { store, clock } = this.#options
    await store.add(messages, clock.now())
    for (const queue of new Set(messages.map((message) => message.queue))) {
      const consumer = this.#consumers.get(queue)
      if (consumer) this.#pump(consumer)
    }
  }

  nextDue(): number | undefined {
    let next: number | undefined
    for (const consumer of this.#holding()) {
      const [first] = this.#visible(consumer, END_OF_TIME, 1)
      if (first && consumer.running < consumer.concurrency) next = Math.min(next ?? Infinity, first.visibleAt.getTime())
    }
    return next
  }

  runDue(): Promise<void> {
    this.#pumpAll()
    return Promise.resolve()
  }

  /** What waits for a person, oldest first. */
  dead(): DeadMessage[] {
    return this.#options.store.dead()
  }

  /** Puts back what waits for a person, and has it delivered at once. Answers how many. */
  async redrive(): Promise<number> {
    const { store, clock } = this.#options
    const count = await store.redrive(clock.now())
    this.#pumpAll()
    return count
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
      const batch = this.#visible(consumer, now, consumer.batchSize).map((message) => ({
        ...message,
        firstReceivedAt: message.firstReceivedAt ?? now,
        received: message.received + 1,
      }))
      if (batch.length === 0) return
      for (const { id } of batch) consumer.inFlight.add(id)
      consumer.running += 1
      activity.during(() => this.#deliver(consumer, batch)).catch(failed)
      // A batch that is not full has taken all there was.
      if (batch.length < consumer.batchSize) return
    }
  }

  async #deliver(consumer: Consuming, batch: readonly Message[]): Promise<void> {
    const { store, changed } = this.#options
    const failures = await outcome(consumer, batch)
    try {
      await store.settle(batch.map((message) => this.#settlement(consumer, message, failures.get(message.id))))
      for (const { id } of batch) consumer.inFlight.delete(id)
    } finally {
      // Where even that write failed, the batch stays in flight: better late, after a restart, than in a circle.
      consumer.running -= 1
    }
    if (failures.size === 0) return this.#pump(consumer)
    this.#pumpAll()
    changed()
  }

  #settlement(consumer: Consuming, message: Message, error: string | undefined): Settlement {
    const { id, received, firstReceivedAt } = message
    if (error === undefined) return { id, fate: 'done' }
    const now = this.#options.clock.now()
    const wait = consumer.retryAfterMs(message)
    if (wait !== undefined) {
      const visibleAt = new Date(now.getTime() + wait)
      return { id, fate: 'retry', received, firstReceivedAt, visibleAt, error }
    }
    const { dead, ...to } = consumer.giveUp(message, error)
    const source = dead ? message.queue : undefined
    return { id, fate: 'move', to, at: now, error, failedIn: consumer.functionName, source }
  }

  /** What may be delivered by `until` and is not in flight, in the order in which it became so. */
  #visible({ queue, inFlight }: Consuming, until: Date, limit: number): StoredMessage[] {
    return this.#options.store
      .visible(queue, until, limit + inFlight.size)
      .filter(({ id }) => !inFlight.has(id))
      .slice(0, limit)
  }
}

async function outcome(consumer: Consumer, batch: readonly Message[]): Promise<ReadonlyMap<string, string>> {
  try {
    return await consumer.run(batch)
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return new Map(batch.map(({ id }) => [id, reason]))
  }
}
