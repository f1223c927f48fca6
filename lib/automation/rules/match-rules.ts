// Which rule an event falls under: what is ignored first, then the first rule that matches, else the defaults.
import type { Envelope } from '../sources/signal.ts'
import { EventFields } from './event-fields.ts'
import { compilePattern } from './pattern.ts'
import type { Match, Rules } from './rules.ts'

type Candidate = readonly [takes: (fields: EventFields) => boolean, match: Match]

const candidates = new WeakMap<Rules, readonly Candidate[]>()

/** The answer for one event. Rules are compiled once. */
export function matchRules(rules: Rules, envelope: Envelope): Match {
  let ordered = candidates.get(rules)
  if (!ordered) candidates.set(rules, (ordered = inOrder(rules)))
  const fields = new EventFields(envelope)
  const found = ordered.find(([takes]) => takes(fields))
  return found ? found[1] : { kind: 'rule', rule: rules.otherwise }
}

function inOrder(rules: Rules): readonly Candidate[] {
  return [
    ...rules.ignore.map(({ id, reason, match }): Candidate => [
      compilePattern(match, `ignore ${id}`),
      { kind: 'ignore', id, reason },
    ]),
    // The pattern is left out: what an episode keeps of a rule is what to do, not when.
    ...rules.rules.map(({ match, ...rule }): Candidate => [
      compilePattern(match, `rule ${rule.id}`),
      { kind: 'rule', rule },
    ]),
  ]
}
