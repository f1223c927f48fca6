// A held firing that is let go: it opens an incident, or pages anew for the one that is open.
import type { Episode, HeldFiring } from './episode.ts'
import { withItems } from './joining.ts'
import { note } from './notes.ts'
import { joinedBy } from './raise.ts'
import { fires } from './subjects.ts'
import { open, pageAnew } from './timeline.ts'

/** It joins what fires already, and else opens or pages anew. `isKnown`: somebody has said that nothing holds it any more; else nobody could say. */
export function release(episode: Episode, subject: string, firing: HeldFiring, isKnown: boolean, now: Date): Episode {
  const { [subject]: _, ...held } = episode.held
  const own = episode.subjects[subject]
  const free: Episode = {
    ...episode,
    held,
    ...(own ? { subjects: { ...episode.subjects, [subject]: { ...own, held: false } } } : {}),
  }
  const { at, quietSince, start, rule } = firing
  const paged = quietSince || !anotherFires(free, subject) ? pageAnew(free, at, quietSince, now) : free
  const told = free.incident
    ? joinedBy(withItems(paged, start.relatedItems, own?.name ?? subject), rule)
    : open(free, firing, [], now)
  const message = sentence(own?.name ?? subject, firing.why, isKnown)
  return note(told, `released/${subject}/${firing.at.toISOString()}`, now, { message })
}

/** Somebody is paged for it already, or has answered. */
const anotherFires = (episode: Episode, subject: string): boolean =>
  Object.entries(episode.subjects).some(([other, { held }]) => other !== subject && !held && fires(episode, other))

function sentence(name: string, why: HeldFiring['why'], isKnown: boolean): string {
  if (why !== 'disabled') return `${name} is no longer ${why}, and still fires`
  return isKnown
    ? `The actions of ${name} are enabled again, and it still fires`
    : `${name} fires, and CloudWatch does not say whether its actions are still disabled`
}
