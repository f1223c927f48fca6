// When nobody is paged, because no incident can be opened or because it reaches nobody: who is told of it instead, and how often.
import { plusSeconds } from '../../aws/instants.ts'
import type { StartEngagement, TellLastResort } from './command.ts'
import { type Episode, type Incident, TOLD_AGAIN_SECONDS } from './episode.ts'
import { quietSince } from './subjects.ts'
import { firingNames, minutesSince, nameOf, note, noteAfter, noteOfPaging } from './notes.ts'
import { withCommands } from './pending.ts'
import { remediesFor } from './remedy.ts'

/** How long the incident manager may refuse before somebody is told: within one sweep more. */
const REFUSED_SECONDS = 60
/** However it comes that nothing is opened: nobody refused, but it waits. */
const WAITED_SECONDS = 300

/** Undefined when nobody has to be told now. It is told before anything else that is pending, which may fail again. */
export function lastResort(episode: Episode, now: Date): Episode | undefined {
  const { incident } = episode
  const start = episode.pending.find((command) => command.type === 'start-incident')
  if (!start || !incident || incident.arn || quietSince(episode)) return undefined
  const { trouble, lastResort: before } = incident
  const isStuck =
    (trouble && plusSeconds(trouble.failingSince, REFUSED_SECONDS) <= now) ||
    plusSeconds(incident.pagingSince, WAITED_SECONDS) <= now
  if (!isStuck || (before && plusSeconds(before.toldAt, TOLD_AGAIN_SECONDS) > now)) return undefined
  const telling = toldAgain(incident, now)
  const names = firingNames(episode)
  const command: TellLastResort = {
    type: 'tell-last-resort',
    key: `${start.key}/last-resort/${telling.lastResort.times}`,
    reason: `Nobody could be paged for ${names}`,
    subject: `NOBODY IS PAGED for ${names}`,
    message: [
      `${names} fires since ${incident.openedAt.toISOString()}, and Tocsin has not been able to open an incident for ${minutesSince(incident.pagingSince, now)}.`,
      `Nobody has been paged. Response plan: ${start.plan}. Rule: ${incident.rule.id}.`,
      `What the incident manager says: ${trouble?.because ?? 'it has not been asked yet, too many incidents are being opened'}`,
      ...remediesFor(incident.rule, trouble).map((remedy) => `What to do: ${remedy}`),
      'Tocsin goes on trying every minute, by the rules that are in force then, and tells this topic every 15 minutes until the incident is open.',
      `Its key: ${episode.key}`,
    ].join('\n'),
  }
  return { ...episode, pending: [command, ...episode.pending], incident: { ...incident, ...telling } }
}

/** The incident is open, and has paged nobody; `engaged` are the contacts that were to be paged. */
export const nobodyPaged = (episode: Episode, incident: Incident, engaged: readonly string[], now: Date): Episode =>
  unpaged(
    episode,
    incident,
    engaged.length
      ? `Engaged: ${engaged.map(nameOf).join(', ')}, but no page has left. Have they an activated contact channel, and a plan that names it?`
      : 'Nobody is engaged. Does the response plan engage a contact that exists?',
    now,
  )

/** The incident is open, and pages nobody; `cause` says why, and what to do. */
export function unpaged(episode: Episode, incident: Incident, cause: string, now: Date): Episode {
  const telling = toldAgain(incident, now)
  const since = minutesSince(incident.pagingSince, now)
  const id = `unpaged/${telling.lastResort.times}`
  const message = `Nobody has been paged for ${since}; the last resort is told. ${cause}`
  const names = firingNames(episode)
  const command: TellLastResort = {
    type: 'tell-last-resort',
    key: `${episode.key}/${episode.number}/${id}/last-resort`,
    reason: message,
    subject: `NOBODY IS PAGED for ${names}`,
    message: [
      `${names} ${incident.declared ? 'is open' : 'fires'} since ${incident.openedAt.toISOString()}. Its incident is open, but nobody has been paged for ${since}.`,
      `${cause} Response plan: ${incident.rule.open.plan}. Rule: ${incident.rule.id}.`,
      'Tocsin tells this topic every 15 minutes until somebody is paged, or the incident is acknowledged or resolved.',
      incident.arn,
    ].join('\n'),
  }
  const told = withCommands({ ...episode, incident: { ...incident, ...telling } }, [command])
  return noteOfPaging(told, id, now, message)
}

/** Nobody can be paged anew: the plan that opened it is gone, or engages nobody any more, and there is no fallback that does. */
export function nobodyToPage(episode: Episode, incident: Incident, why: string, now: Date): Episode {
  const id = `page-anew/${incident.firedAt.toISOString()}`
  const { plan } = incident.rule.open
  const message = `${why}, but the response plan ${nameOf(plan)} engages nobody: the last resort is told`
  const command: TellLastResort = {
    type: 'tell-last-resort',
    key: `${episode.key}/${episode.number}/${id}/last-resort`,
    reason: message,
    subject: `NOBODY IS PAGED for ${firingNames(episode)}`,
    message: `${why}, but the response plan ${plan} engages nobody.\n${incident.arn}`,
  }
  const told = { ...episode, incident: { ...incident, ...toldAgain(incident, now) } }
  return note(withCommands(told, [command]), id, now, { message })
}

/** A contact that was to be engaged is gone, or not taken: nobody who is not asked for answers. */
export function notEngaged(episode: Episode, command: StartEngagement, because: string, now: Date): Episode {
  const { key, contact, reason, incidentArn } = command
  const message = `Could not engage ${nameOf(contact)}: ${because}`
  const told = noteAfter(key, incidentArn, now, { message })
  // Somebody has ended the incident, or its alarms have recovered: nobody needs to be engaged any more.
  if (episode.incident?.arn !== incidentArn || quietSince(episode)) return withCommands(episode, [told])
  const tell: TellLastResort = {
    type: 'tell-last-resort',
    key: `${key}/last-resort`,
    reason: message,
    subject: `COULD NOT ENGAGE ${nameOf(contact)} for ${firingNames(episode)}`,
    message: `${message}\nWhat for: ${reason}.\nRule: ${episode.incident.rule.id}.\n${incidentArn}`,
  }
  return withCommands(episode, [tell, told])
}

const toldAgain = ({ lastResort: before }: Incident, now: Date): Required<Pick<Incident, 'lastResort'>> => ({
  lastResort: { times: (before?.times ?? 0) + 1, toldAt: now },
})
