// The first look of all: what has been firing is one incident with the list of it, by the plan of the defaults.
import { areEnabled } from './decide/actions.ts'
import { subjectOf } from './decide/change.ts'
import { LIST_LENGTH, openList } from './decide/first-start.ts'
import type { Intake } from './on-signal.ts'
import { matchRules } from './rules/match-rules.ts'
import { sortOf } from './rules/unmatched.ts'
import type { AlarmStateChange, Signal } from './sources/signal.ts'
import { type Desk, work } from './state/work.ts'

const KEY = 'firing at the first start'

/** Answers what is not in a list: what is alone, what is held back or ignored, and what its own events have told of. */
export async function onFirstStart(intake: Intake, signals: readonly Signal[]): Promise<Signal[]> {
  const { desk, home, rules } = intake
  const { otherwise } = rules()
  const firing: AlarmStateChange[] = []
  for (const signal of signals) if (isForList(intake, signal) && !(await isKnown(desk, signal))) firing.push(signal)
  if (firing.length < 2) return [...signals]
  const listed = new Set<string>()
  for (let at = 0; at < firing.length; at += LIST_LENGTH) {
    const key = at ? `${KEY} (${at / LIST_LENGTH + 1})` : KEY
    const part = firing.slice(at, at + LIST_LENGTH)
    // Before it is opened: what recovers from then on finds it.
    for (const { alarm } of part) await bind(desk, alarm.arn, key)
    const load = () => desk.episodes.load(key)
    await work(desk, key, load, async (episode) =>
      openList(episode, part, firing.length, otherwise, home, desk.clock.now()),
    )
    // Where an earlier try has opened it, it holds what fired then.
    for (const subject of Object.keys((await load()).episode.subjects)) listed.add(subject)
  }
  return signals.filter((signal) => !listed.has(subjectOf(signal)))
}

function isForList({ rules }: Intake, signal: Signal): signal is AlarmStateChange {
  if (signal.kind !== 'alarm-state' || signal.held) return false
  const match = matchRules(rules(), signal.envelope, sortOf(signal))
  return match.kind === 'rule' && (areEnabled(signal) !== false || match.rule.actionsDisabled === 'open')
}

/** What its own event has told of already is where that has put it. */
async function isKnown({ episodes }: Desk, signal: AlarmStateChange): Promise<boolean> {
  const { episode, boundTo } = await episodes.load(signal.alarm.arn)
  const { subjects } =
    boundTo === undefined || boundTo.startsWith(KEY) ? episode : (await episodes.load(boundTo)).episode
  return subjects[signal.alarm.arn] !== undefined
}

async function bind({ episodes }: Desk, alarm: string, key: string): Promise<void> {
  const own = await episodes.load(alarm)
  if (own.boundTo !== key) await episodes.bind(own, key)
}
