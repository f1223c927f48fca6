// What the rules in force make of a start that was refused: its event is read again from what the start keeps of it.
import type { StartIncident } from './decide/command.ts'
import type { Anew } from './decide/decide-anew.ts'
import { listAnew } from './decide/first-start.ts'
import { type Home, startIncident } from './decide/opening.ts'
import { matchRules } from './rules/match-rules.ts'
import type { Rule, Rules } from './rules/rules.ts'
import { sortOf } from './rules/unmatched.ts'
import { parseEvent } from './sources/event.ts'
import { parseJson } from './sources/fields.ts'
import type { Signal } from './sources/signal.ts'

/** Undefined where the event was too large to be kept whole, or where there are no rules to read: the start stays as it is. */
export const startAnew =
  (rules: () => Rules, home: Home) =>
  (refused: StartIncident): Anew | undefined => {
    const { trigger } = refused
    const list = listAnew(refused, rules().otherwise, home)
    if (list) return { kind: 'start', rule: rules().otherwise, start: list }
    const again = openedAgainBy(trigger.rawData)
    if (again !== undefined) return byRule(refused, again, rules(), home)
    const signal = kept(trigger.rawData)
    if (!signal || (trigger.arn !== undefined && signal.envelope.resources[0] !== trigger.arn)) return undefined
    const match = matchRules(rules(), signal.envelope, sortOf(signal))
    // Whether somebody had sent it is not kept: what no rule takes stays what it was.
    if (match.kind === 'ignore') return match.unmatched ? undefined : { kind: 'ignored' }
    return { kind: 'start', rule: match.rule, start: startIncident(match.rule, signal, trigger.at, home).command }
  }

/** What opens again has no event: it is started by its rule as that is now, the defaults where there is no such rule any more. */
function byRule(refused: StartIncident, id: string, rules: Rules, { fallbackPlan }: Home): Anew {
  const rule = rules.rules.find((each) => each.id === id) ?? rules.otherwise
  const { plan } = rule.open
  const { key: _, otherPlan: __, ...start } = refused
  const otherPlan = fallbackPlan && fallbackPlan !== plan ? { otherPlan: fallbackPlan } : {}
  return { kind: 'start', rule: withoutPattern(rule), start: { ...start, plan, ...otherPlan } }
}

/** What an episode keeps of a rule is what to do, not when. */
function withoutPattern(rule: Rule | Rules['rules'][number]): Rule {
  if (!('match' in rule)) return rule
  const { match: _, ...kept } = rule
  return kept
}

/** The id of the rule by which an incident opens again; undefined for a start that an event made. */
function openedAgainBy(rawData: string): string | undefined {
  try {
    const { opensAgain, rule } = parseJson('kept start', 'rawData', rawData)
    return typeof opensAgain === 'string' && typeof rule === 'string' ? rule : undefined
  } catch {
    return undefined
  }
}

function kept(rawData: string): Signal | undefined {
  try {
    return parseEvent(parseJson('kept event', 'rawData', rawData))
  } catch {
    return undefined
  }
}
