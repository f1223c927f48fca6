// Sentences for the incident's timeline that say what Tocsin did and why, and the stops that go with them.
import type { Command } from './command.ts'
import type { Episode } from './episode.ts'
import { withCommands } from './pending.ts'

/** Adds a timeline event of Tocsin's own; `id` names it within the incident. */
export function note(
  episode: Episode,
  id: string,
  at: Date,
  data: Readonly<Record<string, unknown>> & { readonly message: string },
): Episode {
  const command: Command = {
    type: 'add-timeline-event',
    key: `${episode.key}/${episode.number}/${id}/note`,
    reason: data.message,
    at,
    data: { ...data, by: 'tocsin' },
    ...(episode.incident?.arn ? { incidentArn: episode.incident.arn } : {}),
  }
  return withCommands(episode, [command])
}

export const stopAll = (episode: Episode, running: readonly { readonly arn: string }[], reason: string): Command[] =>
  running.map(({ arn }) => ({
    type: 'stop-engagement',
    key: `${episode.key}/${episode.number}/stop/${arn}`,
    reason,
    engagementArn: arn,
  }))

/** A contact's alias, whether it was named by alias or by ARN. */
export const nameOf = (contact: string): string => contact.split('/').at(-1) ?? contact
