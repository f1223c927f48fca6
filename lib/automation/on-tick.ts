// What the sweep does about one episode that is due: finish what was claimed, then what time asks for.
import type { SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import type { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { plusSeconds } from '../aws/instants.ts'
import { decideAnew, type DecideStart, type IsIgnored } from './decide/decide-anew.ts'
import { decideTick } from './decide/decide-tick.ts'
import { openedNothing } from './decide/due.ts'
import type { Episode } from './decide/episode.ts'
import { quietSince } from './decide/subjects.ts'
import { type Facts, needsOf } from './decide/facts.ts'
import { decideHeld } from './decide/held.ts'
import { lastResort } from './decide/last-resort.ts'
import { decideRefire, refireIsDue, type Resolved, UNTIL_IT_RECOVERS } from './decide/refire.ts'
import type { Home } from './decide/opening.ts'
import { isNote } from './decide/pending.ts'
import type { AlarmTruths } from './decide/truth.ts'
import { type Unanswered, unansweredOf } from './decide/unanswered.ts'
import { askEngagements, askPages, askPaging } from './execute/ask-contacts.ts'
import { askIncident, askPagerDuty, askPlanContacts, askWords } from './execute/ask-incidents.ts'
import type { Rule } from './rules/rules.ts'
import { deciding, Undecidable } from './state/undecidable.ts'
import { type Desk, finish, work } from './state/work.ts'

export interface Clients {
  readonly incidents: SSMIncidentsClient
  readonly contacts: SSMContactsClient
}

/** What the rules in force say of what earlier ones have decided. */
export interface InForce {
  readonly anew: DecideStart
  readonly isIgnored: IsIgnored
}

/** Opens what is claimed and not open yet, and leaves the rest of it for later: nobody's page waits for another's timeline. */
export async function startFirst(desk: Desk, key: string): Promise<void> {
  const stored = await desk.episodes.load(key)
  const { pending } = stored.episode
  const later = pending.flatMap((command) => (command.type === 'start-incident' ? [] : [command.key]))
  if (later.length < pending.length) await finish(desk, stored, () => false, new Set(later))
}

/**
 * Throws what the next sweep tries again. `truths`: what CloudWatch says of the alarms of this episode. Answers what the
 * last resort is to be told of it, together with others.
 */
export async function onTick(
  desk: Desk,
  clients: Clients,
  home: Home,
  key: string,
  truths: AlarmTruths,
  { anew, isIgnored }: InForce,
): Promise<Unanswered | undefined> {
  const tried = new Set<string>()
  const load = () => desk.episodes.load(key)
  const found = await load()
  const isRefused = openedNothing(found.episode)
  if (isRefused) await work(desk, key, load, async (e) => decideAnew(e, anew, truths, desk.clock.now()), tried)
  const claimed = isRefused ? await load() : found
  const failure = claimed.episode.pending.length ? await finish(desk, claimed, () => false, tried) : undefined
  if (claimed.episode.pending.some(({ type }) => type === 'start-incident'))
    await work(desk, key, load, async (episode) => deciding(() => lastResort(episode, desk.clock.now())), tried)
  if (failure && !(await load()).episode.pending.every(isNote)) throw failure
  let unanswered: Unanswered | undefined
  await work(
    desk,
    key,
    load,
    async (before) => {
      const now = desk.clock.now()
      const held = deciding(() => decideHeld(before, truths, isIgnored, now))
      const resolved = await resolvedOf(clients, held, now)
      const episode = deciding(() => decideRefire(held, truths, resolved, isIgnored, now))
      const arn = episode.incident?.arn
      if (!arn) return episode === before ? undefined : episode
      const facts = await factsFor(desk, clients, home, episode, arn, truths, now)
      // What is let go while somebody has ended the incident is a firing of its own.
      const decided = deciding(() =>
        episode !== before && facts.incident.status !== 'OPEN'
          ? decideHeld(decideTick(before, facts, now) ?? before, truths, isIgnored, now)
          : decideTick(episode, facts, now),
      )
      unanswered = decided && unansweredOf(decided, facts.incident)
      return decided
    },
    tried,
  )
  if (failure) throw failure
  return unanswered
}

/** A note counts that was written shortly before the resolve, too. */
const NOTED_BEFORE_SECONDS = 900

async function resolvedOf({ incidents }: Clients, episode: Episode, now: Date): Promise<Resolved> {
  const { refire } = episode
  if (!refire || !refireIsDue(episode, now)) return 'still'
  const { incidentArn, resolvedAt } = refire
  if ((await askIncident(incidents, incidentArn)).status === 'OPEN') return 'opened-again'
  const since = plusSeconds(resolvedAt, -NOTED_BEFORE_SECONDS)
  return (await askWords(incidents, incidentArn, since, UNTIL_IT_RECOVERS)) ? 'until-it-recovers' : 'still'
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
  const needs = deciding(() => needsOf(episode, now))
  const incident = await askIncident(incidents, arn)
  const over = incident.status !== 'OPEN'
  const engagements = needs.running || needs.pages || needs.paging || over ? await askEngagements(contacts, arn) : []
  const pages = needs.pages ? await askPages(contacts, engagements) : { openPages: [], acknowledgements: [], paged: [] }
  return {
    incident,
    running: engagements.filter(({ runs }) => runs),
    ...pages,
    ...(needs.paging && !over ? { paging: await askPaging(contacts, engagements) } : {}),
    ...(needs.pagerDuty && !over ? await pagerDutyOf(incidents, home, episode, arn) : {}),
    anotherFires: needs.others && (await anotherFires(desk, arn, episode.key)),
    planContacts:
      needs.plan && episode.incident
        ? await planContacts(incidents, home, episode.incident.raise ?? episode.incident.rule)
        : [],
    alarms,
  }
}

async function pagerDutyOf(
  incidents: SSMIncidentsClient,
  home: Home,
  { incident }: Episode,
  arn: string,
): Promise<Pick<Facts, 'pagerDuty'>> {
  const pagerDuty = incident && (await askPagerDuty(incidents, home, incident.rule.open.plan, arn))
  return pagerDuty ? { pagerDuty } : {}
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
    try {
      const { episode } = await desk.episodes.load(other)
      if (episode.incident?.arn === incidentArn && deciding(() => !quietSince(episode))) return true
    } catch (error) {
      // What nobody can read may well fire.
      if (error instanceof Undecidable) return true
      throw error
    }
  }
  return false
}
