// Every episode that is due in a sweep: what is not opened yet first, then what time asks for of each.
import { alarmsToAsk } from './decide/held.ts'
import type { AlarmTruths } from './decide/truth.ts'
import type { Unanswered } from './decide/unanswered.ts'
import { askAlarms } from './execute/ask-alarms.ts'
import { PacedOut } from './execute/pace.ts'
import type { Sweep } from './on-sweep.ts'
import { onTick, startFirst } from './on-tick.ts'
import { ignoredBy, startAnew } from './start-anew.ts'
import { type Due, keyOf, type Unreadable } from './state/episodes.ts'
import { Undecidable } from './state/undecidable.ts'
import { type Failures, inParallel } from './sweep-failures.ts'
import { type Undecided, undecidedId } from './tell-undecided.ts'

/** What came of them, for who has to be told. */
export interface Ticked {
  readonly unanswered: readonly Unanswered[]
  readonly undecided: readonly Undecided[]
  /** Keys of those that went through. */
  readonly decided: ReadonlySet<string>
}

/** `told`: ids of the troubles that the last resort knows. Whatever fails is counted by `failures`. */
export async function tickAll(
  sweep: Sweep,
  { due, unreadable }: { readonly due: readonly Due[]; readonly unreadable: readonly Unreadable[] },
  told: ReadonlySet<string>,
  failures: Failures,
  hasTime: () => boolean,
): Promise<Ticked> {
  const { desk, width } = sweep
  const truths = await truthsOf(sweep, due, failures)
  const unopened = due.filter(({ episode }) => episode.pending.some(({ type }) => type === 'start-incident'))
  // One alone is opened by its own tick.
  if (unopened.length > 1)
    await inParallel(unopened, width, async ({ key, episode: { incident } }) => {
      if (hasTime())
        await failures.catching({ episode: key }, () => startFirst(desk, key), incident?.lastResort !== undefined)
    })
  const inForce = { anew: startAnew(sweep.rules, sweep.home), isIgnored: ignoredBy(sweep.rules) }
  const unanswered: Unanswered[] = []
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
  await inParallel(due, width, async ({ key, episode }) => {
    if (!hasTime()) return
    try {
      const found = await onTick(desk, sweep.clients, sweep.home, key, truths, inForce)
      if (found) unanswered.push(found)
      decided.add(key)
    } catch (error) {
      await fail({ at: keyOf(key), key, episode, error })
    }
  })
  return { unanswered, undecided, decided }
}

/** One question for all, because CloudWatch describes a hundred alarms as easily as one. */
async function truthsOf(sweep: Sweep, due: readonly Due[], failures: Failures): Promise<AlarmTruths> {
  const now = sweep.desk.clock.now()
  const arns = due.flatMap(({ episode }) => {
    try {
      return alarmsToAsk(episode, now)
    } catch {
      // Its own tick says so.
      return []
    }
  })
  if (!arns.length) return new Map()
  const asked = await failures.catching({ alarms: arns.length }, () => askAlarms(sweep.cloudwatches, arns))
  return asked ?? new Map()
}
