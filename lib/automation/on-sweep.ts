// One sweep: what is due of the episodes; every five minutes also what fires unseen, and what failed for a passing reason.
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { MINUTE_MS, plusSeconds } from '../aws/instants.ts'
import { alarmsToAsk } from './decide/held.ts'
import type { AlarmTruths } from './decide/truth.ts'
import { askAlarms } from './execute/ask-alarms.ts'
import { type Redrivable, redriveReadable } from './execute/redrive.ts'
import { onSignal, type Intake } from './on-signal.ts'
import { type Clients, onTick, startFirst } from './on-tick.ts'
import { beat, readSweep } from './state/heartbeat.ts'
import { type Due, keyOf } from './state/episodes.ts'
import { clearTrouble, recordTrouble, type StandingTrouble, troublesIn } from './state/troubles.ts'
import { Undecidable } from './state/undecidable.ts'
import { tellTroubles } from './tell-troubles.ts'
import { isUndecided, tellUndecided, type Undecided, undecidedId } from './tell-undecided.ts'
import { PacedOut } from './execute/pace.ts'
import { unseenAlarms } from './execute/unseen-alarms.ts'

export interface Sweep extends Intake {
  readonly clients: Clients & { readonly cloudwatch: CloudWatchClient; readonly sqs: SQSClient }
  readonly deadLetters: readonly Redrivable[]
  /** Names of Tocsin's own alarms begin so: they are for those who look after Tocsin, and open nothing. */
  readonly ownAlarms: string | undefined
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

const LOOK_EVERY_MS = 5 * MINUTE_MS
/** The next look begins a little before the last one did: what changed just then may not have been described yet. */
const OVERLAP_SECONDS = 600

/** `hasTime` says whether there is time for more: what is left is due in the next sweep. Throws when nothing could be looked at. */
export async function onSweep(sweep: Sweep, hasTime: () => boolean): Promise<Report> {
  const { desk, table } = sweep
  const startedAt = desk.clock.now()
  const { heartbeat: before, items: left } = await readSweep(table)
  const { due, unreadable } = await desk.episodes.due()
  const standing = troublesIn(left)
  const told = new Set(standing.flatMap(({ id, toldAt }) => (toldAt ? [id] : [])))
  const failures = new Failures(sweep)
  await failures.catching({ reading: 'the rules' }, () => sayWhatIsWrong(sweep, standing), told.has(RULES_BROKEN))
  await failures.catching({ telling: 'what stands in the way' }, () => tellTroubles(desk, table, standing))
  const truths = await truthsOf(sweep, due, startedAt, failures)
  const unopened = due.filter(({ episode }) => episode.pending.some(({ type }) => type === 'start-incident'))
  // One alone is opened by its own tick.
  if (unopened.length > 1)
    await inParallel(unopened, sweep.width, async ({ key, episode: { incident } }) => {
      if (hasTime())
        await failures.catching({ episode: key }, () => startFirst(desk, key), incident?.lastResort !== undefined)
    })
  const undecided: Undecided[] = []
  const decided = new Set<string>()
  const fail = (one: Undecided): Promise<void | undefined> => {
    const { key, episode, error } = one
    // Whose incident cannot be opened, and what waits for its turn, is told otherwise.
    const isOpening = !(error instanceof Undecidable) && episode?.pending.some(({ type }) => type === 'start-incident')
    const waits = error instanceof PacedOut
    if (!isOpening && !waits) undecided.push(one)
    const isTold = waits || told.has(undecidedId(key)) || episode?.incident?.lastResort !== undefined
    return failures.catching({ episode: key }, () => Promise.reject(error), isTold)
  }
  for (const one of unreadable) await fail(one)
  await inParallel(due, sweep.width, async ({ key, episode }) => {
    if (!hasTime()) return
    try {
      await onTick(desk, sweep.clients, sweep.home, key, truths)
      decided.add(key)
    } catch (error) {
      await fail({ at: keyOf(key), key, episode, error })
    }
  })
  await failures.catching({ telling: 'what could not be decided' }, () =>
    tellUndecided(desk, table, undecided, decided, standing),
  )
  const looks = !before.lookedAt || startedAt.getTime() - before.lookedAt.getTime() >= LOOK_EVERY_MS
  const found = looks && hasTime() ? await look(sweep, before.lookedAt, startedAt, failures, told) : undefined
  await beat(table, { sweptAt: startedAt, ...lookedAt(found?.complete ? startedAt : before.lookedAt) })
  return {
    due: due.length,
    oldestDueSeconds: due[0] ? Math.round((startedAt.getTime() - due[0].dueAt.getTime()) / 1000) : 0,
    failures: failures.count + untried(standing, [...decided, ...undecided.map(({ key }) => key)]),
    untold: failures.untold,
    redriven: found?.redriven ?? 0,
    unseen: found?.unseen ?? 0,
  }
}

class BrokenRules extends Error {
  override readonly name = 'BrokenRules'
}

const RULES_BROKEN = 'rules'

/** The last good rules are in force until somebody mends the file: whoever reads the log must see it every time. */
async function sayWhatIsWrong({ rules, table, desk }: Sweep, standing: readonly StandingTrouble[]): Promise<void> {
  const { problem } = rules()
  if (problem === undefined) {
    if (standing.some(({ id }) => id === RULES_BROKEN)) await clearTrouble(table, RULES_BROKEN)
    return
  }
  const message = `The last good rules are in force, not those of the file: mend it. ${problem}`
  const trouble = { id: RULES_BROKEN, subject: 'THE RULES ARE BROKEN', message, standsForSeconds: 200 }
  await recordTrouble(table, trouble, desk.clock.now())
  throw new BrokenRules(`The last good rules are in force: ${problem}`)
}

/** What still cannot be decided though it was not tried now. */
function untried(standing: readonly StandingTrouble[], tried: readonly string[]): number {
  const ids = new Set(tried.map(undecidedId))
  return standing.filter((trouble) => isUndecided(trouble) && !ids.has(trouble.id)).length
}

const lookedAt = (at: Date | undefined): { lookedAt?: Date } => (at ? { lookedAt: at } : {})

/** One for all, because CloudWatch describes a hundred alarms as easily as one. */
async function truthsOf(sweep: Sweep, due: readonly Due[], now: Date, failures: Failures): Promise<AlarmTruths> {
  const arns = due.flatMap(({ episode }) => {
    try {
      return alarmsToAsk(episode, now)
    } catch {
      // Its own tick says so.
      return []
    }
  })
  if (!arns.length) return new Map()
  const asked = await failures.catching({ alarms: arns.length }, () =>
    askAlarms(sweep.clients.cloudwatch, sweep.home, arns),
  )
  return asked ?? new Map()
}

/** Whatever could not be looked at is looked at again by the next sweep: `complete` says that nothing was left. */
async function look(
  sweep: Sweep,
  last: Date | undefined,
  now: Date,
  failures: Failures,
  told: ReadonlySet<string>,
): Promise<{ complete: boolean; unseen: number; redriven: number }> {
  const failedBefore = failures.count
  const since = last && plusSeconds(last, -OVERLAP_SECONDS)
  const signals = await failures.catching({ looking: 'for alarms that nobody told of' }, () =>
    unseenAlarms(sweep.clients.cloudwatch, sweep.ownAlarms, since, now),
  )
  let unseen = 0
  await inParallel(signals ?? [], sweep.width, async (signal) => {
    const [alarm] = signal.envelope.resources
    const isTold = told.has(undecidedId(`signal/${alarm}`))
    const opened = await failures.catching({ alarm }, () => onSignal(sweep, signal, true), isTold)
    if (opened) unseen++
  })
  let redriven = 0
  for (const queue of sweep.deadLetters)
    redriven +=
      (await failures.catching({ queue: queue.deadLetters }, () => redriveReadable(sweep.clients.sqs, queue))) ?? 0
  return { complete: failures.count === failedBefore, unseen, redriven }
}

/** One failure does not keep the rest of the sweep from being done. */
class Failures {
  readonly #sweep: Sweep
  count = 0
  untold = 0

  constructor(sweep: Sweep) {
    this.#sweep = sweep
  }

  /** `isTold`: the last resort knows of it by name already. */
  async catching<T>(about: object, work: () => Promise<T>, isTold = false): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      this.count++
      if (!isTold) this.untold++
      this.#sweep.desk.logger.error('A part of the sweep failed; the next sweep tries again', { ...about, error })
      return undefined
    }
  }
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
