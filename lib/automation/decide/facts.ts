// What the incident manager says of an incident, as far as a decision needs to know; and which decision needs what.
import { escalationDueAt, pageCheckDueAt, resolveDueAt } from './due.ts'
import type { Episode } from './episode.ts'
import { quietSince } from './subjects.ts'
import type { AlarmTruths } from './truth.ts'
import { unansweredDueAt } from './unanswered.ts'

/** What the incident manager says of an incident; `GONE` when somebody deleted it. */
export type IncidentStatus = 'OPEN' | 'RESOLVED' | 'GONE'

export interface IncidentFacts {
  readonly status: IncidentStatus
  readonly title: string
  readonly impact: number
  /** What set it off, as its record says. */
  readonly source?: string
  /** What set it off, where it was not a person. */
  readonly resourceArn?: string
  readonly lastModifiedBy?: string
}

export interface PagerDuty {
  readonly service: string
  readonly called: boolean
}

export interface Facts {
  readonly incident: IncidentFacts
  /** Engagements of the incident that still run. */
  readonly running: readonly { readonly arn: string; readonly contactArn: string }[]
  /** Pages that nobody has accepted. */
  readonly openPages: readonly { readonly arn: string; readonly contactArn: string }[]
  readonly acknowledgements: readonly { readonly contactArn: string; readonly at: Date }[]
  /** Who was paged by an engagement of whom, and how long after its first page. */
  readonly paged: readonly {
    readonly contactArn: string
    readonly engagedArn: string
    readonly afterSeconds: number
  }[]
  /** Whether anybody has been paged, and who is engaged; absent when nobody has looked. */
  readonly paging?: { readonly paged: boolean; readonly engaged: readonly string[] }
  /** Where the plan engages nobody but a PagerDuty service: which, and whether the incident manager has called it. */
  readonly pagerDuty?: PagerDuty
  /** Whether another key of the same incident still fires. */
  readonly anotherFires: boolean
  /** Whom the response plan engages. */
  readonly planContacts: readonly string[]
  /** What CloudWatch says of the alarms of the episode. */
  readonly alarms: AlarmTruths
}

/** What to ask for before `decideTick`; the rest of the facts may be empty. */
export interface Needs {
  readonly running: boolean
  readonly pages: boolean
  readonly paging: boolean
  readonly pagerDuty: boolean
  readonly others: boolean
  readonly plan: boolean
}

export function needsOf(episode: Episode, now: Date): Needs {
  const { incident } = episode
  const resolve = isDue(resolveDueAt(episode), now)
  const stop = quietSince(episode) !== undefined && incident?.pagingStopped === false
  const anew =
    (incident?.pageAnew === true && (incident.pageAnewNotBefore ?? now) <= now) || incident?.raise !== undefined
  const escalate = incident?.rule.escalate.some((each, index) => isDue(escalationDueAt(incident, each, index), now))
  return {
    running: resolve || stop || anew,
    pages: anew || escalate === true || isDue(unansweredDueAt(episode), now),
    paging: isDue(pageCheckDueAt(episode), now),
    pagerDuty: isDue(incident?.planLookAt, now),
    others: resolve || stop,
    plan: anew,
  }
}

export const isDue = (instant: Date | undefined, now: Date): boolean => instant !== undefined && instant <= now
