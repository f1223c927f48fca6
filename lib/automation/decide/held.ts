// Firings that were held back: whether they still are, by what CloudWatch says once it is time to look.
import { plusSeconds } from '../../aws/instants.ts'
import { heard, LOOK_AGAIN_SECONDS } from './decide-signal.ts'
import { alarmOf, type Episode, type HeldFiring } from './episode.ts'
import { isDue } from './facts.ts'
import { withItems } from './joining.ts'
import { note } from './notes.ts'
import { open, pageAnew } from './timeline.ts'
import { type AlarmTruths, untold } from './truth.ts'

/** The held firings that must be looked at. */
const heldAndDue = (episode: Episode, now: Date): [subject: string, held: HeldFiring][] =>
  Object.entries(episode.held).filter(([, { lookAt }]) => isDue(lookAt, now))

/** The alarms of an episode that CloudWatch must be asked about now: at each audit, and before what was held is let go. */
export const alarmsToAsk = (episode: Episode, now: Date): string[] =>
  heldAndDue(episode, now).length || isDue(episode.incident?.nextAuditAt, now)
    ? [...new Set(Object.keys(episode.subjects).map(alarmOf))]
    : []

/**
 * Opens, or pages anew for, what is no longer held and still fires. An alarm that could not be asked about counts as
 * firing: rather a page too many than one too few.
 */
export function decideHeld(before: Episode, truths: AlarmTruths, now: Date): Episode {
  const due = heldAndDue(before, now)
  if (!due.length) return before
  const told = untold(before, truths, now).reduce((episode, change) => heard(episode, change, now), before)
  return due.reduce((episode, [subject]) => {
    const held = episode.held[subject]
    if (!held) return episode
    const truth = truths.get(alarmOf(subject))
    return truth?.exists && truth.suppressed
      ? lookLater(episode, subject, held, now)
      : release(episode, subject, held, now)
  }, told)
}

const lookLater = (episode: Episode, subject: string, held: HeldFiring, now: Date): Episode => ({
  ...episode,
  held: { ...episode.held, [subject]: { ...held, lookAt: plusSeconds(now, LOOK_AGAIN_SECONDS) } },
})

function release(episode: Episode, subject: string, firing: HeldFiring, now: Date): Episode {
  const { [subject]: _, ...held } = episode.held
  const own = episode.subjects[subject]
  const free: Episode = {
    ...episode,
    held,
    ...(own ? { subjects: { ...episode.subjects, [subject]: { ...own, held: false } } } : {}),
  }
  const message = `${own?.name ?? subject} is no longer ${firing.why}, and still fires`
  const told = free.incident
    ? withItems(pageAnew(free, firing.at, now), firing.start.relatedItems, own?.name ?? subject)
    : open(free, firing, [], now)
  return note(told, `released/${subject}/${firing.at.toISOString()}`, now, { message })
}
