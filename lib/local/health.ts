// Whether all is well on one machine, part by part: each looks at the real thing, and says what is wrong and what to do.
import { ignoredKindsIn } from '../automation/state/ignored-kinds.ts'
import { openWork } from '../automation/state/open-work.ts'
import { type Heartbeat, readSweep } from '../automation/state/heartbeat.ts'
import { type StandingTrouble, stands, troublesIn } from '../automation/state/troubles.ts'
import { unaskedIn } from '../automation/state/unasked.ts'
import { isUndecided } from '../automation/tell-undecided.ts'
import type { Clock } from '../aws/clock.ts'
import { DUE_SHARDS } from '../aws/table/due.ts'
import { plusSeconds } from '../aws/instants.ts'
import type { Item, Table } from '../aws/table/table.ts'
import type { Database } from '../aws/table/sqlite-database.ts'
import { unreachableContacts } from '../incident-manager/unreachable.ts'
import { isObject } from './json.ts'
import type { Queues } from './queues.ts'
import type { RulesWatch } from './rules-watch.ts'

export const PARTS = ['sweep', 'pending', 'rules', 'deadLetters', 'unopened', 'channels', 'disk'] as const
export type Part = (typeof PARTS)[number]

export interface PartHealth {
  readonly status: 'ok' | 'failing'
  /** What is wrong, by name, and what to do about it; how it is, where all is well. */
  readonly detail: string
}

export interface Health {
  readonly status: PartHealth['status']
  readonly parts: Readonly<Record<Part, PartHealth>>
  /** What is as it was set up, and still worth knowing: it fails nothing. */
  readonly notes: readonly string[]
}

/** What is looked at. The tables are absent where the template has none of the kind. */
export interface Sources {
  readonly clock: Clock
  readonly startedAt: Date
  readonly database: Pick<Database, 'problem'>
  readonly queues: Pick<Queues, 'dead'>
  readonly rules: RulesWatch
  /** Why the last sweep did not come to its end. */
  readonly sweepProblem: () => string | undefined
  readonly episodes: Table | undefined
  readonly incidents: Table | undefined
}

const SWEPT_WITHIN_SECONDS = 180
/** Two runs may pass. */
const OWED_SECONDS = 120
/** What was tried in vain is due again within this. */
const LONGEST_WAIT_SECONDS = 300
const MOST_LOOKED_AT = 100
const MOST_NAMED = 5

const ok = (detail: string): PartHealth => ({ status: 'ok', detail })
const failing = (detail: string): PartHealth => ({ status: 'failing', detail })

export async function healthOf(sources: Sources): Promise<Health> {
  const now = sources.clock.now()
  const left = await outcomeOf(async () => (sources.episodes ? readSweep(sources.episodes) : NOT_SWEPT))
  const work = await outcomeOf(async () => (sources.episodes ? openWork(sources.episodes, now) : NO_WORK))
  const looks: Record<Part, () => PartHealth | Promise<PartHealth>> = {
    sweep: () => sweep(sources, valueOf(left).heartbeat, now),
    pending: () => pending(sources, valueOf(work).waiting, now),
    rules: () => rules(sources),
    deadLetters: () => deadLetters(sources),
    unopened: () => unopened(valueOf(work).unopened),
    channels: () => channels(sources),
    disk: () => disk(sources),
  }
  const items = 'value' in left ? left.value.items : []
  const troubles = troublesIn(items).filter((trouble) => stands(trouble, now))
  const look = async (part: Part): Promise<PartHealth> => {
    const own = await lookAt(looks[part])
    const standing = troubles.filter((trouble) => partOf(trouble) === part)
    if (!standing.length) return own
    const told = standing.slice(0, MOST_NAMED).map(({ subject, message }) => `${subject}: ${message}`)
    return failing([...(own.status === 'failing' ? [own.detail] : []), ...told].join('\n'))
  }
  const parts = {
    sweep: await look('sweep'),
    pending: await look('pending'),
    rules: await look('rules'),
    deadLetters: await look('deadLetters'),
    unopened: await look('unopened'),
    channels: await look('channels'),
    disk: await look('disk'),
  }
  const status = PARTS.every((part) => parts[part].status === 'ok') ? 'ok' : 'failing'
  return { status, parts, notes: notesIn(items) }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

async function outcomeOf<T>(look: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await look() }
  } catch (error) {
    return { error }
  }
}

function valueOf<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

/** What cannot be looked at is not well. */
async function lookAt(look: () => PartHealth | Promise<PartHealth>): Promise<PartHealth> {
  const outcome = await outcomeOf(async () => look())
  if ('value' in outcome) return outcome.value
  return failing(`It could not be looked at: ${outcome.error instanceof Error ? outcome.error.message : 'unknown'}`)
}

const NO_WORK = { unopened: [], waiting: [] }
const NOT_SWEPT = { heartbeat: {}, items: [] }

