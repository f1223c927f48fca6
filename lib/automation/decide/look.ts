// What a look at all that fires means for an alarm: known already, new, or to be opened again though it was heard of.
import { type Episode, alarmOf } from './episode.ts'
import { subjectOf } from './change.ts'
import type { AlarmStateChange } from '../sources/signal.ts'
import { endIncident } from './timeline.ts'
import type { IncidentStatus } from './facts.ts'

/**
 * Why it is looked: as every five minutes; at all, because the rules have changed or nobody has looked for long; or at all,
 * because the incident manager is another, or has another's data, and may not know what was opened.
 */
export type Look = 'usual' | 'all' | 'switched'

/** Of what alarm the incident manager must be asked first whether it knows the incident. */
export const asksForLook = (episode: Episode, look: Look): boolean =>
  look === 'switched' && episode.incident?.arn !== undefined

/**
 * The episode as the alarm is to be decided on: one that its own events have told of is left as it is (undefined), and so
 * is what a person has resolved. What nobody was told of, or what the incident manager does not know, is as if unheard.
 */
export function lookedAt(
  episode: Episode,
  signal: AlarmStateChange,
  look: Look,
  status: IncidentStatus | undefined,
  now: Date,
): Episode | undefined {
  const alarm = alarmOf(subjectOf(signal))
  const own = Object.entries(episode.subjects).filter(([subject]) => alarmOf(subject) === alarm)
  const firing = own.filter(([, { state }]) => state === 'ALARM')
  if (!firing.length) return own.some(([, { at }]) => at > signal.at) ? undefined : episode
  if (look === 'usual') return undefined
  const held = Object.entries(episode.held).filter(([subject]) => alarmOf(subject) === alarm)
  // That a mute has ended is not in what CloudWatch describes: it is looked at when it ends.
  if (held.length) return signal.held || held.some(([, { why }]) => why === 'muted') ? undefined : episode
  if (status === 'GONE') return unheard(endIncident(episode, now, status), alarm)
  const { incident, previous } = episode
  const isClosed = previous !== undefined && firing.some(([, { at }]) => at <= previous.endedAt)
  return incident || (isClosed && !(look === 'switched' && previous.gone)) ? undefined : unheard(episode, alarm)
}

const unheard = (episode: Episode, alarm: string): Episode => ({
  ...episode,
  subjects: Object.fromEntries(Object.entries(episode.subjects).filter(([subject]) => alarmOf(subject) !== alarm)),
  seen: episode.seen.filter((key) => !key.startsWith(`${alarm}|`)),
})
