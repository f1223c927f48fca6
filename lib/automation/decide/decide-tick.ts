// What is due for an open incident: page anew, stop paging after a recovery, escalate, resolve, notice that it is over.
import { plusSeconds } from '../../aws/instants.ts'
import type { Command } from './command.ts'
import { heard } from './decide-signal.ts'
import {
  AUDIT_EVERY_SECONDS,
  type Episode,
  escalationDueAt,
  type Incident,
  pageCheckDueAt,
  quietSince,
  resolveDueAt,
} from './episode.ts'
import { type Facts, type IncidentFacts, isDue } from './facts.ts'
import { nobodyPaged, nobodyToPage } from './last-resort.ts'
import { firingNames, minutesSince, nameOf, note, noteOfPaging, pageText, stopAll } from './notes.ts'
import { withCommands } from './pending.ts'
import { raise } from './raise.ts'
import { endIncident } from './timeline.ts'
import { untold } from './truth.ts'

/** Undefined when the episode has no incident that could have something due. */
export function decideTick(before: Episode, facts: Facts, now: Date): Episode | undefined {
  if (!before.incident?.arn) return undefined
  if (facts.incident.status !== 'OPEN') return over(before, facts, now)
  const answered = withAcknowledgements(before, facts.acknowledgements)
  const steps = [audit, raise, pageAnew, stopPaging, checkPaged, escalate, resolve]
  return steps.reduce((episode, step) => step(episode, facts, now), answered)
}

/** Whether the incident is still open has been asked already; what its alarms are doing is compared with what they told. */
function audit(episode: Episode, facts: Facts, now: Date): Episode {
  if (!isDue(episode.incident?.nextAuditAt, now)) return episode
  const told = untold(episode, facts.alarms, now).reduce((known, change) => heard(known, change, now), episode)
  return changed(told, { nextAuditAt: plusSeconds(now, AUDIT_EVERY_SECONDS) })
}

const changed = (episode: Episode, incident: Partial<Incident>): Episode =>
  episode.incident ? { ...episode, incident: { ...episode.incident, ...incident } } : episode

/** Somebody else resolved or deleted it: nobody is paged for it any more, and the next firing opens a new one. */
export function over(episode: Episode, facts: Pick<Facts, 'incident' | 'running'>, now: Date): Episode {
  const { status, lastModifiedBy } = facts.incident
  const who = lastModifiedBy ? ` by ${lastModifiedBy}` : ''
  const what = status === 'GONE' ? 'The incident was deleted' : `The incident was resolved${who}`
  const stopped = withCommands(episode, stopAll(episode, facts.running, what))
  const fires = quietSince(episode) === undefined
  const message = fires
    ? `${what} while ${firingNames(episode)} still fires: the next firing opens a new incident`
    : `${what}; every alarm had recovered`
  const told = status === 'GONE' ? stopped : note(stopped, 'resolved-by-other', now, { message })
  return endIncident(told, now, status === 'GONE' ? status : 'RESOLVED')
}

export function withAcknowledgements(episode: Episode, acknowledgements: Incident['acknowledgements']): Episode {
  const { acknowledgements: known = [], raisedAt } = episode.incident ?? {}
  const fresh = acknowledgements.filter(
    ({ contactArn, at }) => !known.some((each) => each.contactArn === contactArn) && !(raisedAt && at < raisedAt),
  )
  return fresh.length ? changed(episode, { acknowledgements: [...known, ...fresh] }) : episode
}

function pageAnew(episode: Episode, facts: Facts, now: Date): Episode {
  const { incident } = episode
  if (!incident?.arn || !incident.pageAnew) return episode
  const done = changed(episode, { pageAnew: false })
  if (incident.acknowledgements.length) return done
  const why = `${firingNames(episode)} fires again and nobody has acknowledged`
  if (!facts.planContacts.length) return nobodyToPage(done, { ...incident, pageAnew: false }, why, now)
  const arn = incident.arn
  const since = incident.pagingSince.toISOString()
  const start = facts.planContacts.map((contact): Command => ({
    type: 'start-engagement',
    key: `${episode.key}/${episode.number}/page-anew/${since}/${contact}`,
    reason: why,
    incidentArn: arn,
    contact,
    ...pageText(`Fires again: ${facts.incident.title}`, why, arn, facts.incident),
  }))
  const message = `Paging anew: ${why}`
  const paged = withCommands(done, [...stopAll(episode, facts.running, message), ...start])
  return noteOfPaging(paged, `page-anew/${since}`, now, message)
}

function stopPaging(episode: Episode, facts: Facts, now: Date): Episode {
  const since = quietSince(episode)
  if (!since || !episode.incident || episode.incident.pagingStopped) return episode
  if (facts.anotherFires) return changed(episode, { resolveNotBefore: plusSeconds(now, AUDIT_EVERY_SECONDS) })
  const done = changed(episode, { pagingStopped: true, pageAnew: false })
  if (!facts.running.length) return done
  const message = `Paging stopped: ${recovered(episode, since)}`
  const stopped = withCommands(done, stopAll(episode, facts.running, message))
  return noteOfPaging(stopped, `recovered/${since.toISOString()}`, now, message)
}

function recovered(episode: Episode, since: Date): string {
  const names = Object.values(episode.subjects).map(
    ({ name, state }) => `${name} ${state === 'DELETED' ? 'was deleted' : 'is OK'}`,
  )
  return `${names.join(', ')} since ${since.toISOString()}`
}

/** An incident that is open and has paged nobody; once a page was seen, nobody looks any more. */
function checkPaged(episode: Episode, { paging, incident: record }: Facts, now: Date): Episode {
  const { incident } = episode
  if (!incident || !paging || !isDue(pageCheckDueAt(episode), now)) return episode
  if (!paging.paged && !startedByHuman(incident, record)) return nobodyPaged(episode, incident, paging.engaged, now)
  const { nextPageCheckAt: _, ...known } = incident
  return { ...episode, incident: known }
}

function escalate(before: Episode, facts: Facts, now: Date): Episode {
  if (quietSince(before)) return before
  return (before.incident?.rule.escalate ?? []).reduce((episode, escalation, index) => {
    const { incident } = episode
    if (!incident?.arn || !isDue(escalationDueAt(incident, escalation, index), now)) return episode
    const times = (incident.escalated[index] ?? 0) + 1
    const why = `nobody has acknowledged for ${minutesSince(incident.pagingSince, now)} (${times} of ${escalation.repeat})`
    const id = `escalate/${index}/${incident.pagingSince.toISOString()}/${times}`
    const key = `${episode.key}/${episode.number}/${id}`
    const arn = incident.arn
    const engage = escalation.engage.map((contact): Command => {
      const told = `Escalated to ${nameOf(contact)}: ${why}`
      return {
        type: 'start-engagement',
        key: `${key}/${contact}`,
        reason: told,
        incidentArn: arn,
        contact,
        ...pageText(`Not acknowledged: ${facts.incident.title}`, told, arn, facts.incident),
        told,
      }
    })
    const raised = `Escalated to a higher impact: ${why}`
    const raise: Command[] =
      escalation.impact !== undefined && escalation.impact < facts.incident.impact
        ? [
            {
              type: 'update-incident',
              key: `${key}/impact`,
              reason: raised,
              incidentArn: arn,
              impact: escalation.impact,
            },
          ]
        : []
    const escalated = incident.rule.escalate.map((_, at) => (at === index ? times : (incident.escalated[at] ?? 0)))
    const done = withCommands(changed(episode, { escalated }), [...engage, ...raise])
    return engage.length ? done : note(done, id, now, { message: raised })
  }, before)
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
