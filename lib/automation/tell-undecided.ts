// What cannot be decided is told by name: an episode once it has failed for a minute, a signal as soon as it cannot be decided.
import { plusSeconds } from '../aws/instants.ts'
import type { Key, Table } from '../aws/table/table.ts'
import type { Episode } from './decide/episode.ts'
import { namesOf } from './decide/notes.ts'
import { readSweep } from './state/heartbeat.ts'
import {
  clearTrouble,
  recordTrouble,
  type StandingTrouble,
  TOLD_AFTER_SECONDS,
  type Trouble,
  troublesIn,
} from './state/troubles.ts'
import { Undecidable } from './state/undecidable.ts'
import type { Desk } from './state/work.ts'
import { tellTroubles } from './tell-troubles.ts'

/** Troubles of this kind have ids that begin so; what follows is the key of an episode or the subject of a signal. */
const PREFIX = 'undecided/'
export const isUndecided = ({ id }: Pick<Trouble, 'id'>): boolean => id.startsWith(PREFIX)
export const undecidedId = (key: string): string => PREFIX + key

/** Longer than an episode is put off. */
const EPISODE_STANDS_SECONDS = 2000
/** Longer than a queue takes to deliver again. */
const SIGNAL_STANDS_SECONDS = 400
/** So many are told one by one; more of them are one trouble. */
const MOST_NAMED = 25

/** An episode that failed in this sweep; one that cannot be read has no `episode`. */
export interface Undecided {
  readonly at: Key
  readonly key: string
  readonly episode?: Episode | undefined
  readonly error: unknown
}

/**
 * `failed` in this sweep; `decided` are the keys of those that went through, `standing` what earlier runs have recorded.
 * Throws what the next sweep tries again.
 */
export async function tellUndecided(
  desk: Desk,
  table: Table,
  failed: readonly Undecided[],
  decided: ReadonlySet<string>,
  standing: readonly StandingTrouble[],
): Promise<void> {
  const now = desk.clock.now()
  for (const { id } of standing.filter(isUndecided))
    if (decided.has(id.slice(PREFIX.length))) await clearTrouble(table, id)
  const old: { readonly one: Undecided; readonly since: Date }[] = []
  for (const one of failed.slice(0, MOST_NAMED)) {
    const since =
      commandsFailSince(one, now) ?? (await desk.episodes.undecided(one.at, one.error instanceof Undecidable))
    if (plusSeconds(since, TOLD_AFTER_SECONDS) <= now) old.push({ one, since })
  }
  const [first] = old
  if (!first) return
  if (failed.length > MOST_NAMED) await recordTrouble(table, { ...many(failed), since: first.since }, now)
  else for (const { one, since } of old) await recordTrouble(table, { ...named(one), since }, now)
  await tellTroubles(desk, table, troublesIn((await readSweep(table)).items))
}

/** Since when commands of the episode have failed, where more than one sweep has tried them: each waited twice as long. */
function commandsFailSince({ episode, error }: Undecided, now: Date): Date | undefined {
  if (error instanceof Undecidable || !episode || episode.failures < 2) return undefined
  return plusSeconds(now, -TOLD_AFTER_SECONDS * (episode.failures - 1))
}

function named({ key, episode, error }: Undecided): Trouble {
  const incident = episode?.incident
  const names = (episode && said(() => namesOf(episode))) || key
  return {
    id: undecidedId(key),
    subject: `${error instanceof Undecidable ? 'NOT DECIDED' : 'NOT DONE'}: ${names}`,
    message: [
      error instanceof Undecidable
        ? `Tocsin cannot decide what follows for ${names}: nobody is paged or escalated to for it, and nothing is resolved.`
        : `What follows for ${names} fails again and again: paging, escalation and the timeline may stand still. It is tried on.`,
      `Rule: ${said(() => incident?.rule.id) ?? 'unknown'}. Incident: ${incident?.arn ?? 'none is open'}.`,
      `Why: ${reasonOf(error)}`,
      'What to do: look after the incident yourself, and page whom it needs. The log of the function sweep has the whole error; what is broken must be mended or resolved.',
      `Its key: ${key}`,
    ].join('\n'),
    standsForSeconds: EPISODE_STANDS_SECONDS,
  }
}

const many = (failed: readonly Undecided[]): Trouble => ({
  id: undecidedId('many'),
  subject: `NOT DECIDED: ${failed.length} episodes`,
  message: [
    `Tocsin cannot decide what follows for ${failed.length} episodes: nobody is paged or escalated to for them.`,
    `Why the first one: ${reasonOf(failed[0]?.error)}`,
    ...failed.slice(0, MOST_NAMED).map(({ key }) => key),
  ].join('\n'),
  standsForSeconds: SIGNAL_STANDS_SECONDS,
})

/** What a signal is about, for who has to be told that nothing follows from it. */
export interface About {
  readonly subject: string
  readonly rule?: string | undefined
  readonly incidentArn?: string | undefined
}

/** Does `work`, on whose way `about` may become known; where it cannot be decided, that is recorded by name before it is thrown: the queue delivers it again. */
export async function namingUndecided<T>(
  { clock, logger }: Pick<Desk, 'clock' | 'logger'>,
  table: Table,
  about: About,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Undecidable)
      await recordTrouble(table, ofSignal(about, error), clock.now()).catch((failure: unknown) =>
        logger.error('What could not be decided could not be recorded', { error: String(failure) }),
      )
    throw error
  }
}

const ofSignal = ({ subject, rule, incidentArn }: About, error: Undecidable): Trouble => ({
  id: undecidedId(`signal/${subject}`),
  subject: `NOT DECIDED: ${subject}`,
  message: [
    `Tocsin cannot decide what follows from what it was told of ${subject}: nobody is paged for it.`,
    `Rule: ${rule ?? 'unknown'}. Incident: ${incidentArn ?? 'none is known'}.`,
    `Why: ${reasonOf(error)}`,
    'What to do: look after it yourself. It is tried again every three minutes, five times in all, and then waits among the dead letters (npm run redrive).',
  ].join('\n'),
  standsForSeconds: SIGNAL_STANDS_SECONDS,
})

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

/** What can be said of an episode that may be of any shape. */
function said<T>(say: () => T): T | undefined {
  try {
    return say()
  } catch {
    return undefined
  }
}
