// A response plan that engages nobody but a PagerDuty service: where the incident manager does not call that, nobody is paged.
import type { Episode } from './episode.ts'
import { quietSince } from './subjects.ts'
import { type Facts, isDue } from './facts.ts'
import { unpaged } from './last-resort.ts'

/**
 * Told at the first look after the opening: nobody will be paged, however long one waits. What PagerDuty was called for is
 * PagerDuty's: no page of the incident manager's is to be expected.
 */
export function checkPagerDuty(episode: Episode, { pagerDuty }: Facts, now: Date): Episode {
  if (!episode.incident || !isDue(episode.incident.planLookAt, now)) return episode
  const { planLookAt: _, ...incident } = episode.incident
  if (!pagerDuty || quietSince(episode) || incident.acknowledgements.length) return { ...episode, incident }
  if (pagerDuty.called) {
    const { nextPageCheckAt: __, ...known } = incident
    return { ...episode, incident: { ...known, pagedElsewhere: true } }
  }
  const cause = `The response plan engages nobody but the PagerDuty service ${pagerDuty.service}, and this incident manager does not call PagerDuty. Let the plan engage a contact, too`
  return unpaged(episode, incident, cause, now)
}
