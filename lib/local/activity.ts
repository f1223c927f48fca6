// What is going on at the moment, so that one can wait until nothing is.
import { AsyncLocalStorage } from 'node:async_hooks'

/** Something that goes on, and what it goes on in. */
interface Going {
  readonly within: Going | undefined
  over: boolean
  /** How many parts of it wait for the clock. */
  waits: number
}

export class Activity {
  readonly #scope = new AsyncLocalStorage<Going>()
  #running = 0
  #waiting: (() => void)[] = []

  /** Counts `work` as going on until it settles; its failure is its caller's to handle. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const going: Going = { within: this.#scope.getStore(), over: false, waits: 0 }
    this.#running += 1
    try {
      return await this.#scope.run(going, work)
    } finally {
      going.over = true
      if (going.waits === 0) this.#ended()
    }
  }

  /** What calls this waits for the clock: it is not going on until the answer is called. */
  pause(): () => void {
    const paused: Going[] = []
    for (let going = this.#scope.getStore(); going; going = going.within) if (!going.over) paused.push(going)
    for (const going of paused) if (going.waits++ === 0) this.#ended()
    return () => {
      for (const going of paused) if (--going.waits === 0 && !going.over) this.#running += 1
    }
  }

  /** Settles when nothing is going on, and nothing that it set off. */
  async idle(): Promise<void> {
    while (this.#running > 0) await new Promise<void>((resume) => this.#waiting.push(resume))
  }

  #ended(): void {
    this.#running -= 1
    if (this.#running === 0) for (const resume of this.#waiting.splice(0)) resume()
  }
}
