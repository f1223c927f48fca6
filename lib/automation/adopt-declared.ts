// What the sweep does about open incidents that a person or another program declared: it looks after them from then on.
import { responsePlanArn } from '../aws/arn.ts'
import { MINUTE_MS, plusSeconds } from '../aws/instants.ts'
import { adopt, endOf, isByHand, mayStart, namedPlans, type OpenIncident, owns, report } from './decide/adopt.ts'
import type { Episode } from './decide/episode.ts'
import { askOpenIncidents, type OpenPage, type OpenQuery } from './execute/ask-open-incidents.ts'
import type { Sweep } from './on-sweep.ts'
import { onTick } from './on-tick.ts'
import type { Due } from './state/episodes.ts'
import type { DeclaredLook, Heartbeat } from './state/heartbeat.ts'
import { recordTrouble } from './state/troubles.ts'
import { work } from './state/work.ts'
import type { Failures } from './sweep-failures.ts'

/** Whoever starts an incident has so long to say so; one of the automation's own that has paged nobody is due by then. */
const YOUNG_SECONDS = 95
/** What was created so long before the last look may not have been listed by it. */
const OVERLAP_SECONDS = 600
/** Lately created ones are listed further while a page has news, so many pages at most; the rest is the next sweep's. */
const MAX_PAGES = 10
/** Episodes are asked for so many incidents in one sweep. */
const MAX_VERIFIED = 25
/** An open episode is audited every five minutes, and is seen then. */
const OWN_SECONDS = 370
/** Nothing changes about one that is left alone while the rules are the same. */
const LEFT_ALONE_SECONDS = 24 * 3600
const STARTING_SECONDS = 110
/** So many of those left alone are named in the log. */
const OLDER_NAMED = 50
/** A list that fails once is no trouble. */
const UNLISTED_MS = 3 * MINUTE_MS

/**
 * What is created from now on is looked after. Where Tocsin has never swept and looks after everything, its incident manager
 * is as new as itself: a sweep comes every minute, and the first stands for the minute before it.
 */
export const firstLook = ({ declared }: Sweep, { sweptAt }: Heartbeat, now: Date): DeclaredLook => ({
  since: sweptAt || declared === 'report' ? now : plusSeconds(now, -60),
  older: [],
})

/** After the clock was put back: what is created from now on is looked after, not from when it was put back. */
export const lookFrom = (look: DeclaredLook, now: Date): DeclaredLook =>
  look.since > now ? { ...look, since: now } : look

/**
 * One list of those created lately, and one page of all that are open, however many there are. Answers how far it has come;
 * throws when they cannot be listed.
 */
export async function lookForDeclared(
  sweep: Sweep,
  before: DeclaredLook,
  due: readonly Due[],
  now: Date,
  hasTime: () => boolean,
  failures: Failures,
): Promise<DeclaredLook> {
  if (!hasTime()) return before
  const { known } = sweep
  known.under(sweep.rules())
  for (const { episode } of due) {
    const arn = episode.incident?.arn
    if (arn && owns(episode, arn)) known.remember(arn, plusSeconds(now, OWN_SECONDS))
  }
  const young = plusSeconds(now, -YOUNG_SECONDS)
  const isNews = ({ arn, createdAt }: OpenIncident): boolean =>
    createdAt <= young && (createdAt >= before.since || !!before.older) && !known.has(arn, now)
  const lately = await listing(sweep, before, now, () => listLately(sweep, before, now, isNews))
  const page = await listing(sweep, before, now, () => list(sweep, before.cursor ? { cursor: before.cursor } : {}))
  const all = new Map([...lately, ...page.incidents].filter(isNews).map((incident) => [incident.arn, incident]))
  // A person is not made to wait behind a storm of alarms.
  const news = [...all.values()].toSorted((one, other) => Number(isByHand(other)) - Number(isByHand(one)))
  const starting = due.map(({ episode }) => episode)
  const older = new Set(before.older)
  const left = new Set(all.keys())
  for (const incident of news.slice(0, MAX_VERIFIED)) {
    if (!hasTime()) break
    left.delete(incident.arn)
    await failures.catching({ incident: incident.arn }, async () => {
      if ((await lookAfter(sweep, incident, before.since, starting)) === 'older') older.add(incident.arn)
    })
  }
  const isDone = !page.incidents.some(({ arn }) => left.has(arn))
  const cursor = isDone ? page.cursor : before.cursor
  // What is older has been told apart from the automation's own by then.
  const isRound = isDone && page.cursor === undefined && before.since <= young
  if (before.older && isRound && older.size) sayOlder(sweep, before.since, [...older])
  return {
    since: before.since,
    listedAt: now,
    ...(cursor === undefined ? {} : { cursor }),
    ...(before.older && !isRound ? { older: [...older].slice(0, OLDER_NAMED) } : {}),
  }
}

