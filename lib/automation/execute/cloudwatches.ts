// Which CloudWatch knows an alarm: that of its account and Region, as far as it can be asked; and which cannot be, and why.
import type { Logger } from '@aws-lambda-powertools/logger'
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { partitionOf, type Place } from '../../aws/arn.ts'
import { cloudwatchClient } from '../../aws/clients/cloudwatch.ts'
import { RoleRefused, roleTaker } from '../../aws/clients/sts.ts'
import type { Clock } from '../../aws/clock.ts'
import { place } from '../../aws/config.ts'
import { plusSeconds } from '../../aws/instants.ts'
import type { Runtime } from '../../aws/runtime.ts'
import type { Unasked } from '../state/unasked.ts'

/** What could not be asked is left alone for so long. */
const ASKED_AGAIN_SECONDS = 180
/** One that hangs must not take the time of all others. */
const ATTEMPTS = 2
/** More accounts and Regions than anybody has; what events name is without end. */
const MOST_PLACES = 2000

type Grounds = Pick<Runtime, 'environment' | 'onCall'> & { readonly clock: Clock }

export class CloudWatches {
  /** Of this account and Region. */
  readonly here: CloudWatchClient
  readonly #home: Place
  readonly #runtime: Grounds
  readonly #logger: Pick<Logger, 'warn'>
  #takeRole: ReturnType<typeof roleTaker> | undefined
  readonly #elsewhere = new Map<string, CloudWatchClient>()
  readonly #unasked = new Map<string, Unasked>()
  readonly #answered = new Set<string>()

  constructor(runtime: Grounds, logger: Pick<Logger, 'warn'>, here = cloudwatchClient(runtime)) {
    this.#runtime = runtime
    this.#logger = logger
    this.#home = place(runtime.environment)
    this.here = here
  }

  /**
   * What `question` answers of the CloudWatch of this place. Undefined where that cannot be asked, which is logged once and
   * remembered; throws what the own one throws. Whoever gives up before it answers says so by `abortSignal`.
   */
  async ask<T>(
    at: Place,
    question: (client: CloudWatchClient) => Promise<T>,
    abortSignal?: AbortSignal,
  ): Promise<T | undefined> {
    const { account, region } = at
    if (account === this.#home.account && region === this.#home.region) return question(this.here)
    const inRegion = `${account} in ${region}`
    if ([account, inRegion].some((who) => this.#waits(who))) return undefined
    try {
      const answer = await question(this.#clientAt(at))
      for (const who of [account, inRegion]) {
        this.#unasked.delete(who)
        this.#answered.add(who)
      }
      return answer
    } catch (error) {
      if (!abortSignal?.aborted) this.#note(error instanceof RoleRefused ? account : inRegion, error)
      return undefined
    }
  }

  /** What could not be asked when it was last tried; and what has answered since this process began. */
  get known(): { readonly unasked: readonly Unasked[]; readonly answered: ReadonlySet<string> } {
    return { unasked: [...this.#unasked.values()], answered: this.#answered }
  }

  #waits(who: string): boolean {
    const known = this.#unasked.get(who)
    return known !== undefined && plusSeconds(known.at, ASKED_AGAIN_SECONDS) > this.#runtime.clock.now()
  }

  #note(who: string, error: unknown): void {
    const at = this.#runtime.clock.now()
    const because = error instanceof Error ? error.message : 'unknown'
    const before = this.#unasked.get(who)
    if (!before)
      this.#logger.warn(`CloudWatch cannot be asked about alarms of ${who}: they count as firing`, { because })
    if (this.#unasked.size >= MOST_PLACES) this.#unasked.clear()
    this.#unasked.set(who, { who, because, since: before?.since ?? at, at })
    this.#answered.delete(who)
  }

  /** Throws RoleRefused where no role is named. */
  #clientAt({ account, region }: Place): CloudWatchClient {
    const { environment } = this.#runtime
    if (environment['TOCSIN_ASKS'] === 'here') throw new RoleRefused('one machine has no CloudWatch but its own')
    const key = `${account} ${region}`
    const known = this.#elsewhere.get(key)
    if (known) return known
    const role = environment['TOCSIN_READ_ROLE']
    if (account !== this.#home.account && !role) throw new RoleRefused('the parameter readRoles names no role')
    const arn = `arn:${partitionOf(region)}:iam::${account}:role/${role}`
    const takeRole = (this.#takeRole ??= roleTaker(this.#runtime))
    const client = cloudwatchClient(this.#runtime, {
      region,
      maxAttempts: ATTEMPTS,
      // The client keeps them until shortly before they expire.
      ...(account === this.#home.account ? {} : { credentials: () => takeRole(arn) }),
    })
    if (this.#elsewhere.size >= MOST_PLACES) this.#elsewhere.clear()
    this.#elsewhere.set(key, client)
    return client
  }
}
