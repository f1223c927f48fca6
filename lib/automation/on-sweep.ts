// One sweep: what is due of the episodes; every five minutes also what fires unseen, and what failed for a passing reason.
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Declared } from '../aws/config.ts'
import { plusSeconds } from '../aws/instants.ts'
import { firstLook, lookForDeclared, lookFrom } from './adopt-declared.ts'
import { checkNames, RULES_TROUBLE, sayWhatIsWrong } from './check-rules.ts'
import type { Look } from './decide/look.ts'
import type { CloudWatches } from './execute/cloudwatches.ts'
import { type Redrivable, redriveReadable } from './execute/redrive.ts'
import { onFirstStart } from './on-first-start.ts'
import { digestOf } from './state/rules-digest.ts'
import { lookNow } from './state/standing.ts'
import { unseenAlarms } from './execute/unseen-alarms.ts'
import { onSignal, type Intake } from './on-signal.ts'
import type { Clients } from './on-tick.ts'
import { beat, type Heartbeat, type NamesChecked, readSweep } from './state/heartbeat.ts'
import type { KnownIncidents } from './state/known-incidents.ts'
import { type StandingTrouble, troublesIn } from './state/troubles.ts'
import { rememberUnasked } from './state/unasked.ts'
import { Failures, inParallel } from './sweep-failures.ts'
import { tellTroubles } from './tell-troubles.ts'
import { tellUnanswered } from './tell-unanswered.ts'
import { isUndecided, tellUndecided, undecidedId } from './tell-undecided.ts'
import { tickAll } from './tick-all.ts'

export interface Sweep extends Intake {
  readonly clients: Clients & { readonly sqs: SQSClient }
  readonly cloudwatches: CloudWatches
  readonly deadLetters: readonly Redrivable[]
  /** Names of Tocsin's own alarms begin so: they are for those who look after Tocsin, and open nothing. */
  readonly ownAlarms: string | undefined
  /** Whether what others declared is looked after where no rule names its plan. */
  readonly declared: Declared
  readonly known: KnownIncidents
  /** Which incident manager there is, and whose data it has; compared, never taken apart. */
  readonly manager: string
  /** Episodes at a time. */
  readonly width: number
}

export interface Report {
  readonly due: number
  readonly oldestDueSeconds: number
  /** What failed now, and what still cannot be decided though it was not tried now. */
  readonly failures: number
  /** What failed and nobody has been told of by name. */
  readonly untold: number
  readonly redriven: number
  readonly unseen: number
}

/** The next look begins a little before the last one did: what changed just then may not have been described yet. */
const OVERLAP_SECONDS = 600

