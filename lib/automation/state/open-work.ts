// What the automation still has to do though it should have been done: incidents that are not open, commands that wait.
import { plusSeconds } from '../../aws/instants.ts'
import type { Table } from '../../aws/table/table.ts'
import type { Episode } from '../decide/episode.ts'
import { namesOf } from '../decide/notes.ts'
import { quietSince } from '../decide/subjects.ts'
import { type Due, episodesIn } from './episodes.ts'

export interface OpenWork {
  /** Alarms that fire and have no incident yet, though somebody tried for a minute, by name, with the reason. */
  readonly unopened: readonly { readonly names: string; readonly because: string }[]
  /** Keys of episodes whose commands have failed and wait, or that no sweep has come to. */
  readonly waiting: readonly string[]
}

const UNOPENED_SECONDS = 60
/** Two sweeps may pass. */
const WAITING_SECONDS = 120
/** What is due again later than this has not waited long: a command that fails waits so long at most. */
const LONGEST_BACKOFF_SECONDS = 900

/** `now` is the system's own; four queries of an index. */
export async function openWork(table: Table, now: Date): Promise<OpenWork> {
  const soon = { now: () => plusSeconds(now, LONGEST_BACKOFF_SECONDS) }
  const { due } = await episodesIn(table, soon, () => {}).due()
  return {
    unopened: due.flatMap(({ episode }) => unopened(episode, now)),
    waiting: due.filter((one) => waits(one, now)).map(({ key }) => key),
  }
}

function unopened(episode: Episode, now: Date): OpenWork['unopened'] {
  const { pending, incident } = episode
  if (!incident || incident.arn || !pending.some(({ type }) => type === 'start-incident')) return []
  const late = plusSeconds(incident.pagingSince, UNOPENED_SECONDS) <= now
  if ((!late && !incident.trouble) || quietSince(episode)) return []
  return [{ names: namesOf(episode), because: incident.trouble?.because ?? 'it waits for its turn' }]
}

/** The lease of a command says when it was claimed, and stays until the command is done. */
function waits({ dueAt, episode }: Due, now: Date): boolean {
  const before = plusSeconds(now, -WAITING_SECONDS)
  if (dueAt < before) return true
  const { pending, leases, failures } = episode
  const claimed = pending.filter(({ type }) => type !== 'start-incident').map(({ key }) => leases[key] ?? Infinity)
  if (!claimed.length || pending.length > claimed.length) return false
  return failures > 1 || claimed.some((until) => until < (failures ? now : before).getTime())
}