const list = ({ clients }: Sweep, query: OpenQuery): Promise<OpenPage> => askOpenIncidents(clients.incidents, query)

async function listLately(
  sweep: Sweep,
  { since, listedAt = since }: DeclaredLook,
  now: Date,
  isNews: (incident: OpenIncident) => boolean,
): Promise<OpenIncident[]> {
  const from = plusSeconds(listedAt < now ? listedAt : now, -OVERLAP_SECONDS)
  const createdAfter = new Date((from > since ? from : since).getTime() - 1)
  const createdBefore = plusSeconds(now, -YOUNG_SECONDS)
  const found: OpenIncident[] = []
  if (createdAfter >= createdBefore) return found
  let cursor: string | undefined
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await list(sweep, { createdAfter, createdBefore, ...(cursor ? { cursor } : {}) })
    found.push(...page.incidents)
    cursor = page.cursor
    if (!cursor || (page.incidents.length && !page.incidents.some(isNews))) break
  }
  return found
}

/** That they cannot be listed for a while keeps somebody from being woken. */
async function listing<T>(
  { table }: Sweep,
  { since, listedAt = since }: DeclaredLook,
  now: Date,
  ask: () => Promise<T>,
) {
  try {
    return await ask()
  } catch (error) {
    const message = `The incident manager does not list its open incidents: ${String(error)}\nWhat a person or another program declares pages by its plan alone until it does; Tocsin goes on trying every minute.`
    const trouble = { id: 'declared', subject: 'DECLARED INCIDENTS ARE NOT ESCALATED', message, standsForSeconds: 150 }
    if (now.getTime() - listedAt.getTime() >= UNLISTED_MS) await recordTrouble(table, trouble, now)
    throw error
  }
}

/** Adopts or reports what no episode looks after; says when it is older than that. */
async function lookAfter(
  sweep: Sweep,
  incident: OpenIncident,
  since: Date,
  starting: readonly Episode[],
): Promise<'older' | void> {
  const { desk, home, known, clients } = sweep
  const { arn, plan } = incident
  const now = desk.clock.now()
  const planArn = (name: string): string => responsePlanArn(home, name)
  const holders: Episode[] = []
  for (const key of await desk.episodes.ofIncident(arn)) holders.push((await desk.episodes.load(key)).episode)
  const remember = (seconds: number): void => known.remember(arn, plusSeconds(now, seconds))
  if (holders.some((episode) => owns(episode, arn))) return remember(OWN_SECONDS)
  if (starting.some((episode) => mayStart(episode, incident, planArn))) return remember(STARTING_SECONDS)
  if (incident.createdAt < since) {
    remember(LEFT_ALONE_SECONDS)
    return 'older'
  }
  const rules = sweep.rules()
  const load = () => desk.episodes.load(arn)
  if (sweep.declared === 'report' && !namedPlans(rules).map(planArn).includes(plan)) {
    const reported = await work(desk, arn, load, async (before) => report(before, incident, desk.clock.now()))
    if (reported)
      desk.logger.warn('An incident that others declared is left alone: no rule names its plan', { arn, plan })
    return remember(LEFT_ALONE_SECONDS)
  }
  const [endedAt] = holders
    .flatMap((episode) => endOf(episode, arn) ?? [])
    .toSorted((a, b) => b.getTime() - a.getTime())
  const adopted = await work(desk, arn, load, async (before) =>
    adopt(before, incident, rules.otherwise, endedAt, desk.clock.now()),
  )
  remember(OWN_SECONDS)
  if (adopted) desk.logger.info('An incident that others declared is looked after', { arn, plan })
  // What is due of it is done at once.
  await onTick(desk, clients, home, arn, new Map(), { anew: () => undefined, isIgnored: () => false })
}

function sayOlder({ desk }: Sweep, since: Date, older: readonly string[]): void {
  const count = older.length >= OLDER_NAMED ? `${OLDER_NAMED} or more` : String(older.length)
  desk.logger.warn(`${count} open incidents are left alone: others declared them before Tocsin looked after such`, {
    since,
    incidents: older.slice(0, OLDER_NAMED),
  })
}
