// Which episode a signal belongs to: the one that already holds what it is about, else the one its rule names.
import type { Episode } from '../decide/episode.ts'
import type { Episodes, Stored } from './episodes.ts'

export interface Sought {
  /** What the signal is about. */
  readonly subject: string
  /** The alarm that it is of; itself where it is of none. */
  readonly alarm: string
  /** The dedupe key by the rules of now. */
  readonly key: string
  /** Whether an episode that holds the subject is nevertheless not the signal's: a new firing of one of a list. */
  readonly isLeaving: (episode: Episode) => boolean
  /** Whether an episode without an incident is the signal's nevertheless: a person has ended what it tells of. */
  readonly isClosed: (episode: Episode) => boolean
  /** Where an earlier version kept it, and whether the incident that is open there is its. */
  readonly former?: { readonly key: string; readonly isThis: (episode: Episode) => boolean }
}

/** An open episode that knows the subject keeps it, whatever the rules have become since. */
export async function locate(
  episodes: Episodes,
  { subject, alarm, key, isLeaving, isClosed, former }: Sought,
): Promise<Stored> {
  const holds = ({ episode }: Stored, what = subject): boolean =>
    episode.incident !== undefined && episode.subjects[what] !== undefined && !isLeaving(episode)
  const named = await episodes.load(key)
  if (holds(named)) return named
  const own = key === subject ? named : await episodes.load(subject)
  if (holds(own) || (own !== named && isClosed(own.episode))) return own
  for (const { boundTo } of new Set([own, named]))
    if (boundTo !== undefined && boundTo !== key) {
      const bound = await episodes.load(boundTo)
      // A contributor goes where its alarm is.
      if (holds(bound) || holds(bound, alarm) || isClosed(bound.episode)) return bound
    }
  if (former && !named.episode.incident) {
    const before = await episodes.load(former.key)
    if (before.episode.incident && former.isThis(before.episode)) {
      await episodes.bind(own, former.key)
      return before
    }
  }
  if (key !== subject && own.boundTo !== key) await episodes.bind(own, key)
  return named
}
