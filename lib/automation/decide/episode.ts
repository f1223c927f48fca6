// An episode: one dedupe key from its first firing until its incident is resolved, and what follows from its state.
import { plusSeconds } from '../../aws/instants.ts'
import type { Escalation, Rule } from '../rules/rules.ts'
import { type AlarmStateValue, CONTRIBUTOR } from '../sources/signal.ts'
import type { Command, StartIncident } from './command.ts'

export type SubjectState = AlarmStateValue | 'DELETED'

/** The last state of an alarm (or of what an event is about), by CloudWatch's own order. */
export interface Subject {
  readonly name: string
  readonly state: SubjectState
  readonly at: Date
  /** As the event states it, where that is so far ahead that `at` is an earlier instant. */
  readonly statedAt: Date
  /** Its actions are suppressed, or it is muted. */
  readonly held?: boolean
}

/** What would be opened if something fires. */
export interface Firing {
  readonly rule: Rule
  readonly start: Omit<StartIncident, 'key'>
  /** The instant of the change to ALARM. */
  readonly at: Date
}

/** A firing that nobody is told of yet, because CloudWatch says that its alarm is suppressed or muted. */
export interface HeldFiring extends Firing {
  readonly why: 'suppressed' | 'muted'
  /** When to look at it again. */
  readonly lookAt: Date
}

/** A change that has happened, as the timeline will tell it. */
export interface Change {
  /** The same change by any road has the same. */
  readonly key: string
  readonly at: Date
  readonly data: Readonly<Record<string, unknown>> & { readonly message: string }
}

export interface Refusal {
  readonly plan: string
  readonly because: string
}

/** Why an incident is not open yet. */
export interface Trouble {
  readonly failingSince: Date
  readonly because: string
  /** What the plans that were tried at last were refused with. */
  readonly refusals?: readonly Refusal[]
  /** Every try was refused, none may have taken effect unheard: what is pending can be given up, or be another start. */
  readonly openedNothing?: true
}

export interface Incident {
  /** Absent until the start is confirmed. */
  readonly arn?: string
  readonly rule: Rule
  /** The instant of the change that opened it; what is older belongs to the incident before. */
  readonly openedAt: Date
  /** What opened it: how an incident that a human started is told apart. */
  readonly source: string
  /** The change to ALARM that somebody is paged for: an OK between it and a later ALARM makes that a new firing. */
  readonly firedAt: Date
  /** Since when somebody is being paged for this firing: escalation counts from here. */
  readonly pagingSince: Date
  /** The engagements were stopped because the alarm recovered; a new firing pages anew. */
  readonly pagingStopped: boolean
  /** A new firing waits for the sweep to page anew. */
  readonly pageAnew: boolean
  /** People only. */
  readonly acknowledgements: readonly { readonly contactArn: string; readonly at: Date }[]
  /** How often each escalation of the rule has been done for this firing. */
  readonly escalated: readonly number[]
  readonly relatedItemsAdded: readonly string[]
  /** A human started it, so only a human resolves it. */
  readonly keepOpen: boolean
  /** Another key of the same incident still fires: look again then. */
  readonly resolveNotBefore?: Date
  readonly nextAuditAt: Date
  /** How many events its timeline has on our account, at most. */
  readonly events: number
  /** It cannot be opened: since when, and why. */
  readonly trouble?: Trouble
  /** How often its start was decided anew: another start has another key. */
  readonly startsAnew?: number
  /** A rule of higher impact has joined: the sweep raises the impact, and pages anew by that rule. */
  readonly raise?: Rule
  /** Answers before this were answers to less. */
  readonly raisedAt?: Date
  /** When to look whether anybody has been paged; absent once somebody has been. */
  readonly nextPageCheckAt?: Date
  /** How often, and when last, the last resort was told that nobody is paged for it. */
  readonly lastResort?: { readonly times: number; readonly toldAt: Date }
}

export interface Previous {
  readonly arn: string
  readonly number: number
  readonly endedAt: Date
  /** It was not resolved: the incident manager did not know it any more. */
  readonly gone?: true
}

