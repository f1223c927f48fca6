// Sentences for the incident's timeline that say what Tocsin did and why, and the stops that go with them.
import { MINUTE_MS } from '../../aws/instants.ts'
import type { AddTimelineEvent, Command } from './command.ts'
import type { Episode } from './episode.ts'
import { unrecovered } from './subjects.ts'
import { roomFor, withCommands } from './pending.ts'

/** Adds a timeline event of Tocsin's own; `id` names it within the incident. */
export function note(
  episode: Episode,
  id: string,
  at: Date,
  data: Readonly<Record<string, unknown>> & { readonly message: string },
): Episode {
  const incidentArn = episode.incident?.arn
  return withCommands(episode, [noteAfter(`${episode.key}/${episode.number}/${id}`, incidentArn, at, data)])
}

/** The timeline event of what has the key `about`. */
export const noteAfter = (
  about: string,
  incidentArn: string | undefined,
  at: Date,
  data: Readonly<Record<string, unknown>> & { readonly message: string },
): AddTimelineEvent => ({
  type: 'add-timeline-event',
  key: `${about}/note`,
  reason: data.message,
  at,
  data: { ...data, by: 'tocsin' },
  ...(incidentArn ? { incidentArn } : {}),
})

export const stopAll = (episode: Episode, running: readonly { readonly arn: string }[], reason: string): Command[] =>
  running.map(({ arn }) => ({
    type: 'stop-engagement',
    key: `${episode.key}/${episode.number}/stop/${arn}`,
    reason,
    engagementArn: arn,
  }))

/** How long it is since then, in whole minutes. */
export function minutesSince(instant: Date, now: Date): string {
  const minutes = Math.round((now.getTime() - instant.getTime()) / MINUTE_MS)
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}

/** What has not recovered, by name. */
export const firingNames = (episode: Episode): string => enumerated(unrecovered(episode).map(({ name }) => name))

/** All that it is about, recovered or not. */
export const namesOf = ({ subjects }: Episode): string => enumerated(Object.values(subjects).map(({ name }) => name))

/** An alarm over many may have hundreds of series. */
const MOST_NAMED = 10

/** The first of them, each once, and how many more there are. */
export function enumerated(texts: readonly string[]): string {
  const all = [...new Set(texts)]
  const more = all.length - MOST_NAMED
  return [...all.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

/** Where the timeline fills up, how often paging stopped and began is the first thing to be left out. */
export const noteOfPaging = (episode: Episode, id: string, now: Date, message: string): Episode =>
  roomFor('paging', episode) === 'no' ? episode : note(episode, id, now, { message })

/** A contact's alias, whether it was named by alias or by ARN. */
export const nameOf = (contact: string): string => contact.split('/').at(-1) ?? contact
