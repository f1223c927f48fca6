// What a look at all that fires means for an alarm: known already, new, or to be opened again though it was heard of.
import type { Episode } from './episode.ts'
import { alarmOf } from './subjects.ts'
import { alarmIn } from './change.ts'
import type { AlarmStateChange } from '../sources/signal.ts'

/**
 * Why it is looked: as every five minutes; at all, because the rules have changed or nobody has looked for long; or at all,
 * because the incident manager is another, or has another's data, and may not know what was opened.
 */
export type Look = 'usual' | 'all' | 'switched'

/**
 * The episode as the alarm is to be decided on: one that its own events have told of is left as it is (undefined), and so
 * is what a person has resolved. What nobody was told of, or what the incident manager does not know, is as if unheard.
 */
export function lookedAt(episode: Episode, signal: AlarmStateChange, look: Look): Episode | undefined {
  const alarm = alarmIn(signal)
  const own = Object.entries(episode.subjects).filter(([subject, each]) => alarmOf(subject, each) === alarm)
  const firing = own.filter(([, { state }]) => state === 'ALARM')
  if (!firing.length) return own.some(([, { at }]) => at > signal.at) ? undefined : episode
  if (look === 'usual') return undefined
  const held = Object.entries(episode.held).filter(([subject]) => alarmOf(subject, episode.subjects[subject]) === alarm)
  // That a mute has ended is not in what CloudWatch describes: it is looked at when it ends.
  if (held.length)
    return signal.held || held.some(([, { why }]) => why === 'muted') ? undefined : unseen(episode, alarm)
  return episode.incident || isClosed(episode, signal) ? undefined : unheard(episode, alarm)
}

/** Whether this firing was open there, and a person has ended that. */
export function isClosed({ subjects, incident, previous }: Episode, signal: AlarmStateChange): boolean {
  // What has fired since fires anew, whatever was heard of it.
  if (incident || !previous || previous.gone || signal.at > previous.endedAt) return false
  const alarm = alarmIn(signal)
  return Object.entries(subjects).some(
    ([subject, own]) => alarmOf(subject, own) === alarm && own.state === 'ALARM' && own.at <= previous.endedAt,
  )
}

/** Whether it is held still is for the rules of now to say. */
const unseen = (episode: Episode, alarm: string | undefined): Episode => ({
  ...episode,
  seen: episode.seen.filter((key) => !key.startsWith(`${alarm}|`)),
})

const unheard = (episode: Episode, alarm: string | undefined): Episode => ({
  ...unseen(episode, alarm),
  subjects: Object.fromEntries(
    Object.entries(episode.subjects).filter(([subject, own]) => alarmOf(subject, own) !== alarm),
  ),
})