export interface Episode {
  readonly key: string
  /** Counts the incidents of this key: part of every command's key. */
  readonly number: number
  readonly subjects: Readonly<Record<string, Subject>>
  readonly incident?: Incident
  /** The incident before: late changes still go onto its timeline. */
  readonly previous?: Previous
  /** Changes that are known while no incident is open: those shortly before an opening go onto its timeline. */
  readonly unplaced: readonly Change[]
  /** By subject. */
  readonly held: Readonly<Record<string, HeldFiring>>
  /** Keys of changes already seen, the newest last. */
  readonly seen: readonly string[]
  /** Decided, not yet confirmed. Executed in order. */
  readonly pending: readonly Command[]
  /** Until when (epoch milliseconds) a pending command is its claimer's to execute; others leave it alone so long. */
  readonly leases: Readonly<Record<string, number>>
  /** Since when, and how often, the pending commands have failed. */
  readonly failures: number
}

export const emptyEpisode = (key: string): Episode => ({
  key,
  number: 0,
  subjects: {},
  unplaced: [],
  held: {},
  seen: [],
  pending: [],
  leases: {},
  failures: 0,
})

/** No alarm's source: the incident manager keeps a list of what fired before the first start apart from what is opened later. */
export const LIST_SOURCE = 'tocsin.start'
export const isList = ({ incident }: Episode): boolean => incident?.source === LIST_SOURCE

export const SEEN_KEPT = 100
export const UNPLACED_KEPT = 20
export const AUDIT_EVERY_SECONDS = 300
/** The last resort is told again so often. */
export const TOLD_AGAIN_SECONDS = 900
/** So long after it was opened somebody must have been paged: a first try that fails is made again within a minute. */
const PAGED_WITHIN_SECONDS = 90
/** How long a run may take before others finish what it claimed. */
const LEASE_SECONDS = 30
const LONGEST_BACKOFF_SECONDS = 900

const later = (a: Date, b: Date): Date => (a >= b ? a : b)
const earliest = (instants: readonly Date[]): Date | undefined =>
  instants.reduce<Date | undefined>((first, instant) => (first && first <= instant ? first : instant), undefined)

/** State timestamps decide order; on a tie ALARM wins, so that no order of delivery can hide it. */
export function isNewer(subject: Omit<Subject, 'name'>, than: Subject | undefined): boolean {
  if (!than) return true
  const { at, statedAt } = subject
  const ahead = at.getTime() - than.at.getTime() || statedAt.getTime() - than.statedAt.getTime()
  return ahead > 0 || (ahead === 0 && rank(subject) > rank(than))
}
const rank = ({ state, held }: Pick<Subject, 'state' | 'held'>): number =>
  ['OK', 'INSUFFICIENT_DATA', 'DELETED', 'ALARM'].indexOf(state) + (held ? 0 : 0.5)

/** The alarm that a subject belongs to: itself, unless it is one of an alarm's contributors. */
export const alarmOf = (subject: string): string => subject.split(CONTRIBUTOR)[0] ?? subject

/** The last word on a subject: an alarm that is OK or gone says the same of its contributors, which may never send theirs. */
function lastWord(episode: Episode, subject: string, own: Subject): Subject {
  const alarm = episode.subjects[alarmOf(subject)]
  return alarm && isOver(alarm.state) && isNewer({ ...alarm, state: 'ALARM' }, own) ? alarm : own
}

/** What is known last of a subject, whether of itself or of its alarm. */
export function lastWordOn(episode: Episode, subject: string): Subject | undefined {
  const own = episode.subjects[subject]
  if (own) return lastWord(episode, subject, own)
  const alarm = episode.subjects[alarmOf(subject)]
  return alarm && isOver(alarm.state) ? alarm : undefined
}

export const isOver = (state: SubjectState | undefined): boolean => state === 'OK' || state === 'DELETED'
const lastWords = (episode: Episode): Subject[] =>
  Object.entries(episode.subjects).map(([subject, own]) => lastWord(episode, subject, own))

/** What has not recovered: it fires, or says nothing. */
export const unrecovered = (episode: Episode): Subject[] => lastWords(episode).filter(({ state }) => !isOver(state))

/** Whether this subject, whose state was just stored, fires. */
export const fires = (episode: Episode, subject: string): boolean => {
  const own = episode.subjects[subject]
  return own !== undefined && lastWord(episode, subject, own).state === 'ALARM'
}

