// Claim, execute, confirm: a decision is stored before anything is done, so that whoever comes next can finish it.
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Clock } from '../../aws/clock.ts'
import { ConditionFailed } from '../../aws/table/table.ts'
import type { Command, Outcome } from '../decide/command.ts'
import { confirm, needsArn } from '../decide/confirm.ts'
import { type Episode, isFree, withLeases } from '../decide/episode.ts'
import type { Execute } from '../execute/execute.ts'
import type { Episodes, Stored } from './episodes.ts'
import type { Turns } from './turns.ts'

export interface Desk {
  readonly clock: Clock
  readonly episodes: Episodes
  readonly execute: Execute
  readonly logger: Logger
  readonly turns: Turns
}

const TRIES = 25

/** Too many others write the same episode at once; the queue delivers the event again. */
class Contended extends Error {
  override readonly name = 'Contended'
  constructor(key: string) {
    super(`The episode ${key} was written by others ${TRIES} times in a row`)
  }
}

/**
 * Loads the episode of `key`, stores what `decide` makes of it, executes what it claimed and confirms it. When somebody
 * else has written in between, it is loaded and decided again. `decide` answers undefined when nothing follows.
 */
export async function work(
  desk: Desk,
  key: string,
  load: () => Promise<Stored>,
  decide: (episode: Episode) => Promise<Episode | undefined>,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const claim = await desk.turns.take(key, () => claimed(desk, load, decide))
    if (!claim) return
    const { stored, mine } = claim
    await finish(desk, stored, (command) => mine === 'all' || mine.has(command.key))
    if (mine !== 'all') return
  }
  throw new Contended(key)
}

interface Claim {
  readonly stored: Stored
  readonly mine: ReadonlySet<string> | 'all'
}

/** What is to be executed now; undefined when nothing follows. */
async function claimed(
  desk: Desk,
  load: () => Promise<Stored>,
  decide: (episode: Episode) => Promise<Episode | undefined>,
): Promise<Claim | undefined> {
  for (let tries = 0; ; tries++) {
    const stored = await load()
    // A resolve that was decided must be over before anything new is decided: what fires after it opens a new incident.
    if (stored.episode.pending.some(isResolve)) return { stored, mine: 'all' }
    const decided = await decide(stored.episode)
    if (!decided) return undefined
    const { episode, mine } = withLeases(stored.episode, decided, desk.clock.now())
    try {
      return { stored: await desk.episodes.save(stored, episode), mine }
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error
      if (tries === TRIES) throw new Contended(episode.key)
    }
  }
}

const isResolve = (command: Command): boolean => command.type === 'update-incident' && command.status === 'RESOLVED'

/**
 * Executes, in order, what is pending and `isMine` or nobody's, and confirms what was done; then what has become free by
 * that. A failure leaves the rest for the sweep and is thrown.
 */
export async function finish(desk: Desk, stored: Stored, isMine: (command: Command) => boolean): Promise<Episode> {
  const { episode } = stored
  const now = desk.clock.now()
  const free = episode.pending.filter((command) => isMine(command) || isFree(episode, command, now))
  const outcomes: Outcome[] = []
  let incidentArn = episode.incident?.arn
  let failure: { readonly error: unknown } | undefined
  for (const command of free) {
    if (!desk.execute.can(command, incidentArn)) continue
    try {
      const outcome = await desk.execute.run(command, incidentArn)
      outcomes.push(outcome)
      if (outcome.done) incidentArn = outcome.incidentArn ?? incidentArn
      else desk.logger.warn('A command was given up', { command: command.key, because: outcome.because })
    } catch (error) {
      failure = { error }
      break
    }
  }
  if (!outcomes.length && !failure) return episode
  const { left, waited } = await desk.turns.take(episode.key, () =>
    confirmed(desk, stored, outcomes, failure !== undefined),
  )
  if (failure) throw failure.error
  const started = outcomes.some((outcome) => outcome.done && outcome.incidentArn)
  return finish(desk, left, ({ key }) => started && waited.has(key))
}

interface Confirmed {
  readonly left: Stored
  /** What waited for its incident to be started, when this was written. */
  readonly waited: ReadonlySet<string>
}

async function confirmed(desk: Desk, claim: Stored, outcomes: readonly Outcome[], failed: boolean): Promise<Confirmed> {
  let stored = claim
  for (let tries = 0; tries < TRIES; tries++) {
    const waited = new Set(stored.episode.pending.flatMap((command) => (needsArn(command) ? [command.key] : [])))
    const episode = confirm(stored.episode, outcomes, failed, desk.clock.now())
    if (JSON.stringify(episode) === JSON.stringify(stored.episode)) return { left: stored, waited }
    try {
      return { left: await desk.episodes.save(stored, episode), waited }
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error
      stored = await desk.episodes.load(claim.episode.key)
    }
  }
  throw new Contended(claim.episode.key)
}
