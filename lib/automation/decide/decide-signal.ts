// What a signal means for its episode: open an incident, page anew, remember a state, tell the timeline.
import { plusSeconds } from '../../aws/instants.ts'
import type { Rule } from '../rules/rules.ts'
import type { Signal } from '../sources/signal.ts'
import type { AddTimelineEvent, Command } from './command.ts'
import { changeOf, type SubjectChange } from './change.ts'
import {
  AUDIT_EVERY_SECONDS,
  type Change,
  type Episode,
  fires,
  isNewer,
  quietSince,
  SEEN_KEPT,
  UNPLACED_KEPT,
} from './episode.ts'
import type { IncidentStatus } from './facts.ts'
import { startIncident } from './opening.ts'

export interface Decision {
  readonly episode: Episode
  /** For the log: what the rules ask for and the event does not give. */
  readonly warnings: readonly string[]
}

/** Changes at most this much older than an opening go onto its timeline. */
const BEFORE_OPENING_SECONDS = 600

/** Whether a decision on this signal needs to know if the incident is still open: only a new firing does. */
export function asksForStatus(episode: Episode, signal: Signal, now: Date): boolean {
  const change = changeOf(signal, now)
  return episode.incident?.arn !== undefined && !episode.seen.includes(change.key) && isNewFiring(episode, change)
}

/** The change is news, and what it is about fires by it. */
function isNewFiring(before: Episode, change: SubjectChange): boolean {
  const after = withSubject(before, change)
  return after !== before && change.state === 'ALARM' && fires(after, change.subject)
}

/** Undefined when nothing follows: the change is known, or is about nothing that anybody works on. */
export function decideSignal(
  before: Episode,
  signal: Signal,
  rule: Rule,
  status: IncidentStatus | undefined,
  now: Date,
): Decision | undefined {
  const change = changeOf(signal, now)
  if (before.seen.includes(change.key)) return undefined
  if (!change.state && !before.incident) return undefined
  const firing = isNewFiring(before, change)
  const known = withSubject(seeing(before, change.key), change)
  const ended = status === 'RESOLVED' || status === 'GONE' ? endIncident(known, now) : known
  if (firing && !ended.incident) return open(ended, change, signal, rule, now)
  const refiredAt = firing && quietSince(before) ? change.at : recoveredBetween(ended, change)
  return { episode: place(refiredAt ? pageAnew(ended, refiredAt, now) : ended, change), warnings: [] }
}

/** An OK that comes late, from between two firings: when the second of them was, if nothing else fired at that time. */
function recoveredBetween({ incident, subjects }: Episode, { subject, state, at }: SubjectChange): Date | undefined {
  const own = subjects[subject]
  if (!incident || state !== 'OK' || own?.state !== 'ALARM' || at <= incident.firedAt || at >= own.at) return undefined
  const others = Object.entries(subjects).filter(([name]) => name !== subject)
  return others.every(([, other]) => other.state === 'OK' && other.at <= at) ? own.at : undefined
}

const seeing = (episode: Episode, key: string): Episode => ({
  ...episode,
  seen: [...episode.seen, key].slice(-SEEN_KEPT),
})

function withSubject(episode: Episode, { subject, name, state, at, statedAt }: SubjectChange): Episode {
  if (!state || !isNewer({ state, at, statedAt }, episode.subjects[subject])) return episode
  return { ...episode, subjects: { ...episode.subjects, [subject]: { name, state, at, statedAt } } }
}

/** The incident is over: resolved or deleted by anyone. What is pending for it stays so. */
export function endIncident(episode: Episode, now: Date): Episode {
  const { incident, ...rest } = episode
  if (!incident?.arn) return episode
  return { ...rest, previous: { arn: incident.arn, number: episode.number, endedAt: now } }
}

function open(before: Episode, change: SubjectChange, signal: Signal, rule: Rule, now: Date): Decision {
  const number = before.number + 1
  const { command, warnings } = startIncident(`${before.key}/${number}/start`, rule, signal, change.at)
  const since = plusSeconds(change.at, -BEFORE_OPENING_SECONDS)
  const earlier = before.unplaced.filter(({ at }) => at >= since)
  const opened: Episode = {
    ...before,
    number,
    unplaced: [],
    pending: [...before.pending, command],
    incident: {
      rule,
      openedAt: change.at,
      source: command.trigger.source,
      firedAt: change.at,
      pagingSince: now,
      pagingStopped: false,
      pageAnew: false,
      acknowledgements: [],
      escalated: [],
      relatedItemsAdded: [],
      keepOpen: false,
      nextAuditAt: plusSeconds(now, AUDIT_EVERY_SECONDS),
    },
  }
  return { episode: [...earlier, change].reduce(place, opened), warnings }
}

function pageAnew(episode: Episode, firedAt: Date, now: Date): Episode {
  const { incident } = episode
  if (!incident) return episode
  const answered = incident.acknowledgements.length > 0
  return {
    ...episode,
    incident: { ...incident, firedAt, pageAnew: !answered, pagingStopped: false, pagingSince: now, escalated: [] },
  }
}

/** Puts a change on the timeline of the incident it belongs to, or remembers it until there is one. */
function place(episode: Episode, { key, at, data }: Change): Episode {
  const { incident, previous } = episode
  const isOlder = previous !== undefined && at <= previous.endedAt && (!incident || at < incident.openedAt)
  const number = isOlder ? previous.number : episode.number
  const incidentArn = isOlder ? previous.arn : incident?.arn
  if (!isOlder && !incident)
    return { ...episode, unplaced: [...episode.unplaced, { key, at, data }].slice(-UNPLACED_KEPT) }
  const command: AddTimelineEvent = {
    type: 'add-timeline-event',
    key: `${episode.key}/${number}/${key}`,
    reason: data.message,
    at,
    data,
    ...(incidentArn ? { incidentArn } : {}),
  }
  return withCommands(episode, [command])
}

export const withCommands = (episode: Episode, commands: readonly Command[]): Episode => ({
  ...episode,
  pending: [...episode.pending, ...commands],
})
