// What a signal means for its episode: open an incident, hold it back, page anew, remember a state, tell the timeline.
import { plusSeconds } from '../../aws/instants.ts'
import type { Rule } from '../rules/rules.ts'
import type { Signal } from '../sources/signal.ts'
import { areEnabled, whileDisabled, withActions } from './actions.ts'
import { alarmIn, changeOf, type SubjectChange, subjectOf } from './change.ts'
import { type Episode, type Firing, type HeldFiring, LOOK_AGAIN_SECONDS, SEEN_KEPT } from './episode.ts'
import { fires, isNewer, isOver, lastWordOn, quietSince } from './subjects.ts'
import { withItems } from './joining.ts'
import { withoutNeedless } from './never-opened.ts'
import { isUncovered, withoutAnswers, withSeries } from './new-series.ts'
import { type Home, itemsFor, startIncident } from './opening.ts'
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
  /** Whether CloudWatch says that the alarm's actions are disabled, where it could be asked. */
  readonly disabled?: boolean
}

/** What has to be asked before a decision on this signal: only a new firing needs to know anything. */
export function asksFor(
  episode: Episode,
  signal: Signal,
  rule: Rule,
  now: Date,
): { status: boolean; truth: boolean; actions: boolean } {
  const change = changeOf(signal, now)
  const isNew = !episode.seen.includes(change.key)
  const firing = isNew && isNewFiring(episode, change)
  const truth = (firing || (isNew && isMissed(episode, change) && !isOverSince(episode, change))) && isLate(signal, now)
  const isUntold = signal.kind === 'alarm-state' && areEnabled(signal) === undefined && !signal.held
  return {
    status: firing && episode.incident?.arn !== undefined,
    truth,
    actions: firing && isUntold && rule.actionsDisabled !== 'open',
  }
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
function isMissed(before: Episode, { subject, alarm, state, at, held }: SubjectChange): boolean {
  const last = lastWordOn(before, subject)
  if (
    alarm === undefined ||
    state !== 'ALARM' ||
    held ||
    before.incident ||
    !last ||
    last.state === 'ALARM' ||
    last.at <= at
  )
    return false
  return !before.previous || at > before.previous.endedAt
}

const isOverSince = (before: Episode, { subject }: SubjectChange): boolean => isOver(lastWordOn(before, subject)?.state)

/** Undefined when nothing follows: the change is known, or is about nothing that anybody works on. */
export function decideSignal(
  loaded: Episode,
  signal: Signal,
  rule: Rule,
  outside: Outside,
  home: Home,
  now: Date,
): Decision | undefined {
  const decision = decided(loaded, signal, rule, outside, home, now)
  return decision && { ...decision, episode: withoutNeedless(decision.episode) }
}

function decided(
  loaded: Episode,
  signal: Signal,
  rule: Rule,
  { status, truth, disabled }: Outside,
  home: Home,
  now: Date,
): Decision | undefined {
  const told = changeOf(signal, now)
  if (loaded.seen.includes(told.key)) return undefined
  const before = withActions(loaded, signal, now)
  if (!told.state && !loaded.incident) return before === loaded ? undefined : { episode: before, warnings: [] }
  const change = whileDisabled(before, signal, told, rule, disabled)
  const ended = status === 'RESOLVED' || status === 'GONE' ? endIncident(before, now, status) : before
  const firing = isNewFiring(before, change) && !goesOn(ended, signal)
  const known = withSubject(seeing(ended, change.key), change)
  const since = quietSince(before)
  // What is known to be over pages nobody once it is late.
  const missed = isMissed(ended, change) && !(isOverSince(ended, change) && isLate(signal, now))
  // What is held though its incident fires may be of higher impact: it joins when it is let go.
  const tellsSomebody = missed || (firing && (!known.incident || since !== undefined || change.held !== undefined))
  const joining = (): Decision => {
    const episode = heard(ended, change, now)
    if (!firing || change.held || !episode.incident) return { episode, warnings: [] }
    const { items, warnings } = itemsFor(rule, signal, home)
    return { episode: joinedBy(withItems(episode, items, change.name), rule), warnings }
  }
  if (!tellsSomebody) return joining()
  const alarm = alarmIn(signal)
  const [over] = truth && alarm !== undefined ? untold(known, new Map([[alarm, truth]]), now) : []
  // A late ALARM that is over pages nobody; missing data is no recovery.
  if (over?.state === 'OK' || over?.state === 'DELETED')
    return { episode: heard(place(known, change), over, now), warnings: [] }
  if (known.incident && !change.held) return joining()
  const { command, warnings } = startIncident(rule, signal, change.at, home)
  const periodSeconds = signal.kind === 'alarm-state' ? signal.periodSeconds : undefined
  const what: Firing = { rule, start: command, at: change.at, ...(periodSeconds ? { periodSeconds } : {}) }
  return {
    episode: change.held
      ? hold(
          known,
          change,
          {
            ...what,
            heldSince: before.held[change.subject]?.heldSince ?? now,
            ...(since ? { quietSince: since } : {}),
          },
          change.held,
          now,
        )
      : open(known, what, [change], now),
    warnings,
  }
}

/** The same firing, whose incident somebody has resolved: that data was missing meanwhile is no recovery. */
function goesOn({ refire, subjects }: Episode, signal: Signal): boolean {
  const own = subjects[subjectOf(signal)]
  if (!refire || signal.kind !== 'alarm-state' || !own || own.state === 'OK' || own.state === 'DELETED') return false
  // A change to ALARM that does not say from where was one from OK, if it was ALARM before.
  return signal.previousState === undefined ? own.state !== 'ALARM' : signal.previousState !== 'OK'
}

/** A change of what an incident is about: remembered, told, and paged for anew where it fires again after it was quiet. */
export function heard(before: Episode, change: SubjectChange, now: Date): Episode {
  if (before.seen.includes(change.key)) return before
  const firing = isNewFiring(before, change)
  const known = withSubject(seeing(before, change.key), change)
  const since = quietSince(before)
  const refiring = firing && since ? { firedAt: change.at, since } : recoveredBetween(known, change)
  const paged = refiring && !change.held ? pageAnew(known, refiring.firedAt, refiring.since, now) : known
  if (!firing || change.held) return place(paged, change)
  // After a rest it is paged for whatever was answered before.
  const isAnswered = !!paged.incident?.acknowledgements.length && isUncovered(before, change)
  return place(isAnswered ? withoutAnswers(paged, change, now) : withSeries(paged, change), change)
}

function hold(
  episode: Episode,
  change: SubjectChange,
  firing: Omit<HeldFiring, 'why' | 'lookAt'>,
  { why, until }: NonNullable<SubjectChange['held']>,
  now: Date,
): Episode {
  const lookAt = until && until > now ? until : plusSeconds(now, LOOK_AGAIN_SECONDS)
  return place({ ...episode, held: { ...episode.held, [change.subject]: { ...firing, why, lookAt } } }, change)
}

/** An OK that comes late, from between two firings: when the second of them was, if nothing else fired at that time. */
function recoveredBetween(
  { incident, subjects }: Episode,
  { subject, state, at }: SubjectChange,
): { readonly firedAt: Date; readonly since: Date } | undefined {
  const own = subjects[subject]
  if (!incident || state !== 'OK' || own?.state !== 'ALARM' || at <= incident.firedAt || at >= own.at) return undefined
  const others = Object.entries(subjects).filter(([name]) => name !== subject)
  return others.every(([, other]) => other.state === 'OK' && other.at <= at)
    ? { firedAt: own.at, since: at }
    : undefined
}

const seeing = (episode: Episode, key: string): Episode => ({
  ...episode,
  seen: [...episode.seen, key].slice(-SEEN_KEPT),
})

/** What was held of the subject before is settled by the change. */
function withSubject(episode: Episode, change: SubjectChange): Episode {
  const { subject, name, alarm, state, at, statedAt, held } = change
  const known = episode.subjects[subject]
  const listed = change.listed ?? known?.listed
  const isSeries = alarm !== undefined && alarm !== subject
  const failedAt = !isSeries ? undefined : state === 'ALARM' ? at : known?.failedAt
  const next = {
    name,
    ...(alarm === undefined ? {} : { alarm }),
    ...(listed ? { listed } : {}),
    at,
    statedAt,
    ...(held ? { held: true } : {}),
    ...(failedAt ? { failedAt } : {}),
  }
  if (!state || !isNewer({ ...next, state }, known)) return episode
  const { [subject]: _, ...otherHeld } = episode.held
  const { refire, ...after } = { ...episode, subjects: { ...episode.subjects, [subject]: { ...next, state } } }
  return { ...after, held: otherHeld, ...(refire && !quietSince(after) ? { refire } : {}) }
}
