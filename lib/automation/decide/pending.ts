// What an episode has claimed: commands are added here, and what they will take of the incident's timeline is counted.
import type { AddRelatedItem, AddTimelineEvent, Command } from './command.ts'
import type { Episode } from './episode.ts'

/**
 * An incident's timeline has room for 1,000 events (api-facts, Quotas). Changes of its alarms stop at 600 and what is said
 * of paging at 800, so that pages, acknowledgements and the resolve always fit.
 */
const ROOM = { changes: 600, paging: 800 } as const

/** Events that the incident manager itself writes on account of a command, and the command's own. A page can be answered. */
const EVENTS: Readonly<Record<Command['type'], number>> = {
  'start-incident': 6,
  'add-timeline-event': 1,
  'add-related-item': 1,
  'update-incident': 1,
  'start-engagement': 4,
  'stop-engagement': 0,
  'accept-page': 1,
  'tell-last-resort': 0,
}

export function withCommands(episode: Episode, commands: readonly Command[]): Episode {
  const { incident } = episode
  const pending = [...episode.pending, ...commands]
  const events = commands.reduce((sum, { type }) => sum + EVENTS[type], 0)
  return { ...episode, pending, ...(incident ? { incident: { ...incident, events: incident.events + events } } : {}) }
}

/** Whether the timeline has room for this; the last place is for the sentence that says that it ends here. */
export function roomFor(kind: keyof typeof ROOM, { incident }: Episode): 'yes' | 'last' | 'no' {
  const left = ROOM[kind] - (incident?.events ?? 0)
  return left > 1 ? 'yes' : left === 1 ? 'last' : 'no'
}

/** It only says or shows something: that it cannot be done keeps nobody from being paged. */
export const isNote = ({ type }: Command): boolean => type === 'add-timeline-event' || type === 'add-related-item'

/** Others have claimed it while the incident was being started, and cannot execute it: whoever confirms the start does. */
export const needsArn = (command: Command): command is AddTimelineEvent | AddRelatedItem =>
  (command.type === 'add-timeline-event' || command.type === 'add-related-item') && !command.incidentArn
