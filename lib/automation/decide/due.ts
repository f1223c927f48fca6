// When something is due of an episode: each instant follows from its state, and the sweep looks at the earliest of them.
import { plusSeconds } from '../../aws/instants.ts'
import type { Escalation } from '../rules/rules.ts'
import type { Command } from './command.ts'
import { type Episode, type Incident, TOLD_AGAIN_SECONDS } from './episode.ts'
import { isNote } from './pending.ts'
import { quietSince } from './subjects.ts'
import { unansweredDueAt } from './unanswered.ts'

/** So long after it was opened somebody must have been paged: a first try that fails is made again within a minute. */
const PAGED_WITHIN_SECONDS = 90
/** How long a run may take before others finish what it claimed. */
export const LEASE_SECONDS = 30
const LONGEST_BACKOFF_SECONDS = 900
/** An escalation is done by a sweep, so late by up to this much: that is no reason to put off the next. */
const SWEEP_SECONDS = 60
const NEVER_RESOLVED_RESTS_SECONDS = 600

const later = (a: Date, b: Date): Date => (a >= b ? a : b)
const earliest = (instants: readonly Date[]): Date | undefined =>
  instants.reduce<Date | undefined>((first, instant) => (first && first <= instant ? first : instant), undefined)

/** When the rule wants the incident resolved, if nothing fires until then. */
export function resolveDueAt(episode: Episode): Date | undefined {
  const since = quietSince(episode)
  const { incident } = episode
  if (!since || !incident || incident.keepOpen || incident.rule.resolve.mode === 'never') return undefined
  const due = plusSeconds(since, incident.rule.resolve.afterSeconds)
  return incident.resolveNotBefore ? later(due, incident.resolveNotBefore) : due
}

/**
 * When this escalation is due next; undefined when it has been done as often as the rule says or somebody answered. What
 * was done late (all was OK, or no sweep ran) is not followed at once by what is due after it.
 */
export function escalationDueAt(
  { acknowledgements, pagingSince, climbed }: Incident,
  { unacknowledgedForSeconds: every, repeat }: Escalation,
  index: number,
): Date | undefined {
  const { times, at } = climbed[index] ?? { times: 0 }
  if (acknowledgements.length || times >= repeat) return undefined
  const due = plusSeconds(pagingSince, every * (times + 1))
  return at ? later(due, plusSeconds(at, every - SWEEP_SECONDS)) : due
}

/** How long all must have been quiet for a firing to count from its own beginning: what the rule says of a resolve. */
export const restsAfterSeconds = ({ rule: { resolve }, keepOpen }: Incident): number =>
  resolve.mode === 'never' || keepOpen ? NEVER_RESOLVED_RESTS_SECONDS : resolve.afterSeconds

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
  const retryAt = episode.pending.length ? plusSeconds(now, retryAfterSeconds(episode)) : undefined
  if (!episode.pending.every(isNote)) return retryAt
  const looks = Object.values(episode.held).map(({ lookAt }) => lookAt)
  const instants = [retryAt, ...looks, episode.refire?.dueAt, incidentDueAt(episode, now)]
  return earliest(instants.filter((instant) => instant !== undefined))
}

/** What is not opened yet is tried by every sweep; anything else waits longer each time. */
const retryAfterSeconds = ({ pending, failures }: Episode): number =>
  pending.some(({ type }) => type === 'start-incident')
    ? LEASE_SECONDS
    : Math.min(LEASE_SECONDS * 2 ** failures, LONGEST_BACKOFF_SECONDS)

function incidentDueAt(episode: Episode, now: Date): Date | undefined {
  const { incident } = episode
  if (!incident?.arn) return undefined
  if (incident.raise) return now
  if (incident.pageAnew) return later(now, incident.pageAnewNotBefore ?? now)
  if (quietSince(episode) && !incident.pagingStopped) return later(now, incident.resolveNotBefore ?? now)
  const escalations = quietSince(episode)
    ? []
    : incident.rule.escalate.map((escalation, index) => escalationDueAt(incident, escalation, index))
  const instants = [
    resolveDueAt(episode),
    incident.nextAuditAt,
    incident.planLookAt,
    pageCheckDueAt(episode),
    unansweredDueAt(episode),
    ...escalations,
  ]
  return earliest(instants.filter((instant) => instant !== undefined))
}
