// An incident's life in its episode: opened, paged for anew, told what has happened, ended.
import { justAfter, plusSeconds } from '../../aws/instants.ts'
import type { Rule } from '../rules/rules.ts'
import type { AddTimelineEvent } from './command.ts'
import { pagedBy, restsAfterSeconds } from './due.ts'
import { AUDIT_EVERY_SECONDS, type Change, type Episode, type Firing, type Incident, UNPLACED_KEPT } from './episode.ts'
import { itemsOfStart } from './joining.ts'
import type { IncidentStatus } from './facts.ts'
import { roomFor, withCommands } from './pending.ts'

/** Changes at most this much older than an opening go onto its timeline. */
const BEFORE_OPENING_SECONDS = 600

/** An incident as it begins, opened at `at`; somebody is paged for it since `now`. */
export const freshIncident = (rule: Rule, source: string, at: Date, now: Date): Incident => ({
  rule,
  openedAt: at,
  source,
  firedAt: at,
  pagingSince: now,
  pagingStopped: false,
  pageAnew: false,
  acknowledgements: [],
  climbed: [],
  relatedItemsAdded: [],
  keepOpen: false,
  nextAuditAt: plusSeconds(now, AUDIT_EVERY_SECONDS),
  events: 0,
})

/** Claims the start of an incident, and puts `changes` and what shortly preceded them on its timeline. */
export function open(former: Episode, firing: Firing, changes: readonly Change[], now: Date): Episode {
  const { refire: _, ...before } = former
  const { rule, start, at, periodSeconds } = firing
  const number = before.number + 1
  const since = plusSeconds(at, -BEFORE_OPENING_SECONDS)
  const earlier = before.unplaced.filter((change) => change.at >= since)
  const opened: Episode = {
    ...before,
    number,
    unplaced: [],
    incident: {
      ...freshIncident(rule, start.trigger.source, at, now),
      start: { ...start, trigger: { ...start.trigger, rawData: '' } },
      ...(periodSeconds ? { periodSeconds } : {}),
      ...itemsOfStart(start.relatedItems),
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

/**
 * It fires again. Counting goes on where nobody has answered; only after a quiet that would have resolved it
 * (`quietSince`: its beginning, if there was one) the firing counts from its own beginning, and an answer to the one before
 * is no answer to it.
 */
export function pageAnew(episode: Episode, firedAt: Date, quietSince: Date | undefined, now: Date): Episode {
  if (!episode.incident) return episode
  const { unanswered, ...incident } = episode.incident
  const isAfterRest = quietSince !== undefined && plusSeconds(quietSince, restsAfterSeconds(incident)) <= firedAt
  const counted = isAfterRest
    ? { ...incident, pagingSince: now, climbed: [], acknowledgements: [], answersSince: justAfter(now) }
    : incident
  return {
    ...episode,
    incident: {
      ...counted,
      ...(unanswered && !isAfterRest ? { unanswered } : {}),
      firedAt,
      pageAnew: counted.acknowledgements.length === 0,
      refires: 0,
      pagingStopped: false,
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
