// Which rule an event falls under: what is ignored first, then the first rule that matches, else the defaults.
import type { Envelope } from '../sources/signal.ts'
import { firstOf } from './pattern-index.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import type { Match, Rules } from './rules.ts'

type Matcher = (envelope: Envelope) => Match

const matchers = new WeakMap<Rules, Matcher>()

/** The answer for one event. Rules are compiled once. */
export function matchRules(rules: Rules, envelope: Envelope): Match {
  let matcher = matchers.get(rules)
  if (!matcher) matchers.set(rules, (matcher = matcherOf(rules)))
  return matcher(envelope)
}

function matcherOf({ ignore, rules, otherwise }: Rules): Matcher {
  const entries: readonly { readonly match: Pattern; readonly means: Match }[] = [
    ...ignore.map(({ id, reason, match }) => ({ match, means: { kind: 'ignore', id, reason } as const })),
    // The pattern is left out: what an episode keeps of a rule is what to do, not when.
    ...rules.map(({ match, ...rule }) => ({ match, means: { kind: 'rule', rule } as const })),
  ]
  const first = firstOf(entries.map(({ match, means }) => compilePattern(match, nameOf(means))))
  const none: Match = { kind: 'rule', rule: otherwise }
  return (envelope) => entries[first(envelope)]?.means ?? none
}

const nameOf = (match: Match): string => (match.kind === 'ignore' ? `ignore ${match.id}` : `rule ${match.rule.id}`)
