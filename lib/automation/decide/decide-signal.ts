// What a signal means for its episode: open an incident, hold it back, page anew, remember a state, tell the timeline.
import { plusSeconds } from '../../aws/instants.ts'
import type { Rule } from '../rules/rules.ts'
import type { Signal } from '../sources/signal.ts'
import { changeOf, type SubjectChange } from './change.ts'
import {
  alarmOf,
  type Episode,
  type Firing,
  fires,
  isNewer,
  isOver,
  lastWordOn,
  quietSince,
  SEEN_KEPT,
} from './episode.ts'
import { withoutNeedless } from './never-opened.ts'
import { type Home, startIncident } from './opening.ts'
import { joinedBy } from './raise.ts'
import type { IncidentStatus } from './facts.ts'
import { endIncident, open, pageAnew, place } from './timeline.ts'
import { type AlarmTruth, isLate, untold } from './truth.ts'

export interface Decision {
  readonly episode: Episode
  /** For the log: what the rules ask for and the event does not give. */
  readonly warnings: readonly string[]
}

/** What a decision on a signal may need to know besides, where it is a new firing. */
export interface Outside {
  /** Of the incident that is open. */
  readonly status?: IncidentStatus
  /** What CloudWatch says of the alarm, where it could be asked. */
  readonly truth?: AlarmTruth
}

/** Where CloudWatch does not say when a mute or a suppression ends, it is asked so often. */
export const LOOK_AGAIN_SECONDS = 300

/** What has to be asked before a decision on this signal: only a new firing needs to know anything. */
export function asksFor(episode: Episode, signal: Signal, now: Date): { status: boolean; truth: boolean } {
  const change = changeOf(signal, now)
  const isNew = !episode.seen.includes(change.key)
  const firing = isNew && isNewFiring(episode, change)
  const truth = (firing || (isNew && isMissed(episode, change) && !isOverSince(episode, change))) && isLate(signal, now)
  return { status: firing && episode.incident?.arn !== undefined, truth }
}

/** The change is news, and what it is about fires by it. */
function isNewFiring(before: Episode, change: SubjectChange): boolean {
  const after = withSubject(before, change)
  return after !== before && change.state === 'ALARM' && fires(after, change.subject)
}

/**
 * An ALARM that arrives after what came after it, while no incident is open: in its order it would have opened one, which
 * is opened now, so that it ends as it would have (ADR 0018).
 */
function isMissed(before: Episode, { subject, state, at, held }: SubjectChange): boolean {
  const last = lastWordOn(before, subject)
  if (state !== 'ALARM' || held || before.incident || !last || last.state === 'ALARM' || last.at <= at) return false
  return !before.previous || at > before.previous.endedAt
}

const isOverSince = (before: Episode, { subject }: SubjectChange): boolean => isOver(lastWordOn(before, subject)?.state)

/** Undefined when nothing follows: the change is known, or is about nothing that anybody works on. */
export function decideSignal(
  before: Episode,
  signal: Signal,
  rule: Rule,
  outside: Outside,
  home: Home,
  now: Date,
): Decision | undefined {
  const decision = decided(before, signal, rule, outside, home, now)
  return decision && { ...decision, episode: withoutNeedless(decision.episode) }
}

function decided(
  before: Episode,
  signal: Signal,
  rule: Rule,
  { status, truth }: Outside,
  home: Home,
  now: Date,
): Decision | undefined {
  const change = changeOf(signal, now)
  if (before.seen.includes(change.key)) return undefined
  if (!change.state && !before.incident) return undefined
  const firing = isNewFiring(before, change)
  const ended = status === 'RESOLVED' || status === 'GONE' ? endIncident(before, now, status) : before
  const known = withSubject(seeing(ended, change.key), change)
  // What is known to be over pages nobody once it is late.
  const missed = isMissed(ended, change) && !(isOverSince(ended, change) && isLate(signal, now))
  const tellsSomebody = missed || (firing && (!known.incident || quietSince(before) !== undefined))
  if (!tellsSomebody) return { episode: joined(ended, change, firing, rule, now), warnings: [] }
  const [over] = truth ? untold(known, new Map([[alarmOf(change.subject), truth]]), now) : []
  // A late ALARM that is over pages nobody; missing data is no recovery.
  if (over?.state === 'OK' || over?.state === 'DELETED')
    return { episode: heard(place(known, change), over, now), warnings: [] }
  if (known.incident && !change.held) return { episode: joined(ended, change, firing, rule, now), warnings: [] }
  const { command, warnings } = startIncident(rule, signal, change.at, home)
  const what: Firing = { rule, start: command, at: change.at }
  return {
    episode: change.held ? hold(known, change, what, change.held, now) : open(known, what, [change], now),
    warnings,
  }
}

function joined(before: Episode, change: SubjectChange, firing: boolean, rule: Rule, now: Date): Episode {
  const known = heard(before, change, now)
  return firing && !change.held ? joinedBy(known, rule) : known
}

/** A change of what an incident is about: remembered, told, and paged for anew where it fires again after it was quiet. */
export function heard(before: Episode, change: SubjectChange, now: Date): Episode {
  if (before.seen.includes(change.key)) return before
  const firing = isNewFiring(before, change)
  const known = withSubject(seeing(before, change.key), change)
  const refiredAt = firing && quietSince(before) ? change.at : recoveredBetween(known, change)
  return place(refiredAt && !change.held ? pageAnew(known, refiredAt, now) : known, change)
}

function hold(
  episode: Episode,
  change: SubjectChange,
  firing: Firing,
  { why, until }: NonNullable<SubjectChange['held']>,
  now: Date,
): Episode {
  const lookAt = until && until > now ? until : plusSeconds(now, LOOK_AGAIN_SECONDS)
  return place({ ...episode, held: { ...episode.held, [change.subject]: { ...firing, why, lookAt } } }, change)
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

/** What was held of the subject before is settled by the change. */
function withSubject(episode: Episode, { subject, name, state, at, statedAt, held }: SubjectChange): Episode {
  const next = { name, at, statedAt, ...(held ? { held: true } : {}) }
  if (!state || !isNewer({ ...next, state }, episode.subjects[subject])) return episode
  const { [subject]: _, ...otherHeld } = episode.held
  return { ...episode, subjects: { ...episode.subjects, [subject]: { ...next, state } }, held: otherHeld }
}
