// Claim, execute, confirm: a decision is stored before anything is done, so that whoever comes next can finish it.
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Clock } from '../../aws/clock.ts'
import type { Measure } from '../../aws/measures.ts'
import { ConditionFailed } from '../../aws/table/table.ts'
import type { Command, Failure, Outcome } from '../decide/command.ts'
import { confirm } from '../decide/confirm.ts'
import { isFree, withLeases } from '../decide/due.ts'
import type { Episode } from '../decide/episode.ts'
import { isNote, needsArn } from '../decide/pending.ts'
import { correlationOf } from './correlation.ts'
import type { Execute } from '../execute/execute.ts'
import { PacedOut } from '../execute/pace.ts'
import type { Episodes, Stored } from './episodes.ts'
import type { Turns } from './turns.ts'
import { deciding } from './undecidable.ts'

export interface Desk {
  readonly clock: Clock
  readonly episodes: Episodes
  readonly execute: Execute
  readonly logger: Logger
  readonly measure: Measure
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
 * else has written in between, it is loaded and decided again. `decide` answers undefined when nothing follows. What
 * fails after it was claimed is the sweep's: it is logged, not thrown. Answers whether anything followed.
 */
export async function work(
  desk: Desk,
  key: string,
  load: () => Promise<Stored>,
  decide: (episode: Episode) => Promise<Episode | undefined>,
  tried: Set<string> = new Set(),
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const claim = await desk.turns.take(key, () => claimed(desk, load, decide))
    if (!claim) return false
    const { stored, mine } = claim
    const failure = await finish(desk, stored, (command) => mine === 'all' || mine.has(command.key), tried)
    // Nobody's page waits for the log.
    if (mine !== 'all' && mine.size)
      desk.logger.info('Decided', { correlation_id: correlationOf(stored.episode), episode: key, commands: [...mine] })
    if (mine !== 'all') return true
    // Nothing has been decided yet.
    if (failure) throw failure
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
 * that. A failure is answered, and leaves the rest for the sweep, but for what waits behind a note only. No command is
 * `tried` twice in a run.
 */
export async function finish(
  desk: Desk,
  stored: Stored,
  isMine: (command: Command) => boolean,
  tried: Set<string> = new Set(),
): Promise<Error | undefined> {
  const { episode } = stored
  const now = desk.clock.now()
  const free = episode.pending.filter(
    (command) => !tried.has(command.key) && (isMine(command) || isFree(episode, command, now)),
  )
  const correlation_id = correlationOf(episode)
  const outcomes: Outcome[] = []
  let incidentArn = episode.incident?.arn
  let failure: (Failure & { readonly error: Error }) | undefined
  let putOff: PacedOut | undefined
  for (const command of free) {
    if (!desk.execute.can(command, incidentArn) || (failure && isNote(command))) continue
    tried.add(command.key)
    try {
      const outcome = await desk.execute.run(command, incidentArn)
      outcomes.push(outcome)
      if (outcome.done) incidentArn = outcome.incidentArn ?? incidentArn
      else
        desk.logger.warn('The incident manager refused a command', { command: command.key, because: outcome.because })
      if (outcome.done && command.type === 'tell-last-resort')
        desk.logger.warn('The last resort was told', { correlation_id, subject: command.subject })
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      if (error instanceof PacedOut) {
        putOff = error
        break
      }
      failure = { key: command.key, because: `${error.name}: ${error.message}`, error }
      desk.measure('Failures')
      desk.logger.error('A command failed; the sweep tries it again', { correlation_id, command: command.key, error })
      // Nobody's page waits for what is only told.
      if (!isNote(command)) break
    }
  }
  if (!outcomes.length && !failure) return putOff
  const { left, waited } = await desk.turns.take(episode.key, () => confirmed(desk, stored, outcomes, failure))
  if (failure ?? putOff) return failure?.error ?? putOff
  const started = outcomes.some((outcome) => outcome.done && outcome.incidentArn)
  return finish(desk, left, ({ key }) => started && waited.has(key), tried)
}

interface Confirmed {
  readonly left: Stored
  /** What waited for its incident to be started, when this was written. */
  readonly waited: ReadonlySet<string>
}

async function confirmed(
  desk: Desk,
  claim: Stored,
  outcomes: readonly Outcome[],
  failure: Failure | undefined,
): Promise<Confirmed> {
  let stored = claim
  for (let tries = 0; tries < TRIES; tries++) {
    const waited = new Set(stored.episode.pending.flatMap((command) => (needsArn(command) ? [command.key] : [])))
    const before = stored.episode
    const episode = deciding(() => confirm(before, outcomes, failure, desk.clock.now()))
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
