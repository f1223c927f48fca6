// A held firing that is let go: it opens an incident, or pages anew for the one that is open.
import type { Episode, HeldFiring } from './episode.ts'
import { withItems } from './joining.ts'
import { note } from './notes.ts'
import { joinedBy } from './raise.ts'
import { open, pageAnew } from './timeline.ts'

/** `isKnown`: somebody has said that nothing holds it any more; else nobody could say. */
export function release(episode: Episode, subject: string, firing: HeldFiring, isKnown: boolean, now: Date): Episode {
  const { [subject]: _, ...held } = episode.held
  const own = episode.subjects[subject]
  const free: Episode = {
    ...episode,
    held,
    ...(own ? { subjects: { ...episode.subjects, [subject]: { ...own, held: false } } } : {}),
  }
  const told = free.incident
    ? joinedBy(
        withItems(pageAnew(free, firing.at, firing.quietSince, now), firing.start.relatedItems, own?.name ?? subject),
        firing.rule,
      )
    : open(free, firing, [], now)
  const message = sentence(own?.name ?? subject, firing.why, isKnown)
  return note(told, `released/${subject}/${firing.at.toISOString()}`, now, { message })
}

function sentence(name: string, why: HeldFiring['why'], isKnown: boolean): string {
  if (why !== 'disabled') return `${name} is no longer ${why}, and still fires`
  return isKnown
    ? `The actions of ${name} are enabled again, and it still fires`
    : `${name} fires, and CloudWatch does not say whether its actions are still disabled`
}