/** Since when all of it is over: every alarm OK or deleted. Missing data is never a recovery. */
export function quietSince(episode: Episode): Date | undefined {
  const subjects = lastWords(episode)
  if (!subjects.length || !subjects.every(({ state }) => isOver(state))) return undefined
  return subjects.map((subject) => subject.at).reduce(later)
}

/** When the rule wants the incident resolved, if nothing fires until then. */
export function resolveDueAt(episode: Episode): Date | undefined {
  const since = quietSince(episode)
  const { incident } = episode
  if (!since || !incident || incident.keepOpen || incident.rule.resolve.mode === 'never') return undefined
  const due = plusSeconds(since, incident.rule.resolve.afterSeconds)
  return incident.resolveNotBefore ? later(due, incident.resolveNotBefore) : due
}

/** When this escalation is due next; undefined when it has been done as often as the rule says or somebody answered. */
export function escalationDueAt(incident: Incident, escalation: Escalation, index: number): Date | undefined {
  const done = incident.escalated[index] ?? 0
  if (incident.acknowledgements.length || done >= escalation.repeat) return undefined
  return plusSeconds(incident.pagingSince, escalation.unacknowledgedForSeconds * (done + 1))
}

/** The instant when somebody who is paged from now on must have been. */
export const pagedBy = (now: Date): { readonly nextPageCheckAt: Date } => ({
  nextPageCheckAt: plusSeconds(now, PAGED_WITHIN_SECONDS),
})

/** When to look whether anybody has been paged; undefined when that is known, or nobody needs to be. */
export function pageCheckDueAt(episode: Episode): Date | undefined {
  const { incident } = episode
  if (!incident?.arn || !incident.nextPageCheckAt || incident.acknowledgements.length || quietSince(episode))
    return undefined
  const { nextPageCheckAt, lastResort } = incident
  return lastResort ? later(nextPageCheckAt, plusSeconds(lastResort.toldAt, TOLD_AGAIN_SECONDS)) : nextPageCheckAt
}

/** What `after` has claimed beyond `before` is its claimer's for a while. */
export function withLeases(
  before: Episode,
  after: Episode,
  now: Date,
): { episode: Episode; mine: ReadonlySet<string> } {
  const known = new Set(before.pending.map(({ key }) => key))
  const mine = new Set(after.pending.map(({ key }) => key).filter((key) => !known.has(key)))
  const until = plusSeconds(now, LEASE_SECONDS).getTime()
  const leases = { ...after.leases, ...Object.fromEntries([...mine].map((key) => [key, until])) }
  return { episode: { ...after, leases }, mine }
}

/** Whether its start was refused for good, and is decided anew before it is tried again. */
export const openedNothing = ({ incident }: Episode): boolean => incident?.trouble?.openedNothing === true

/** Whether nobody else is executing this command at the moment, and it is to be tried as it stands. */
export const isFree = (episode: Episode, command: Command, now: Date): boolean =>
  (episode.leases[command.key] ?? 0) <= now.getTime() && !(command.type === 'start-incident' && openedNothing(episode))

/** When the sweep must look at this episode next: the one instant that the due index holds. */
export function dueAt(episode: Episode, now: Date): Date | undefined {
  if (episode.pending.length) return plusSeconds(now, retryAfterSeconds(episode))
  const looks = Object.values(episode.held).map(({ lookAt }) => lookAt)
  const due = incidentDueAt(episode, now)
  return earliest(due ? [...looks, due] : looks)
}

/** What is not opened yet is tried by every sweep; anything else waits longer each time. */
const retryAfterSeconds = ({ pending, failures }: Episode): number =>
  pending.some(({ type }) => type === 'start-incident')
    ? LEASE_SECONDS
    : Math.min(LEASE_SECONDS * 2 ** failures, LONGEST_BACKOFF_SECONDS)

function incidentDueAt(episode: Episode, now: Date): Date | undefined {
  const { incident } = episode
  if (!incident?.arn) return undefined
  if (incident.pageAnew || incident.raise) return now
  if (quietSince(episode) && !incident.pagingStopped) return later(now, incident.resolveNotBefore ?? now)
  const escalations = quietSince(episode)
    ? []
    : incident.rule.escalate.map((escalation, index) => escalationDueAt(incident, escalation, index))
  const instants = [resolveDueAt(episode), incident.nextAuditAt, pageCheckDueAt(episode), ...escalations]
  return earliest(instants.filter((instant) => instant !== undefined))
}
