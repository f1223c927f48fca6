// Durable queues: at least once, one consumer each, retries that wait on the clock, and a way out for what keeps failing.
// A try is counted on disk before it is made, so that what ends the process comes to that way out as well (cut-off.ts).
import type { Clock } from '../aws/clock.ts'
import type { Activity } from './activity.ts'
import type { DueSource } from './clock.ts'
import { type Consumer, longestWait, type Message, outcomeOf } from './consumer.ts'
import { CutOff } from './cut-off.ts'
import { Holds, idOf, type Received } from './holds.ts'
import type { DeadMessage, MessageStore, Outgoing, StoredMessage } from './message-store.ts'
import { AGAIN_MS, settlementOf, Settling } from './settling.ts'

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
  readonly #holds = new Holds()
  readonly #settling: Settling
  readonly #cutOff = new CutOff()
  /** Nothing is delivered before: what is about to be tried could not be counted. */
  #blockedUntil = 0
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
    this.#settleCutOff()
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
        next = Math.min(next ?? Infinity, Math.max(visibleAt.getTime(), this.#holds.until(id), this.#blockedUntil))
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
    this.#holds.endWhere(({ queue, dead }) => dead && queue === (from ?? queue))
    this.#pumpAll()
    return count
  }

  /** Deletes what waits for a person, and is not worth its time; false when nothing such has the id. Gone when it settles. */
  async discard(id: string): Promise<boolean> {
    const isGone = await this.#options.store.discard(id)
    if (isGone) this.#holds.end(id)
    return isGone
  }

  /** Hands messages to a client, which has so long to delete them. */
  receive(queue: string, limit: number, visibilityMs: number): Received[] {
    const now = this.#options.clock.now()
    return this.#visible(queue, now, limit).map((message) => this.#holds.take(queue, message, now, visibilityMs))
  }

  /** Deletes what a client has received; does nothing when somebody else has received it since. Gone when it settles. */
  async delete(queue: string, handle: string): Promise<void> {
    const id = idOf(handle)
    const hold = this.#holds.get(id)
    if ((hold && hold.handle !== handle) || this.#consumers.get(queue)?.inFlight.has(id)) return
    await this.#options.store.remove(id, queue)
    this.#holds.end(id)
  }

  /** Deletes all of a queue but what is being processed. Gone when it settles. */
  async purge(queue: string): Promise<void> {
    await this.#options.store.purge(queue)
    this.#holds.endWhere((hold) => hold.queue === queue)
  }

  /** Gives a client more time, or less; false when it does not hold the message any more. */
  changeVisibility(queue: string, handle: string, visibilityMs: number): boolean {
    const { clock, changed } = this.#options
    const id = idOf(handle)
    const hold = this.#holds.get(id)
    const now = clock.now().getTime()
    if (hold?.queue !== queue || hold.handle !== handle || hold.until <= now) return false
    this.#holds.extend(id, now + visibilityMs)
    this.#pumpAll()
    changed()
    return true
  }

  /** How many messages can be received, are being processed or wait for a retry, and were sent with a delay. */
  count(queue: string): { visible: number; notVisible: number; delayed: number } {
    const now = this.#options.clock.now()
    const { messages, visible, delayed } = this.#options.store.count(queue, now)
    const receivable = visible - this.#holds.count(queue, now) - (this.#consumers.get(queue)?.inFlight.size ?? 0)
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

  /** What is left of a former process is not delivered before its tries have been counted. */
  #settleCutOff(): void {
    const { store, clock, activity, changed, failed } = this.#options
    const settled = this.#cutOff
      .load(store, (queue) => this.#consumers.get(queue), clock.now())
      .map(({ queue, settlement }) => {
        this.#consumers.get(queue)?.inFlight.add(settlement.id)
        return { settlement, written: () => this.#consumers.get(queue)?.inFlight.delete(settlement.id) }
      })
    if (settled.length === 0) return
    const settle = async (): Promise<void> => {
      await this.#settling.settle(settled)
      this.#pumpAll()
      changed()
    }
    activity.during(settle).catch(failed)
  }

  #pump(consumer: Consuming): void {
    const { clock, activity, failed } = this.#options
    while (this.#open && consumer.running < consumer.concurrency) {
      const now = clock.now()
      if (now.getTime() < this.#blockedUntil) return
      const visible = this.#visible(consumer.queue, now, consumer.batchSize)
      const batch = this.#cutOff.batchOf(visible).map((message) => ({
        ...message,
        firstReceivedAt: message.firstReceivedAt ?? now,
        received: message.received + 1,
      }))
      if (batch.length === 0) return
      for (const { id } of batch) {
        consumer.inFlight.add(id)
        this.#holds.end(id)
      }
      this.#cutOff.begin(batch)
      consumer.running += 1
      activity.during(() => this.#deliver(consumer, batch)).catch(failed)
      // A batch that is not full has taken all there was.
      if (visible.length < consumer.batchSize && this.#cutOff.size === 0) return
    }
  }

  /** On disk before it is tried: what ends the process is counted. Otherwise it is not tried now. */
  async #isTaken(consumer: Consuming, batch: readonly Message[]): Promise<boolean> {
    const { store, clock, changed, failed } = this.#options
    try {
      await store.take(batch)
      return true
    } catch (error) {
      this.#blockedUntil = clock.now().getTime() + AGAIN_MS
      for (const { id } of batch) consumer.inFlight.delete(id)
      this.#cutOff.putBack(batch)
      consumer.running -= 1
      failed(error)
      changed()
      return false
    }
  }

  async #deliver(consumer: Consuming, batch: readonly Message[]): Promise<void> {
    const { clock, changed } = this.#options
    if (!(await this.#isTaken(consumer, batch))) return
    const failures = await outcomeOf(consumer, batch)
    const wasCutOff = this.#cutOff.size > 0
    this.#cutOff.end(batch)
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
    if (failures.size === 0 && this.#settling.nextDue() === undefined && !wasCutOff) return this.#pump(consumer)
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
    this.#blockedUntil = 0
    this.#holds.endWhere(() => true)
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
      .visible(queue, until, limit + inFlight.size + this.#holds.size + this.#cutOff.size)
      .filter((message) => this.#cutOff.mayTry(message) && !inFlight.has(message.id))
      .filter(({ id }) => this.#holds.until(id) <= until.getTime())
      .slice(0, limit)
  }
}

const NONE: ReadonlySet<string> = new Set()
