// Messages that were being tried when a former process ended, which may have been why: tried alone, later, and not for ever.
import type { MessageStore, Settlement, StoredMessage } from './message-store.ts'
import type { Consumer, Message } from './consumer.ts'
import { settlementOf } from './settling.ts'

const ERROR = 'The process ended while this was being tried'

/** What becomes of a message of a queue. */
interface Left {
  readonly queue: string
  readonly settlement: Settlement
}

export class CutOff {
  /** Their tries have been begun before, and not come to an end since. */
  readonly #ids = new Set<string>()
  #isTrying = false

  get size(): number {
    return this.#ids.size
  }

  /**
   * Reads what former processes have left, and answers what becomes of that of the last one: each try counts, and the last
   * one that a queue allows was the last. The first time it is tried again at once, for most often it is nobody's fault but
   * of who pulled the plug; then it waits as after any other failure, so that the rest has its time before it.
   */
  load(store: MessageStore, consumerOf: (queue: string) => Consumer | undefined, now: Date): readonly Left[] {
    return store.tries().flatMap((message): Left[] => {
      this.#ids.add(message.id)
      const { queue, received, firstReceivedAt = now } = message
      const consumer = consumerOf(queue)
      if (message.isCutOff || !consumer) return []
      const settlement = settlementOf(consumer, { ...message, firstReceivedAt }, ERROR, now)
      if (settlement.fate !== 'retry') {
        this.#ids.delete(message.id)
        return [{ queue, settlement }]
      }
      const visibleAt = received === 1 ? now : settlement.visibleAt
      return [{ queue, settlement: { ...settlement, visibleAt, cutOff: true } }]
    })
  }

  /** One of them at a time, whatever its queue: otherwise what is harmless would be counted with what is not. */
  mayTry({ id }: StoredMessage): boolean {
    return !this.#isTrying || !this.#ids.has(id)
  }

  /** The first messages that may be tried together: one of these is tried alone. */
  batchOf<M extends StoredMessage>(messages: readonly M[]): readonly M[] {
    const [first] = messages
    return first && this.#ids.has(first.id) ? [first] : messages.filter(({ id }) => !this.#ids.has(id))
  }

  begin([first]: readonly Message[]): void {
    if (first && this.#ids.has(first.id)) this.#isTrying = true
  }

  /** It was not tried after all. */
  putBack([first]: readonly Message[]): void {
    if (first && this.#ids.has(first.id)) this.#isTrying = false
  }

  /** Nothing ended by it: it is like any other now. */
  end(batch: readonly Message[]): void {
    this.putBack(batch)
    for (const { id } of batch) this.#ids.delete(id)
  }
}
