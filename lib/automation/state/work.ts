// Claim, execute, confirm: a decision is stored before anything is done, so that whoever comes next can finish it.
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Clock } from '../../aws/clock.ts'
import { ConditionFailed } from '../../aws/table/table.ts'
import type { Command, Outcome } from '../decide/command.ts'
import { confirm } from '../decide/confirm.ts'
import type { Episode } from '../decide/episode.ts'
import type { Execute } from '../execute/execute.ts'
import type { Episodes, Stored } from './episodes.ts'

export interface Desk {
  readonly clock: Clock
  readonly episodes: Episodes
  readonly execute: Execute
  readonly logger: Logger
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
 * Loads an episode, stores what `decide` makes of it, executes what is pending and confirms it. When somebody else has
 * written in between, it is loaded and decided again. `decide` answers undefined when nothing follows.
 */
export async function work(
  desk: Desk,
  load: () => Promise<Stored>,
  decide: (episode: Episode) => Promise<Episode | undefined>,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const stored = await load()
      // A resolve that was decided must be over before anything new is decided: what fires after it opens a new incident.
      if (stored.episode.pending.some(isResolve)) {
        const left = await finish(desk, stored)
        if (!left.pending.some(isResolve)) continue
      }
      const decided = await decide(stored.episode)
      if (!decided) return
      await finish(desk, await desk.episodes.save(stored, decided))
      return
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error
    }
  }
  const { episode } = await load()
  throw new Contended(episode.key)
}

const isResolve = (command: Command): boolean => command.type === 'update-incident' && command.status === 'RESOLVED'

/** Executes what is pending, in order, and confirms what was done. A failure leaves the rest for the sweep and is thrown. */
export async function finish(desk: Desk, stored: Stored): Promise<Episode> {
  if (!stored.episode.pending.length) return stored.episode
  const outcomes: Outcome[] = []
  let incidentArn = stored.episode.incident?.arn
  let failure: { readonly error: unknown } | undefined
  for (const command of stored.episode.pending) {
    if (!desk.execute.can(command)) continue
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
  const left = await confirmed(desk, stored, outcomes, failure !== undefined)
  if (failure) throw failure.error
  return left
}

async function confirmed(desk: Desk, claimed: Stored, outcomes: readonly Outcome[], failed: boolean): Promise<Episode> {
  let stored = claimed
  for (let tries = 0; tries < TRIES; tries++) {
    const episode = confirm(stored.episode, outcomes, failed, desk.clock.now())
    if (JSON.stringify(episode) === JSON.stringify(stored.episode)) return episode
    try {
      await desk.episodes.save(stored, episode)
      return episode
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error
      stored = await desk.episodes.load(claimed.episode.key)
    }
  }
  throw new Contended(claimed.episode.key)
}
