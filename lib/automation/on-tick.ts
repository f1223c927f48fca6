// What the sweep does about one episode that is due: finish what was claimed, then what time asks for.
import type { SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import type { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import type { StartIncident } from './decide/command.ts'
import { type Anew, decideAnew } from './decide/decide-anew.ts'
import { decideTick } from './decide/decide-tick.ts'
import { type Episode, openedNothing, quietSince } from './decide/episode.ts'
import { type Facts, needsOf } from './decide/facts.ts'
import { decideHeld } from './decide/held.ts'
import { lastResort } from './decide/last-resort.ts'
import type { Home } from './decide/opening.ts'
import type { AlarmTruths } from './decide/truth.ts'
import { askEngagements, askPages, askPaging } from './execute/ask-contacts.ts'
import { askIncident, askPlanContacts } from './execute/ask-incidents.ts'
import type { Rule } from './rules/rules.ts'
import { type Desk, finish, work } from './state/work.ts'

export interface Clients {
  readonly incidents: SSMIncidentsClient
  readonly contacts: SSMContactsClient
}

/** Opens what is claimed and not open yet, and leaves the rest of it for later: nobody's page waits for another's timeline. */
export async function startFirst(desk: Desk, key: string): Promise<void> {
  const stored = await desk.episodes.load(key)
  const { pending } = stored.episode
  const later = pending.flatMap((command) => (command.type === 'start-incident' ? [] : [command.key]))
  if (later.length < pending.length) await finish(desk, stored, () => false, new Set(later))
}

/**
 * Throws what the next sweep tries again. `truths`: what CloudWatch says of the alarms of this episode; `anew`: what the
 * rules in force make of a start that was refused.
 */
export async function onTick(
  desk: Desk,
  clients: Clients,
  home: Home,
  key: string,
  truths: AlarmTruths,
  anew: (refused: StartIncident) => Anew | undefined,
): Promise<void> {
  const tried = new Set<string>()
  const load = () => desk.episodes.load(key)
  const found = await load()
  const isRefused = openedNothing(found.episode)
  if (isRefused) await work(desk, key, load, async (e) => decideAnew(e, anew, truths, desk.clock.now()), tried)
  const claimed = isRefused ? await load() : found
  const failure = claimed.episode.pending.length ? await finish(desk, claimed, () => false, tried) : undefined
  if (claimed.episode.pending.some(({ type }) => type === 'start-incident'))
    await work(desk, key, load, async (episode) => lastResort(episode, desk.clock.now()), tried)
  if (failure) throw failure
  await work(
    desk,
    key,
    load,
    async (before) => {
      const now = desk.clock.now()
      const episode = decideHeld(before, truths, now)
      const arn = episode.incident?.arn
      if (!arn) return episode === before ? undefined : episode
      const facts = await factsFor(desk, clients, home, episode, arn, truths, now)
      // What is let go while somebody has ended the incident is a firing of its own.
      return episode !== before && facts.incident.status !== 'OPEN'
        ? decideHeld(decideTick(before, facts, now) ?? before, truths, now)
        : decideTick(episode, facts, now)
    },
    tried,
  )
}

async function factsFor(
  desk: Desk,
  { incidents, contacts }: Clients,
  home: Home,
  episode: Episode,
  arn: string,
  alarms: AlarmTruths,
  now: Date,
): Promise<Facts> {
  const needs = needsOf(episode, now)
  const incident = await askIncident(incidents, arn)
  const over = incident.status !== 'OPEN'
  const engagements = needs.running || needs.pages || needs.paging || over ? await askEngagements(contacts, arn) : []
  const pages = needs.pages ? await askPages(contacts, engagements) : { openPages: [], acknowledgements: [] }
  return {
    incident,
    running: engagements.filter(({ runs }) => runs),
    ...pages,
    ...(needs.paging && !over ? { paging: await askPaging(contacts, engagements) } : {}),
    anotherFires: needs.others && (await anotherFires(desk, arn, episode.key)),
    planContacts:
      needs.plan && episode.incident
        ? await planContacts(incidents, home, episode.incident.raise ?? episode.incident.rule)
        : [],
    alarms,
  }
}

/** A plan that is gone engages nobody: the fallback plan stands in for it. */
async function planContacts(incidents: SSMIncidentsClient, home: Home, { open }: Rule): Promise<string[]> {
  const own = await askPlanContacts(incidents, home, open.plan)
  return own.length || !home.fallbackPlan ? own : askPlanContacts(incidents, home, home.fallbackPlan)
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