/** `hasTime` says whether there is time for more: what is left is due in the next sweep. Throws when nothing could be looked at. */
export async function onSweep(sweep: Sweep, hasTime: () => boolean): Promise<Report> {
  const { desk, table } = sweep
  const startedAt = desk.clock.now()
  const { heartbeat: before, items: left } = await readSweep(table)
  const failures = new Failures(desk.logger)
  const wentBack = before.sweptAt !== undefined && before.sweptAt > startedAt
  if (wentBack) desk.logger.warn('The clock was put back: what would wait too long by it is due sooner')
  // Before the first sweep nobody knows.
  const brought =
    (before.sweptAt && !wentBack) || (await failures.catching({ bringing: 'forward' }, () => bringForward(sweep)))
  const episodes = await desk.episodes.due()
  const { due } = episodes
  const standing = troublesIn(left)
  const told = new Set(standing.flatMap(({ id, toldAt }) => (toldAt ? [id] : [])))
  let rules: string | undefined
  await failures.catching(
    { reading: 'the rules' },
    async () => {
      rules = digestOf(sweep.rules())
      await sayWhatIsWrong(sweep, standing)
    },
    told.has(RULES_TROUBLE),
  )
  await failures.catching({ telling: 'what stands in the way' }, () => tellTroubles(desk, table, standing))
  const { unanswered, undecided, decided } = await tickAll(sweep, episodes, told, failures, hasTime)
  await failures.catching({ telling: 'what nobody answers' }, () => tellUnanswered(desk, unanswered))
  await failures.catching({ telling: 'what could not be decided' }, () =>
    tellUndecided(desk, table, undecided, decided, standing),
  )
  const declared = lookFrom(before.declared ?? firstLook(sweep, before, startedAt), startedAt)
  const listed = await failures.catching({ looking: 'for incidents that others declared' }, () =>
    lookForDeclared(sweep, declared, due, startedAt, hasTime, failures),
  )
  const last = before.lookedAt && wentBack ? startedAt : before.lookedAt
  const { manager } = sweep
  const how =
    lookNow({ ...before, ...lookedAt(last) }, { sweptAt: startedAt, manager, ...(rules ? { rules } : {}) }) ??
    (wentBack ? 'usual' : undefined)
  const found = how && hasTime() ? await look(sweep, how, last, startedAt, failures, told) : undefined
  const stood = found?.complete ? { manager, ...(rules ? { rules } : {}) } : standingOf(before)
  await failures.catching({ remembering: 'who could not be asked' }, () =>
    rememberUnasked(table, left, sweep.cloudwatches.known, startedAt),
  )
  const names = hasTime() ? await namesOf(sweep, before, startedAt) : before.names
  // What has not been brought forward is brought by the next sweep.
  const sweptAt = brought ? startedAt : before.sweptAt
  await beat(table, {
    ...(sweptAt ? { sweptAt } : {}),
    declared: listed ?? declared,
    ...lookedAt(found?.complete ? startedAt : before.lookedAt),
    ...stood,
    ...(names ? { names } : {}),
  })
  return {
    due: due.length,
    oldestDueSeconds: due[0] ? Math.round((startedAt.getTime() - due[0].dueAt.getTime()) / 1000) : 0,
    failures: failures.count + untried(standing, [...decided, ...undecided.map(({ key }) => key)]),
    untold: failures.untold,
    redriven: found?.redriven ?? 0,
    unseen: found?.unseen ?? 0,
  }
}

/** What still cannot be decided though it was not tried now. */
function untried(standing: readonly StandingTrouble[], tried: readonly string[]): number {
  const ids = new Set(tried.map(undecidedId))
  return standing.filter((trouble) => isUndecided(trouble) && !ids.has(trouble.id)).length
}

/** An incident manager that cannot be asked fails no sweep: the next asks again. */
async function namesOf(sweep: Sweep, { names }: Heartbeat, now: Date): Promise<NamesChecked | undefined> {
  try {
    return await checkNames(sweep, names, now)
  } catch (error) {
    sweep.desk.logger.warn('The plans and contacts that the rules name could not be asked for', { error })
    return names
  }
}

async function bringForward({ desk }: Sweep): Promise<true> {
  await desk.episodes.bringForward()
  return true
}

const standingOf = ({ rules, manager }: Heartbeat): Pick<Heartbeat, 'rules' | 'manager'> => ({
  ...(rules ? { rules } : {}),
  ...(manager ? { manager } : {}),
})

const lookedAt = (at: Date | undefined): { lookedAt?: Date } => (at ? { lookedAt: at } : {})

/** Whatever could not be looked at is looked at again by the next sweep: `complete` says that nothing was left. */
async function look(
  sweep: Sweep,
  how: Look,
  last: Date | undefined,
  now: Date,
  failures: Failures,
  told: ReadonlySet<string>,
): Promise<{ complete: boolean; unseen: number; redriven: number }> {
  const failedBefore = failures.count
  const since = how === 'usual' ? last && plusSeconds(last, -OVERLAP_SECONDS) : undefined
  const signals = await failures.catching({ looking: 'for alarms that nobody told of' }, async () => {
    const unseen = await unseenAlarms(sweep.cloudwatches.here, sweep.ownAlarms, since, now)
    return last ? unseen : onFirstStart(sweep, unseen)
  })
  let unseen = 0
  await inParallel(signals ?? [], sweep.width, async (signal) => {
    const [alarm] = signal.envelope.resources
    const isTold = told.has(undecidedId(`signal/${alarm}`))
    const opened = await failures.catching({ alarm }, () => onSignal(sweep, signal, how), isTold)
    if (opened) unseen++
  })
  let redriven = 0
  for (const queue of sweep.deadLetters)
    redriven +=
      (await failures.catching({ queue: queue.deadLetters }, () => redriveReadable(sweep.clients.sqs, queue))) ?? 0
  return { complete: failures.count === failedBefore, unseen, redriven }
}
