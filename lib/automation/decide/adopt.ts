// Open incidents that the automation did not open: which of them the sweep looks after from now on, and how.
import { justAfter, MINUTE_MS } from '../../aws/instants.ts'
import type { Rule, Rules } from '../rules/rules.ts'
import type { StartIncident, TellLastResort } from './command.ts'
import { pagedBy } from './due.ts'
import type { Episode } from './episode.ts'
import { quietSince } from './subjects.ts'
import { note } from './notes.ts'
import { withCommands } from './pending.ts'
import { freshIncident } from './timeline.ts'

/** An open incident as the incident manager lists it. */
export interface OpenIncident {
  readonly arn: string
  /** The ARN of its response plan. */
  readonly plan: string
  readonly title: string
  readonly createdAt: Date
  readonly source: string
  /** What set it off, where it was not a person. */
  readonly resourceArn?: string
  readonly createdBy?: string
}

/** One that was found so late has had its plan's pages long ago: its plan is engaged anew. */
const LATE_MS = 15 * MINUTE_MS

/** Whether this episode looks after the incident: one that a person started is not looked after by an alarm that is over. */
export const owns = (episode: Episode, arn: string): boolean =>
  episode.incident?.arn === arn && !(episode.incident.keepOpen && quietSince(episode))

/** Whether the episode may be starting this very incident just now: its ARN is confirmed by the next try. */
export const mayStart = ({ pending }: Episode, incident: OpenIncident, planArn: (plan: string) => string): boolean =>
  pending.some(
    (command) =>
      command.type === 'start-incident' &&
      plansOf(command).map(planArn).includes(incident.plan) &&
      command.trigger.arn === incident.resourceArn &&
      (command.title === undefined || command.title === incident.title),
  )

const plansOf = ({ plan, otherPlan }: StartIncident): string[] => (otherPlan === undefined ? [plan] : [plan, otherPlan])

/** The plans that rules and defaults name, as they name them. */
export const namedPlans = ({ rules, otherwise }: Rules): string[] => [
  ...new Set([...rules, otherwise].map(({ open }) => open.plan)),
]

/** A person's start says nothing of what set it off. */
export const isByHand = ({ source, resourceArn }: OpenIncident): boolean =>
  source === 'aws.ssm-incidents.custom' && resourceArn === undefined

/**
 * `endedAt`: when the automation last saw the incident end, where it did. Escalates as `defaults` say, with the incident's
 * own plan; only a person resolves it. Undefined when it is looked after already.
 */
export function adopt(
  before: Episode,
  found: OpenIncident,
  defaults: Rule,
  endedAt: Date | undefined,
  now: Date,
): Episode | undefined {
  if (before.incident) return undefined
  const { arn, title, createdAt, source } = found
  const isLate = endedAt !== undefined || now.getTime() - createdAt.getTime() > LATE_MS
  const since = isLate ? now : createdAt
  const rule = { ...defaults, open: { ...defaults.open, plan: found.plan } }
  const adopted: Episode = {
    ...before,
    number: before.number + 1,
    subjects: { [arn]: { name: title || arn, state: 'ALARM', at: createdAt, statedAt: createdAt } },
    incident: {
      ...freshIncident(rule, source, createdAt, now),
      arn,
      pagingSince: since,
      pageAnew: isLate,
      keepOpen: true,
      declared: true,
      ...(endedAt ? { answersSince: justAfter(endedAt) } : {}),
      planLookAt: now,
      ...pagedBy(since),
    },
  }
  const how = endedAt ? 'Opened again' : `Declared by ${found.createdBy ?? 'somebody else'}`
  const message = `${how}: Tocsin escalates it as the defaults of its rules say until somebody answers; a person resolves it`
  return note(adopted, 'adopted', now, { message })
}

/** Tells once that nobody looks after it. Undefined when that was told. */
export function report(before: Episode, found: OpenIncident, now: Date): Episode | undefined {
  if (before.incident || before.previous) return undefined
  const { arn, plan, title, createdAt, createdBy } = found
  const command: TellLastResort = {
    type: 'tell-last-resort',
    key: `${before.key}/not-adopted`,
    reason: `No rule names the plan of ${title}`,
    subject: `NOT ESCALATED BY TOCSIN: ${title}`,
    message: [
      `${title} was declared at ${createdAt.toISOString()} by ${createdBy ?? 'somebody else'}, by a response plan that no rule names: ${plan}.`,
      'That plan pages as it says; Tocsin escalates it to nobody, and will not tell that nobody has answered.',
      'To have Tocsin look after such incidents: name the plan in rules.yml, or deploy with declared=adopt. This is told once.',
      arn,
    ].join('\n'),
  }
  return withCommands({ ...before, previous: { arn, number: before.number, endedAt: now } }, [command])
}

/** When an episode last saw this incident end. One that was only reported has never been looked after. */
export const endOf = ({ previous, number }: Episode, arn: string): Date | undefined =>
  previous?.arn === arn && number > 0 ? previous.endedAt : undefined
