// What is due for an open incident: page anew, stop paging after a recovery, escalate, resolve, notice that it is over.
import { plusSeconds } from '../../aws/instants.ts'
import { heard } from './decide-signal.ts'
import { pageCheckDueAt, resolveDueAt } from './due.ts'
import { AUDIT_EVERY_SECONDS, type Episode, type Incident } from './episode.ts'
import { quietSince } from './subjects.ts'
import { type Facts, type IncidentFacts, isDue } from './facts.ts'
import { decideEscalations } from './escalate.ts'
import { nobodyPaged } from './last-resort.ts'
import { enumerated, firingNames, note, noteOfPaging, stopAll } from './notes.ts'
import { decidePageAnew } from './page-anew.ts'
import { checkPagerDuty } from './pager-duty.ts'
import { refireAfter, refireSentence } from './refire.ts'
import { withCommands } from './pending.ts'
import { raise } from './raise.ts'
import { endIncident } from './timeline.ts'
import { untold, withListed } from './truth.ts'
import { checkUnanswered } from './unanswered.ts'

/** Undefined when the episode has no incident that could have something due. */
export function decideTick(before: Episode, facts: Facts, now: Date): Episode | undefined {
  if (!before.incident?.arn) return undefined
  if (facts.incident.status !== 'OPEN') return over(before, facts, now)
  const answered = withAcknowledgements(before, facts.acknowledgements)
  const steps = [
    audit,
    raise,
    checkPagerDuty,
    decidePageAnew,
    stopPaging,
    checkPaged,
    checkUnanswered,
    decideEscalations,
    resolve,
  ]
  return steps.reduce((episode, step) => step(episode, facts, now), answered)
}

/** Whether the incident is still open has been asked already; what its alarms are doing is compared with what they told. */
function audit(episode: Episode, facts: Facts, now: Date): Episode {
  if (!isDue(episode.incident?.nextAuditAt, now)) return episode
  const told = untold(episode, facts.alarms, now).reduce((known, change) => heard(known, change, now), episode)
  return changed(withListed(told, facts.alarms), { nextAuditAt: plusSeconds(now, AUDIT_EVERY_SECONDS) })
}

const changed = (episode: Episode, incident: Partial<Incident>): Episode =>
  episode.incident ? { ...episode, incident: { ...episode.incident, ...incident } } : episode

/** Somebody else resolved or deleted it: nobody is paged for it any more, unless its alarms go on firing for long. */
export function over(episode: Episode, facts: Pick<Facts, 'incident' | 'running'>, now: Date): Episode {
  const { incident } = episode
  if (!incident) return episode
  const { status, lastModifiedBy } = facts.incident
  const who = lastModifiedBy ? ` by ${lastModifiedBy}` : ''
  const what = status === 'GONE' ? 'The incident was deleted' : `The incident was resolved${who}`
  const stopped = withCommands(episode, stopAll(episode, facts.running, what))
  const refire = refireAfter(episode, incident, facts.incident, now)
  const message = refire
    ? `${what} ${refireSentence(refire, firingNames(episode))}`
    : incident.declared
      ? `${what}: nobody is paged for it any more`
      : quietSince(episode)
        ? `${what}; every alarm had recovered`
        : what
  const told = status === 'GONE' ? stopped : note(stopped, 'resolved-by-other', now, { message })
  return { ...endIncident(told, now, status === 'GONE' ? status : 'RESOLVED'), ...(refire ? { refire } : {}) }
}

export function withAcknowledgements(episode: Episode, acknowledgements: Incident['acknowledgements']): Episode {
  const { acknowledgements: known = [], answersSince } = episode.incident ?? {}
  const fresh = acknowledgements.filter(
    ({ contactArn, at }) =>
      !known.some((each) => each.contactArn === contactArn) && (!answersSince || at >= answersSince),
  )
  return fresh.length ? changed(episode, { acknowledgements: [...known, ...fresh] }) : episode
}

function stopPaging(episode: Episode, facts: Facts, now: Date): Episode {
  const since = quietSince(episode)
  if (!since || !episode.incident || episode.incident.pagingStopped) return episode
  // Why it was to be paged anew is over with it: what fires next has reasons of its own.
  const { pageAnewNotBefore: _, newSeries: _more, raisedWhy: _why, ...incident } = episode.incident
  const quiet: Episode = { ...episode, incident: { ...incident, pageAnew: false } }
  if (facts.anotherFires) return changed(quiet, { resolveNotBefore: plusSeconds(now, AUDIT_EVERY_SECONDS) })
  const done = changed(quiet, { pagingStopped: true })
  if (!facts.running.length) return done
  const message = `Paging stopped: ${recovered(episode, since)}`
  const stopped = withCommands(done, stopAll(episode, facts.running, message))
  return noteOfPaging(stopped, `recovered/${since.toISOString()}`, now, message)
}

function recovered(episode: Episode, since: Date): string {
  const words = Object.values(episode.subjects).map(
    ({ name, state }) => `${name} ${state === 'DELETED' ? 'was deleted' : 'is OK'}`,
  )
  return `${enumerated(words)} since ${since.toISOString()}`
}

/** An incident that is open and has paged nobody; once a page was seen, nobody looks any more. */
function checkPaged(episode: Episode, { paging }: Facts, now: Date): Episode {
  const { incident } = episode
  if (!incident || !paging || !isDue(pageCheckDueAt(episode), now)) return episode
  if (!paging.paged) return nobodyPaged(episode, incident, paging.engaged, now)
  const { nextPageCheckAt: _, ...known } = incident
  return { ...episode, incident: known }
}

function resolve(episode: Episode, facts: Facts, now: Date): Episode {
  const since = quietSince(episode)
  const { incident } = episode
  if (!since || !incident?.arn || !isDue(resolveDueAt(episode), now)) return episode
  if (facts.anotherFires) return changed(episode, { resolveNotBefore: plusSeconds(now, AUDIT_EVERY_SECONDS) })
  if (startedByHuman(incident, facts.incident)) {
    const message = `${recovered(episode, since)}; left open, because a human started this incident`
    return note(changed(episode, { keepOpen: true }), 'left-open', now, { message })
  }
  const message = `Resolved by Tocsin: ${recovered(episode, since)}`
  const stop = stopAll(episode, facts.running, message)
  const told = note(withCommands(episode, stop), `resolve/${since.toISOString()}`, now, { message })
  const key = `${episode.key}/${episode.number}/resolve/${since.toISOString()}/status`
  return withCommands(told, [
    { type: 'update-incident', key, reason: message, incidentArn: incident.arn, status: 'RESOLVED' },
  ])
}

/** The record says what set it off: a start by hand, or by something else than what opened this episode. */
const startedByHuman = (incident: Incident, { source, resourceArn }: IncidentFacts): boolean =>
  source === 'aws.ssm-incidents.custom' ? resourceArn === undefined : source !== undefined && source !== incident.source
