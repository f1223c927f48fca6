// A series of an alarm that begins to fail after somebody has answered: the answer did not cover it, so it pages.
import { justAfter, plusSeconds } from '../../aws/instants.ts'
import type { SubjectChange } from './change.ts'
import type { Episode } from './episode.ts'

/** The incident manager takes an answer to be meant for what is engaged shortly after it, too: it is paged anew only then. */
export const COVERS_SECONDS = 61
/** How many are named in a page; the timeline has them all. */
const MOST_NAMED = 5

/**
 * Whether it is not covered: an answer covers what was firing, and a series that has failed in this incident before and
 * comes and goes. `before` is the episode before the change, by which the series fires.
 */
export function isUncovered({ incident, subjects }: Episode, { subject, alarm = subject, at }: SubjectChange): boolean {
  if (!incident?.acknowledgements.length || alarm === subject) return false
  const own = subjects[subject]
  const failedAt = own?.failedAt ?? (own?.state === 'ALARM' ? own.at : undefined)
  if (failedAt && failedAt >= incident.openedAt) return false
  return incident.acknowledgements.every((answer) => answer.at < at)
}

/** Nobody has answered for it: paging and escalation begin anew, and only what is answered from now on counts. */
export function withoutAnswers(episode: Episode, { name, at }: SubjectChange, now: Date): Episode {
  if (!episode.incident) return episode
  const { unanswered: _, ...incident } = episode.incident
  const answeredAt = Math.max(...incident.acknowledgements.map((answer) => answer.at.getTime()))
  return {
    ...episode,
    incident: {
      ...incident,
      acknowledgements: [],
      answersSince: justAfter(at < now ? at : now),
      pageAnew: true,
      pageAnewNotBefore: plusSeconds(new Date(answeredAt), COVERS_SECONDS),
      newSeries: [name],
      pagingStopped: false,
      pagingSince: now,
      climbed: [],
    },
  }
}

/** Others that begin to fail until then are told in the same page. */
export function withSeries(episode: Episode, { name }: SubjectChange): Episode {
  const { incident } = episode
  if (!incident?.newSeries || incident.newSeries.includes(name)) return episode
  return { ...episode, incident: { ...incident, newSeries: [...incident.newSeries, name].slice(0, MOST_NAMED + 1) } }
}

/** Why it is paged anew. */
export function newSeriesWords(newSeries: readonly string[]): string {
  const named = newSeries.slice(0, MOST_NAMED).join(', ')
  return `${named}${newSeries.length > MOST_NAMED ? ' and more' : ''} began to fail after somebody had answered`
}
