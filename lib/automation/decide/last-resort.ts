// When an incident cannot be opened: who is told of it instead, outside the incident manager, and how often.
import { MINUTE_MS, plusSeconds } from '../../aws/instants.ts'
import type { TellLastResort } from './command.ts'
import { type Episode, quietSince, unrecovered } from './episode.ts'

/** How long the incident manager may refuse before somebody is told (DESIGN.md, Last resort). */
const REFUSED_SECONDS = 60
/** However it comes that nothing is opened: nobody refused, but it waits. */
const WAITED_SECONDS = 300
const AGAIN_SECONDS = 900

/** Undefined when nobody has to be told now. It is told before anything else that is pending, which may fail again. */
export function lastResort(episode: Episode, now: Date): Episode | undefined {
  const { incident } = episode
  const start = episode.pending.find((command) => command.type === 'start-incident')
  if (!start || !incident || incident.arn || quietSince(episode)) return undefined
  const { trouble, lastResort: before } = incident
  const isStuck =
    (trouble && plusSeconds(trouble.failingSince, REFUSED_SECONDS) <= now) ||
    plusSeconds(incident.pagingSince, WAITED_SECONDS) <= now
  if (!isStuck || (before && plusSeconds(before.toldAt, AGAIN_SECONDS) > now)) return undefined
  const times = (before?.times ?? 0) + 1
  const names = unrecovered(episode)
    .map(({ name }) => name)
    .join(', ')
  const minutes = Math.round((now.getTime() - incident.pagingSince.getTime()) / MINUTE_MS)
  const command: TellLastResort = {
    type: 'tell-last-resort',
    key: `${start.key}/last-resort/${times}`,
    reason: `Nobody could be paged for ${names}`,
    subject: `NOBODY IS PAGED for ${names}`,
    message: [
      `${names} fires since ${incident.openedAt.toISOString()}, and Tocsin has not been able to open an incident for ${minutes} minutes.`,
      `Nobody has been paged. Response plan: ${start.plan}. Rule: ${incident.rule.id}.`,
      `What the incident manager says: ${trouble?.because ?? 'it has not been asked yet, too many incidents are being opened'}`,
      'Tocsin goes on trying every minute, and tells this topic every 15 minutes until the incident is open.',
      `Its key: ${episode.key}`,
    ].join('\n'),
  }
  return {
    ...episode,
    pending: [command, ...episode.pending],
    incident: { ...incident, lastResort: { times, toldAt: now } },
  }
}
