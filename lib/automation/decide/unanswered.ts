// An incident that was paged for and that nobody answers: when the last resort is told of it, whatever has left.
import { plusSeconds } from '../../aws/instants.ts'
import { UNANSWERED } from '../rules/rules.ts'
import type { TellLastResort } from './command.ts'
import type { Episode, Incident } from './episode.ts'
import { quietSince } from './subjects.ts'
import { type Facts, isDue } from './facts.ts'
import { firingNames, minutesSince, namesOf, noteOfPaging } from './notes.ts'

export const UNANSWERED_AGAIN_SECONDS = 3600

/** What one message of a sweep says of one incident. */
export interface Unanswered {
  readonly key: string
  readonly incidentArn: string
  /** What fires, and what the incident is called. */
  readonly names: string
  readonly title: string
  readonly impact: number
  readonly rule: string
  readonly since: Date
}

/**
 * When to look whether somebody has answered: a text that a service accepts and drops looks like one that left. Undefined
 * where somebody has, where the rule does not ask, while nobody is meant to be paged (all has recovered), while nobody has
 * been (which is told as that), and where PagerDuty pages: what is answered there is not known here.
 */
export function unansweredDueAt(episode: Episode): Date | undefined {
  const { incident } = episode
  if (!incident?.arn || incident.acknowledgements.length || incident.nextPageCheckAt || incident.pagedElsewhere)
    return undefined
  const { rule, pagingSince, unanswered, firedAt } = incident
  const asked = rule.unanswered ?? UNANSWERED
  if (asked === 'never') return undefined
  const due = unanswered?.lookAt ?? plusSeconds(pagingSince, asked.afterSeconds)
  // One that comes and goes between two sweeps has fired all the same.
  return quietSince(episode) && firedAt < due ? undefined : due
}

/** Marks what is to be told by this sweep; what is not bad enough is looked at again in an hour. */
export function checkUnanswered(episode: Episode, { incident: { impact } }: Facts, now: Date): Episode {
  const { incident } = episode
  if (!incident || !isDue(unansweredDueAt(episode), now) || incident.unanswered?.isToTell) return episode
  const asked = incident.rule.unanswered ?? UNANSWERED
  const isToTell = asked !== 'never' && impact <= asked.impact
  const lookAt = isToTell ? now : plusSeconds(now, UNANSWERED_AGAIN_SECONDS)
  return { ...episode, incident: { ...incident, unanswered: { isToTell, lookAt } } }
}

/** What is to be told of this episode; undefined where nothing is. */
export function unansweredOf(episode: Episode, { title, impact }: Facts['incident']): Unanswered | undefined {
  const { incident, key } = episode
  if (!incident?.arn || !incident.unanswered?.isToTell || !unansweredDueAt(episode)) return undefined
  const names = firingNames(episode) || namesOf(episode)
  return { key, incidentArn: incident.arn, names, title, impact, rule: incident.rule.id, since: incident.pagingSince }
}

/** The last resort was told. Undefined where that has been written already, or is no longer about this incident. */
export function asTold(episode: Episode, { incidentArn, since }: Unanswered, now: Date): Episode | undefined {
  const { incident } = episode
  if (!incident?.unanswered?.isToTell || incident.arn !== incidentArn) return undefined
  const lookAt = plusSeconds(now, UNANSWERED_AGAIN_SECONDS)
  const told: Incident = { ...incident, unanswered: { isToTell: false, lookAt } }
  const message = `Nobody has answered for ${minutesSince(since, now)}: the last resort was told`
  return noteOfPaging({ ...episode, incident: told }, `unanswered/${now.toISOString()}`, now, message)
}

/** SNS takes 256 KB; nobody reads more than this. */
const MAX_LINES = 100

/** One message for all; the worst first. */
export function unansweredMessage(all: readonly Unanswered[], now: Date): TellLastResort {
  const sorted = all.toSorted((a, b) => a.impact - b.impact || a.since.getTime() - b.since.getTime())
  const [worst] = sorted
  const subject =
    sorted.length === 1 ? `NOBODY HAS ANSWERED for ${worst?.names}` : `NOBODY HAS ANSWERED ${sorted.length} INCIDENTS`
  const lines = sorted
    .slice(0, MAX_LINES)
    .map(
      ({ names, title, impact, rule, since, incidentArn }) =>
        `- ${names} (${title}, impact ${impact}, rule ${rule}), for ${minutesSince(since, now)}: ${incidentArn}`,
    )
  const more = sorted.length > MAX_LINES ? [`- and ${sorted.length - MAX_LINES} more`] : []
  return {
    type: 'tell-last-resort',
    key: `unanswered/${now.toISOString()}`,
    reason: subject,
    subject,
    message: [
      'Pages have left, but nobody has answered:',
      ...lines,
      ...more,
      'A text that a carrier or a spending limit drops looks as if it had left. Tocsin tells this topic every hour until somebody answers, or the alarm recovers.',
    ].join('\n'),
  }
}
