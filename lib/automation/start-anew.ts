// What the rules in force make of a start that was refused: its event is read again from what the start keeps of it.
import type { StartIncident } from './decide/command.ts'
import type { Anew, DecideStart, IsIgnored } from './decide/decide-anew.ts'
import { LIST_SOURCE } from './decide/episode.ts'
import { startBy } from './decide/first-start.ts'
import { type Home, startIncident } from './decide/opening.ts'
import { matchRules } from './rules/match-rules.ts'
import type { Rule, Rules } from './rules/rules.ts'
import { sortOf } from './rules/unmatched.ts'
import { describedSignal } from './sources/described-alarm.ts'
import { parseEvent } from './sources/event.ts'
import { parseJson } from './sources/fields.ts'
import type { Signal } from './sources/signal.ts'

/**
 * Where the event is not kept (it was too large, or its incident is opened again), the rule of the same id says which plan,
 * else the defaults. Undefined where there are no rules to read: the start stays as it is.
 */
export const startAnew =
  (rules: () => Rules, home: Home): DecideStart =>
  (refused, by) => {
    const inForce = readable(rules)
    if (!inForce) return undefined
    const { trigger } = refused
    const same = (rule: Rule): Anew => ({ kind: 'start', rule, start: startBy(rule, refused, home) })
    if (trigger.source === LIST_SOURCE) return same(inForce.otherwise)
    const signal = kept(trigger)
    if (!signal) return same(withoutPattern(inForce.rules.find(({ id }) => id === by.id) ?? inForce.otherwise))
    const match = matchRules(inForce, signal.envelope, sortOf(signal))
    // Whether somebody had sent it is not kept: what no rule takes stays what it was.
    if (match.kind === 'ignore') return match.unmatched ? undefined : { kind: 'ignored' }
    return { kind: 'start', rule: match.rule, start: startIncident(match.rule, signal, trigger.at, home).command }
  }

/**
 * Whether a rule in force ignores what a start is for: by its event where that is kept, else by the alarm's name and place.
 * False where there are no rules to read.
 */
export const ignoredBy =
  (rules: () => Rules): IsIgnored =>
  (trigger) => {
    const inForce = readable(rules)
    const { arn: AlarmArn, at } = trigger
    const signal = kept(trigger) ?? describedSignal({ AlarmArn, StateValue: 'ALARM' }, at)
    if (!inForce || !signal) return false
    const match = matchRules(inForce, signal.envelope, sortOf(signal))
    return match.kind === 'ignore' && !match.unmatched
  }

/** What an episode keeps of a rule is what to do, not when. */
function withoutPattern(rule: Rule | Rules['rules'][number]): Rule {
  if (!('match' in rule)) return rule
  const { match: _, ...kept } = rule
  return kept
}

function readable(rules: () => Rules): Rules | undefined {
  try {
    return rules()
  } catch {
    return undefined
  }
}

function kept({ arn, rawData }: StartIncident['trigger']): Signal | undefined {
  try {
    const signal = parseEvent(parseJson('kept event', 'rawData', rawData))
    return arn === undefined || signal.envelope.resources[0] === arn ? signal : undefined
  } catch {
    return undefined
  }
}
