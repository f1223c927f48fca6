// An episode: one dedupe key from its first firing until its incident is resolved, as it is stored.
import type { Rule } from '../rules/rules.ts'
import type { AlarmStateValue } from '../sources/signal.ts'
import type { Command, StartIncident } from './command.ts'
import type { Refire } from './refire.ts'

export type SubjectState = AlarmStateValue | 'DELETED'

/** The last state of an alarm (or of what an event is about), by CloudWatch's own order. */
export interface Subject {
  readonly name: string
  /** The ARN of the alarm that it is, or whose contributor it is; absent for other events, and from earlier versions. */
  readonly alarm?: string
  /** CloudWatch describes its alarm when it is asked: it has, or the alarm's own event says of which type it is. */
  readonly listed?: boolean
  readonly state: SubjectState
  readonly at: Date
  /** As the event states it, where that is so far ahead that `at` is an earlier instant. */
  readonly statedAt: Date
  /** Its actions are suppressed or disabled, or it is muted. */
  readonly held?: boolean
  /** Of a series: when it last went to ALARM. */
  readonly failedAt?: Date
}

/** What would be opened if something fires. */
export interface Firing {
  readonly rule: Rule
  readonly start: Omit<StartIncident, 'key'>
  /** The instant of the change to ALARM. */
  readonly at: Date
  /** How long one evaluation period of its alarm is, where that is known. */
  readonly periodSeconds?: number
}

/** Why nobody is told of a firing yet. */
export type HeldWhy = 'suppressed' | 'muted' | 'disabled'

/** A firing that nobody is told of yet, because its alarm is suppressed or muted, or its actions are disabled. */
export interface HeldFiring extends Firing {
  readonly why: HeldWhy
  /** When to look at it again. */
  readonly lookAt: Date
  /** Since when all of an open incident was quiet before this. */
  readonly quietSince?: Date
  /** Since when it is held; when the last resort was told that it is. */
  readonly heldSince?: Date
  readonly toldAt?: Date
}

/** A change that has happened, as the timeline will tell it. */
export interface Change {
  /** The same change by any road has the same. */
  readonly key: string
  readonly at: Date
  readonly data: Readonly<Record<string, unknown>> & { readonly message: string }
}

/** How often an escalation has been done, and when last. */
export interface Climbed {
  readonly times: number
  readonly at?: Date
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
  /** Since when somebody is paged and nobody answers: escalation counts from here, however often it fires again. */
  readonly pagingSince: Date
  /** The engagements were stopped because the alarm recovered; a new firing pages anew. */
  readonly pagingStopped: boolean
  /** A new firing waits for the sweep to page anew. */
  readonly pageAnew: boolean
  /** People only. */
  readonly acknowledgements: readonly { readonly contactArn: string; readonly at: Date }[]
  /** Where it fired again after a rest, more of it fails, or it was opened again: what was answered before then is no answer. */
  readonly answersSince?: Date
  /** How far each escalation of the rule has been climbed since then. */
  readonly climbed: readonly Climbed[]
  readonly relatedItemsAdded: readonly string[]
  /** Which related items it has from us, and how many of them by joins. Absent where an earlier version opened it. */
  readonly items?: { readonly known: readonly string[]; readonly joined: number }
  /** Paging anew waits until then, and says which series began to fail. */
  readonly pageAnewNotBefore?: Date
  readonly newSeries?: readonly string[]
  /** A human started it, so only a human resolves it. */
  readonly keepOpen: boolean
  /** Somebody else opened it and the sweep adopted it: no alarm tells of it. */
  readonly declared?: true
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
  /** Why the impact was raised, until it is paged anew for that. */
  readonly raisedWhy?: string
  /** When to look whether anybody has been paged; absent once somebody has been. */
  readonly nextPageCheckAt?: Date
  /** What it was opened with (but for the event itself), and how long a period of its alarm is: for opening it again. */
  readonly start?: Omit<StartIncident, 'key'>
  readonly periodSeconds?: number
  /** How often an incident of this same firing was resolved before. */
  readonly refires?: number
  /** Nobody answers: whether the last resort is to be told of it now, and when to look again. */
  readonly unanswered?: { readonly isToTell: boolean; readonly lookAt: Date }
  /** When to look whether the plan leaves paging to somebody else; absent once that is known. */
  readonly planLookAt?: Date
  /** PagerDuty was called for it, and nobody else is engaged. */
  readonly pagedElsewhere?: boolean
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
  /** Somebody resolved the incident before while it fired. */
  readonly refire?: Refire
  /** Changes that are known while no incident is open: those shortly before an opening go onto its timeline. */
  readonly unplaced: readonly Change[]
  /** By subject. */
  readonly held: Readonly<Record<string, HeldFiring>>
  /** Whether the actions of alarms are enabled, as events have told, of those whose were once disabled; by the alarm's ARN. */
  readonly actions: Readonly<Record<string, { readonly at: Date; readonly enabled: boolean }>>
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
  actions: {},
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
/** Where nothing says when a held firing is let go, CloudWatch is asked so often. */
export const LOOK_AGAIN_SECONDS = 300
/** The last resort is told again so often. */
export const TOLD_AGAIN_SECONDS = 900
