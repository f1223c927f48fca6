// Open incidents that need no further look for now: kept in the process, so that a sweep with nothing new asks for none of them.
import type { Rules } from '../rules/rules.ts'

/** More than an incident manager lists in hours; beyond it they are looked at again. */
const MOST = 20_000

export class KnownIncidents {
  readonly #until = new Map<string, number>()
  #rules: Rules | undefined

  /** What was decided by other rules is decided anew. */
  under(rules: Rules): void {
    if (this.#rules !== rules) this.#until.clear()
    this.#rules = rules
  }

  remember(arn: string, until: Date): void {
    if (this.#until.size >= MOST) this.#until.clear()
    this.#until.set(arn, until.getTime())
  }

  has(arn: string, now: Date): boolean {
    const until = this.#until.get(arn)
    if (until !== undefined && until < now.getTime()) this.#until.delete(arn)
    return this.#until.has(arn)
  }
}
