// What an episode holds after the clock was put back: what is past has been, and what is due waits no longer than its step is long.
import { earlier, plusSeconds } from '../../aws/instants.ts'
import { LEASE_SECONDS, pagedBy } from './due.ts'
import { AUDIT_EVERY_SECONDS, type Episode, type Incident } from './episode.ts'
import { COVERS_SECONDS } from './new-series.ts'
import type { Refire } from './refire.ts'
import { UNANSWERED_AGAIN_SECONDS } from './unanswered.ts'

/** No event is taken to be further ahead than this (change.ts). */
const AHEAD_SECONDS = 300
/** What is told from now on must not be older than what a clock that was ahead has told. */
const JUST_BEFORE_SECONDS = 60

/** On a clock that only goes on it changes nothing. */
export function afterClockWentBack(episode: Episode, now: Date): Episode {
  const { leases, subjects, held, incident, previous, refire } = episode
  const latestLease = plusSeconds(now, LEASE_SECONDS).getTime()
  const latestLook = plusSeconds(now, AHEAD_SECONDS)
  return {
    ...episode,
    leases: mapped(leases, (until) => Math.min(until, latestLease)),
    subjects: mapped(subjects, (subject) => ({ ...subject, at: happened(subject.at, now) })),
    // A mute window ends when CloudWatch says; what holds an alarm back otherwise is looked at every so often.
    held: mapped(held, (firing) =>
      firing.why === 'muted' ? firing : { ...firing, lookAt: earlier(firing.lookAt, latestLook) },
    ),
    ...(incident ? { incident: incidentFrom(incident, now) } : {}),
    ...(refire ? { refire: refireFrom(refire, now) } : {}),
    ...(previous ? { previous: { ...previous, endedAt: happened(previous.endedAt, now) } } : {}),
  }
}

function incidentFrom(incident: Incident, now: Date): Incident {
  const { nextPageCheckAt, planLookAt, resolveNotBefore, lastResort, trouble } = incident
  const { climbed, unanswered, answersSince, pageAnewNotBefore } = incident
  const nextAuditAt = plusSeconds(now, AUDIT_EVERY_SECONDS)
  return {
    ...incident,
    openedAt: happened(incident.openedAt, now),
    firedAt: happened(incident.firedAt, now),
    pagingSince: earlier(incident.pagingSince, now),
    climbed: climbed.map(({ times, at }) => ({ times, ...(at ? { at: earlier(at, now) } : {}) })),
    ...(unanswered
      ? {
          unanswered: { ...unanswered, lookAt: earlier(unanswered.lookAt, plusSeconds(now, UNANSWERED_AGAIN_SECONDS)) },
        }
      : {}),
    ...(answersSince ? { answersSince: earlier(answersSince, now) } : {}),
    ...(pageAnewNotBefore ? { pageAnewNotBefore: earlier(pageAnewNotBefore, plusSeconds(now, COVERS_SECONDS)) } : {}),
    nextAuditAt: earlier(incident.nextAuditAt, nextAuditAt),
    ...(nextPageCheckAt ? { nextPageCheckAt: earlier(nextPageCheckAt, pagedBy(now).nextPageCheckAt) } : {}),
    ...(planLookAt ? { planLookAt: earlier(planLookAt, plusSeconds(now, 1)) } : {}),
    ...(resolveNotBefore ? { resolveNotBefore: earlier(resolveNotBefore, nextAuditAt) } : {}),
    ...(lastResort ? { lastResort: { ...lastResort, toldAt: earlier(lastResort.toldAt, now) } } : {}),
    ...(trouble ? { trouble: { ...trouble, failingSince: earlier(trouble.failingSince, now) } } : {}),
  }
}

/** It opens again no later than that much after now. */
function refireFrom(refire: Refire, now: Date): Refire {
  const { resolvedAt, dueAt } = refire
  const waits = dueAt && new Date(now.getTime() + dueAt.getTime() - resolvedAt.getTime())
  return {
    ...refire,
    resolvedAt: earlier(resolvedAt, now),
    ...(dueAt && waits ? { dueAt: earlier(dueAt, waits) } : {}),
  }
}

const happened = (at: Date, now: Date): Date =>
  at > plusSeconds(now, AHEAD_SECONDS) ? plusSeconds(now, -JUST_BEFORE_SECONDS) : at

const mapped = <T>(members: Readonly<Record<string, T>>, map: (member: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, map(member)]))
