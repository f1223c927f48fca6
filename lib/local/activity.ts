// What is going on at the moment, so that one can wait until nothing is.

export class Activity {
  #running = 0
  #waiting: (() => void)[] = []

  /** Counts `work` as going on until it settles; its failure is its caller's to handle. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1
    try {
      return await work()
    } finally {
      this.#running -= 1
      if (this.#running === 0) for (const resume of this.#waiting.splice(0)) resume()
    }
  }

  /** Settles when nothing is going on, and nothing that it set off. */
  async idle(): Promise<void> {
    while (this.#running > 0) await new Promise<void>((resume) => this.#waiting.push(resume))
  }
}
