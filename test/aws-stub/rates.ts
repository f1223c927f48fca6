// How often an operation may be called: a bucket of tokens for each, filled by the clock that it is given.
import { throttled } from './refusal.ts'

/** AWS's own, in calls per second. */
export const AWS_RATES: Readonly<Record<string, number>> = { StartIncident: 5, CreateTimelineEvent: 10 }

interface Bucket {
  tokens: number
  filledAt: number
}

export class Rates {
  readonly #perSecond: Readonly<Record<string, number>>
  readonly #now: () => Date
  readonly #buckets = new Map<string, Bucket>()

  constructor(perSecond: Readonly<Record<string, number>>, now: () => Date) {
    this.#perSecond = perSecond
    this.#now = now
  }

  /** Throws a ThrottlingException when the bucket is empty. A bucket holds what one second fills. */
  take(operation: string, serviceCode: string): void {
    const rate = this.#perSecond[operation]
    if (rate === undefined) return
    const now = this.#now().getTime()
    const bucket = this.#buckets.get(operation) ?? { tokens: rate, filledAt: now }
    const filled = Math.min(rate, bucket.tokens + (Math.max(0, now - bucket.filledAt) / 1000) * rate)
    this.#buckets.set(operation, { tokens: filled >= 1 ? filled - 1 : filled, filledAt: now })
    if (filled < 1) throw throttled(serviceCode)
  }
}
