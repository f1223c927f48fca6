// An incident's life in its episode: opened, paged for anew, told what has happened, ended.
import { plusSeconds } from '../../aws/instants.ts'
import type { AddTimelineEvent } from './command.ts'
import { AUDIT_EVERY_SECONDS, type Change, type Episode, type Firing, pagedBy, UNPLACED_KEPT } from './episode.ts'
import type { IncidentStatus } from './facts.ts'
import { roomFor, withCommands } from './pending.ts'

/** Changes at most this much older than an opening go onto its timeline. */
const BEFORE_OPENING_SECONDS = 600

/** Claims the start of an incident, and puts `changes` and what shortly preceded them on its timeline. */
export function open(before: Episode, { rule, start, at }: Firing, changes: readonly Change[], now: Date): Episode {
  const number = before.number + 1
  const since = plusSeconds(at, -BEFORE_OPENING_SECONDS)
  const earlier = before.unplaced.filter((change) => change.at >= since)
  const opened: Episode = {
    ...before,
    number,
    unplaced: [],
    incident: {
      rule,
      openedAt: at,
      source: start.trigger.source,
      firedAt: at,
      pagingSince: now,
      pagingStopped: false,
      pageAnew: false,
      acknowledgements: [],
      escalated: [],
      relatedItemsAdded: [],
      keepOpen: false,
      nextAuditAt: plusSeconds(now, AUDIT_EVERY_SECONDS),
      events: 0,
    },
  }
  const command = { ...start, key: `${before.key}/${number}/start` }
  return [...earlier, ...changes].reduce(place, withCommands(opened, [command]))
}

/** The incident is over: resolved or deleted by anyone. What is pending for it stays so. */
export function endIncident(
  episode: Episode,
  now: Date,
  status: Exclude<IncidentStatus, 'OPEN'> = 'RESOLVED',
): Episode {
  const { incident, ...rest } = episode
  if (!incident?.arn) return episode
  const gone = status === 'GONE' ? { gone: true as const } : {}
  return { ...rest, previous: { arn: incident.arn, number: episode.number, endedAt: now, ...gone } }
}

export function pageAnew(episode: Episode, firedAt: Date, now: Date): Episode {
  const { incident } = episode
  if (!incident) return episode
  const answered = incident.acknowledgements.length > 0
  return {
    ...episode,
    incident: {
      ...incident,
      firedAt,
      pageAnew: !answered,
      pagingStopped: false,
      pagingSince: now,
      escalated: [],
      ...(incident.nextPageCheckAt ? pagedBy(now) : {}),
    },
  }
}

/** Puts a change on the timeline of the incident it belongs to, or remembers it until there is one. */
export function place(episode: Episode, { key, at, data }: Change): Episode {
  const { incident, previous } = episode
  const isOlder = previous !== undefined && at <= previous.endedAt && (!incident || at < incident.openedAt)
  const number = isOlder ? previous.number : episode.number
  const incidentArn = isOlder ? previous.arn : incident?.arn
  if (!isOlder && !incident)
    return { ...episode, unplaced: [...episode.unplaced, { key, at, data }].slice(-UNPLACED_KEPT) }
  const room = isOlder ? 'yes' : roomFor('changes', episode)
  if (room === 'no') return episode
  const message = `${data.message} (the last change told here: what room is left on the timeline is for pages, answers and the resolve)`
  const command: AddTimelineEvent = {
    type: 'add-timeline-event',
    key: `${episode.key}/${number}/${key}`,
    reason: data.message,
    at,
    data: room === 'last' ? { ...data, message } : data,
    ...(incidentArn ? { incidentArn } : {}),
  }
  return withCommands(episode, [command])
}
