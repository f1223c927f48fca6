// Who takes the messages of a queue, what becomes of those that fail, and how long they may have to wait.
import type { Outgoing, StoredMessage, TakenMessage } from './message-store.ts'

/** One that has been received: `received` counts this time, too. */
export type Message = TakenMessage

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

/** SQS's. */
const LONGEST_DELAY_MS = 900_000

/** How long a message may have to wait from now on: for its next try, or because it was sent with a delay. */
export function longestWait(consumer: Consumer, message: StoredMessage): number {
  const { received, sentAt, visibleAt, firstReceivedAt } = message
  if (received === 0 || !firstReceivedAt) return Math.min(visibleAt.getTime() - sentAt.getTime(), LONGEST_DELAY_MS)
  return consumer.retryAfterMs({ ...message, firstReceivedAt }) ?? 0
}

/** What failed of a batch, by message id, and why. */
export async function outcomeOf(consumer: Consumer, batch: readonly Message[]): Promise<ReadonlyMap<string, string>> {
  try {
    return await consumer.run(batch)
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return new Map(batch.map(({ id }) => [id, reason]))
  }
}
