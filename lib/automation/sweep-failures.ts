// What fails in a sweep: said by name and counted, and the rest goes on.
import type { Logger } from '@aws-lambda-powertools/logger'

export class Failures {
  readonly #logger: Logger
  count = 0
  /** Those that the last resort does not know of yet. */
  untold = 0

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** `isTold`: the last resort knows of it by name already. */
  async catching<T>(about: object, work: () => Promise<T>, isTold = false): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      this.count++
      if (!isTold) this.untold++
      this.#logger.error('A part of the sweep failed; a later sweep tries it again', { ...about, error })
      return undefined
    }
  }
}

export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
