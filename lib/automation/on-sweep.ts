// One sweep: what is due of the episodes; every five minutes also what fires unseen, and what failed for a passing reason.
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { plusSeconds } from '../aws/instants.ts'
import type { Table } from '../aws/table/table.ts'
import { alarmsToAsk } from './decide/held.ts'
import type { Look } from './decide/look.ts'
import type { AlarmTruths } from './decide/truth.ts'
import { askAlarms } from './execute/ask-alarms.ts'
import { type Redrivable, redriveReadable } from './execute/redrive.ts'
import { onFirstStart } from './on-first-start.ts'
import { onSignal, type Intake } from './on-signal.ts'
import { type Clients, onTick, startFirst } from './on-tick.ts'
import { startAnew } from './start-anew.ts'
import { beat, readSweep } from './state/heartbeat.ts'
import type { Due } from './state/episodes.ts'
import { fingerprintOf, lookNow } from './state/standing.ts'
import { troublesIn } from './state/troubles.ts'
import { tellTroubles } from './tell-troubles.ts'
import { unseenAlarms } from './execute/unseen-alarms.ts'

export interface Sweep extends Intake {
  readonly clients: Clients & { readonly cloudwatch: CloudWatchClient; readonly sqs: SQSClient }
  readonly table: Table
  readonly deadLetters: readonly Redrivable[]
  /** Names of Tocsin's own alarms begin so: they are for those who look after Tocsin, and open nothing. */
  readonly ownAlarms: string | undefined
  /** Which incident manager there is, and whose data it has; compared, never taken apart. */
  readonly manager: string
  /** Episodes at a time. */
  readonly width: number
}

export interface Report {
  readonly due: number
  readonly oldestDueSeconds: number
  readonly failures: number
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
  const due = await desk.episodes.due()
  const failures = new Failures(sweep)
  let rules: string | undefined
  await failures.catching({ reading: 'the rules' }, async () => {
    rules = fingerprintOf(sweep.rules())
    sayWhatIsWrong(sweep)
  })
  await failures.catching({ telling: 'what stands in the way' }, () => tellTroubles(desk, table, troublesIn(left)))
  const truths = await truthsOf(sweep, due, startedAt, failures)
  const unopened = due.filter(({ episode }) => episode.pending.some(({ type }) => type === 'start-incident'))
  const anew = startAnew(sweep.rules, sweep.home)
  // One alone is opened by its own tick.
  if (unopened.length > 1)
    await inParallel(unopened, sweep.width, async ({ key }) => {
      if (hasTime()) await failures.catching({ episode: key }, () => startFirst(desk, key))
    })
  await inParallel(due, sweep.width, async ({ key }) => {
    if (hasTime())
      await failures.catching({ episode: key }, () => onTick(desk, sweep.clients, sweep.home, key, truths, anew))
  })
  const standing = { sweptAt: startedAt, manager: sweep.manager, ...(rules ? { rules } : {}) }
  const how = lookNow(before, standing)
  const found = how && hasTime() ? await look(sweep, how, before.lookedAt, startedAt, failures) : undefined
  await beat(table, found?.complete ? { ...standing, lookedAt: startedAt } : { ...before, sweptAt: startedAt })
  return {
    due: due.length,
    oldestDueSeconds: due[0] ? Math.round((startedAt.getTime() - due[0].dueAt.getTime()) / 1000) : 0,
    failures: failures.count,
    redriven: found?.redriven ?? 0,
    unseen: found?.unseen ?? 0,
  }
}

class BrokenRules extends Error {
  override readonly name = 'BrokenRules'
}

/** The last good rules are in force until somebody mends the file: whoever reads the log must see it every time. */
function sayWhatIsWrong({ rules }: Sweep): void {
  const { problem } = rules()
  if (problem !== undefined) throw new BrokenRules(`The last good rules are in force: ${problem}`)
}

/** One for all, because CloudWatch describes a hundred alarms as easily as one. */
async function truthsOf(sweep: Sweep, due: readonly Due[], now: Date, failures: Failures): Promise<AlarmTruths> {
  const arns = due.flatMap(({ episode }) => alarmsToAsk(episode, now))
  if (!arns.length) return new Map()
  const asked = await failures.catching({ alarms: arns.length }, () =>
    askAlarms(sweep.clients.cloudwatch, sweep.home, arns),
  )
  return asked ?? new Map()
}

/** Whatever could not be looked at is looked at again by the next sweep: `complete` says that nothing was left. */
async function look(
  sweep: Sweep,
  how: Look,
  last: Date | undefined,
  now: Date,
  failures: Failures,
): Promise<{ complete: boolean; unseen: number; redriven: number }> {
  const failedBefore = failures.count
  const since = how === 'usual' ? last && plusSeconds(last, -OVERLAP_SECONDS) : undefined
  const signals = await failures.catching({ looking: 'for alarms that nobody told of' }, async () => {
    const unseen = await unseenAlarms(sweep.clients.cloudwatch, sweep.ownAlarms, since, now)
    return last ? unseen : onFirstStart(sweep, unseen)
  })
  let unseen = 0
  await inParallel(signals ?? [], sweep.width, async (signal) => {
    const opened = await failures.catching({ alarm: signal.envelope.resources[0] }, () => onSignal(sweep, signal, how))
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

  constructor(sweep: Sweep) {
    this.#sweep = sweep
  }

  async catching<T>(about: object, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      this.count++
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