/** A trouble that is not of one part alone is work that is not done. Its id begins with the part, or with something else. */
function partOf(trouble: StandingTrouble): Part {
  const [kind] = trouble.id.split(/[/#:]/u)
  return (isUndecided(trouble) ? undefined : PARTS.find((part) => part === kind)) ?? 'pending'
}

/** What is no fault, and somebody may want to know: what is ignored because no rule takes it, and whose alarms nobody can ask about. */
const notesIn = (items: readonly Item[]): string[] => [
  ...ignoredKindsIn(items).map(
    ({ source, detailType, at }) =>
      `${detailType} of ${source} is ignored, first at ${at.toISOString()}: no rule takes it (defaults.unmatched in rules.yml)`,
  ),
  ...unaskedIn(items).map(
    ({ who, because, since }) =>
      `CloudWatch cannot be asked about alarms of ${who} since ${since.toISOString()}, and what it would say counts as firing: ${because}`,
  ),
]

function sweep(
  { episodes, startedAt, sweepProblem, database }: Sources,
  { sweptAt }: Heartbeat,
  now: Date,
): PartHealth {
  if (!episodes) return ok('There is no sweep here')
  const last = sweptAt && sweptAt > startedAt ? sweptAt : startedAt
  const problem = sweepProblem()
  if (problem === undefined && plusSeconds(last, SWEPT_WITHIN_SECONDS) >= now)
    return ok(sweptAt ? `Last swept at ${sweptAt.toISOString()}` : 'The first sweep is about to run')
  // A start on a folder that is gone would be a new one: what this process still knows would be lost.
  const cure = database.problem()
    ? 'Do first what is said of the disk.'
    : 'Look for errors of the function sweep in the log, and start Tocsin again.'
  return failing(
    `No sweep has come to its end since ${last.toISOString()}${problem ? ` (${problem})` : ''}: nobody is escalated to, paged anew or told. ${cure}`,
  )
}

async function pending({ incidents }: Sources, waiting: readonly string[], now: Date): Promise<PartHealth> {
  const overdue = incidents ? await overdueIn(incidents, now) : []
  const what = [
    ...(waiting.length ? [`commands for ${named(waiting)}`] : []),
    ...(overdue.length ? [`work of the incident manager on ${named(overdue)}`] : []),
  ]
  if (!what.length) return ok('Nothing waits')
  return failing(`Not done, though it should be: ${what.join('; ')}. The log says why; it is tried again and again.`)
}

async function overdueIn(table: Table, now: Date): Promise<string[]> {
  const to = plusSeconds(now, LONGEST_WAIT_SECONDS).toISOString()
  const late = plusSeconds(now, -OWED_SECONDS).toISOString()
  const pages = await Promise.all(
    DUE_SHARDS.map((partition) => table.query({ index: 'due', partition, range: { to }, limit: MOST_LOOKED_AT })),
  )
  const items = pages.flatMap((page) => page.items)
  const isLate = ({ dueAt }: Item): boolean => typeof dueAt === 'string' && dueAt < late
  return items.filter((item) => isLate(item) || hasFailed(item)).map(({ pk }) => pk)
}

/** An engagement that owes what was tried in vain: a page that could not leave, say. */
const hasFailed = ({ owed }: Item): boolean =>
  Array.isArray(owed) && owed.some((one) => isObject(one) && Number(one['tries']) > 0)

function rules({ rules: watch }: Sources): PartHealth {
  watch.refresh()
  const problem = watch.problem()
  if (problem === undefined) return ok('The rules of the file are in force')
  return failing(`The last good rules are in force, not those of the file: mend it. ${problem}`)
}

function deadLetters({ queues }: Sources): PartHealth {
  const [oldest, ...others] = queues.dead()
  if (!oldest) return ok('No message has been given up')
  const { failedIn, error, at } = oldest
  return failing(
    `${others.length + 1} waiting, the oldest since ${at.toISOString()}, which ${failedIn} could not process (${error}). See them in /_tocsin/failures; npm run redrive has them processed again, npm run redrive -- --discard ${oldest.id} deletes this one.`,
  )
}

function unopened(alarms: readonly { readonly names: string; readonly because: string }[]): PartHealth {
  const [first] = alarms
  if (!first) return ok('Whatever fires has its incident')
  return failing(
    `No incident can be opened, and nobody is paged, for ${named(alarms.map(({ names }) => names))}: ${first.because}. Look after it yourself, and mend the response plan or the rule.`,
  )
}

async function channels({ incidents }: Sources): Promise<PartHealth> {
  if (!incidents) return ok('Contacts are kept elsewhere')
  const { engaging, unreachable } = await unreachableContacts(incidents)
  if (!unreachable.length)
    return ok(engaging ? 'Whom the response plans engage can be paged' : 'No response plan engages anybody')
  const who = unreachable.map(({ contactArn, plans }) => `${contactArn} (engaged by ${plans.join(', ')})`)
  return failing(
    `Cannot be paged, because no activated contact channel stands in their plan: ${named(who)}. Activate a channel, and name it in the contact's plan.`,
  )
}

function disk({ database }: Sources): PartHealth {
  const problem = database.problem()
  return problem === undefined ? ok('What is accepted is on disk') : failing(problem)
}

const named = (names: readonly string[]): string =>
  names.length > MOST_NAMED
    ? `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`
    : names.join(', ')
