// What the sweep does about one episode that is due: finish what was claimed, then what time asks for.
import { quietSince } from './decide/episode.ts'
import { decideTick } from './decide/decide-tick.ts'
import { type Facts, needsOf } from './decide/facts.ts'
import type { Place } from '../aws/arn.ts'
import { askEngagements, askPages } from './execute/ask-contacts.ts'
import { askIncident, askPlanContacts } from './execute/ask-incidents.ts'
import type { Episode } from './decide/episode.ts'
import type { Clients } from './on-notification.ts'
import { type Desk, finish, work } from './state/work.ts'

export async function onTick(desk: Desk, clients: Clients, place: Place, key: string): Promise<void> {
  const claimed = await desk.episodes.load(key)
  if (claimed.episode.pending.length) await finish(desk, claimed, () => false)
  await work(
    desk,
    key,
    () => desk.episodes.load(key),
    async (episode) => {
      const arn = episode.incident?.arn
      if (!arn) return undefined
      const now = desk.clock.now()
      return decideTick(episode, await factsFor(desk, clients, place, episode, arn, now), now)
    },
  )
}

async function factsFor(
  desk: Desk,
  { incidents, contacts }: Clients,
  place: Place,
  episode: Episode,
  arn: string,
  now: Date,
): Promise<Facts> {
  const needs = needsOf(episode, now)
  const incident = await askIncident(incidents, arn)
  const over = incident.status !== 'OPEN'
  const engagements = needs.running || needs.pages || over ? await askEngagements(contacts, arn) : []
  const pages = needs.pages ? await askPages(contacts, engagements) : { openPages: [], acknowledgements: [] }
  return {
    incident,
    running: engagements.filter(({ runs }) => runs),
    ...pages,
    anotherFires: needs.others && (await anotherFires(desk, arn, episode.key)),
    planContacts:
      needs.plan && episode.incident ? await askPlanContacts(incidents, place, episode.incident.rule.open.plan) : [],
  }
}

/** Several keys may share one incident (a plan's own dedupe string): it is over when none of them fires. */
async function anotherFires(desk: Desk, incidentArn: string, key: string): Promise<boolean> {
  const others = (await desk.episodes.ofIncident(incidentArn)).filter((other) => other !== key)
  for (const other of others) {
    const { episode } = await desk.episodes.load(other)
    if (episode.incident?.arn === incidentArn && !quietSince(episode)) return true
  }
  return false
}
