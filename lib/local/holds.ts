// Messages that clients have received, and nobody else gets for a while: in memory, so that a restart shows them to all again.
import { randomUUID } from 'node:crypto'
import type { Message } from './consumer.ts'
import type { StoredMessage } from './message-store.ts'

interface Hold {
  readonly queue: string
  /** What the client must show to delete it. */
  readonly handle: string
  readonly dead: boolean
  readonly received: number
  readonly firstReceivedAt: Date
  readonly until: number
}

/** A message that a client has received. */
export interface Received extends Message {
  readonly handle: string
}

/** The id of the message that a client shows. */
export const idOf = (handle: string): string => handle.slice(0, handle.indexOf('.'))

export class Holds {
  readonly #byId = new Map<string, Hold>()

  get size(): number {
    return this.#byId.size
  }

  get(id: string): Hold | undefined {
    return this.#byId.get(id)
  }

  /** The instant, in milliseconds, until which a message is held; 0 where it is not. */
  until(id: string): number {
    return this.#byId.get(id)?.until ?? 0
  }

  /** How many messages of a queue are held at an instant. */
  count(queue: string, now: Date): number {
    return [...this.#byId.values()].filter((hold) => hold.queue === queue && hold.until > now.getTime()).length
  }

  /** Gives the message to a client, this time counted. */
  take(queue: string, message: StoredMessage, now: Date, visibilityMs: number): Received {
    const before = this.#byId.get(message.id)
    const hold: Hold = {
      queue,
      handle: `${message.id}.${randomUUID()}`,
      dead: message.source !== undefined,
      received: (before?.received ?? message.received) + 1,
      firstReceivedAt: before?.firstReceivedAt ?? message.firstReceivedAt ?? now,
      until: now.getTime() + visibilityMs,
    }
    this.#byId.set(message.id, hold)
    return { ...message, ...hold }
  }

  /** Holds it until another instant. */
  extend(id: string, until: number): void {
    const hold = this.#byId.get(id)
    if (hold) this.#byId.set(id, { ...hold, until })
  }

  end(id: string): void {
    this.#byId.delete(id)
  }

  endWhere(test: (hold: Hold) => boolean): void {
    for (const [id, hold] of this.#byId) if (test(hold)) this.#byId.delete(id)
  }
}
