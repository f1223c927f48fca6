// Which rule an event falls under: what is ignored first, then the first rule that matches, else the defaults.
import type { Envelope } from '../sources/signal.ts'
import { isObject } from './operators.ts'
import { firstOf } from './pattern-index.ts'
import { type CompiledPattern, compilePattern } from './pattern.ts'
import type { Match, Rules } from './rules.ts'
import { type Sort, UNMATCHED } from './unmatched.ts'

/** A rule, or an entry of `ignore`, of which nothing can be made: it is left out, and all others count. */
export interface BrokenRule {
  /** `rule checkout`, `ignore autoscaling`. */
  readonly what: string
  /** `rules.yml:12`, where that is known. */
  readonly place?: string
  readonly problem: string
}

interface Compiled {
  readonly match: (envelope: Envelope, sort: Sort) => Match
  readonly broken: readonly BrokenRule[]
}

const compiled = new WeakMap<Rules, Compiled>()

/** The answer for one event, of this sort where no rule matches it. Rules are compiled once. */
export const matchRules = (rules: Rules, envelope: Envelope, sort: Sort = 'sent'): Match =>
  compiledOf(rules).match(envelope, sort)

/** What is wrong with rules that were good when they were compiled. */
export const brokenRules = (rules: Rules): readonly BrokenRule[] => compiledOf(rules).broken

function compiledOf(rules: Rules): Compiled {
  let known = compiled.get(rules)
  if (!known) compiled.set(rules, (known = compile(rules)))
  return known
}

function compile(rules: Rules): Compiled {
  const broken: BrokenRule[] = []
  const entries: { readonly pattern: CompiledPattern; readonly means: Match }[] = []
  const add = (entry: unknown, what: string, make: () => { readonly match: unknown; readonly means: Match }): void => {
    const id = isObject(entry) && typeof entry['id'] === 'string' ? entry['id'] : undefined
    const name = id === undefined ? what : `${what.replace(/ .*/u, '')} ${id}`
    try {
      const { match, means } = make()
      entries.push({ pattern: compilePattern(match, name), means })
    } catch (error) {
      const place = id === undefined ? undefined : rules.places?.[id]
      const problem = error instanceof Error ? error.message : String(error)
      broken.push({ what: name, ...(place === undefined ? {} : { place }), problem })
    }
  }
  for (const [index, entry] of rules.ignore.entries())
    add(entry, `ignore number ${index + 1}`, () => {
      const { id, reason, match } = entry
      return { match, means: { kind: 'ignore', id, reason } }
    })
  for (const [index, entry] of rules.rules.entries())
    add(entry, `rule number ${index + 1}`, () => {
      // The pattern is left out: what an episode keeps of a rule is what to do, not when.
      const { match, ...rule } = entry
      if (!isRule(rule)) throw new Error('is not complete')
      return { match, means: { kind: 'rule', rule } }
    })
  const first = firstOf(entries.map(({ pattern }) => pattern))
  const none: Match = { kind: 'rule', rule: rules.otherwise }
  return {
    broken,
    match: (envelope, sort) => {
      const entry = entries[first(envelope)]
      if (entry) return entry.means
      return (rules.unmatched?.[sort] ?? UNMATCHED[sort]) === 'open' ? none : ignored(sort)
    },
  }
}

const ignored = (sort: Sort): Match => ({
  kind: 'ignore',
  id: `defaults.unmatched.${sort}`,
  reason: 'no rule matches it',
  unmatched: true,
})

/** Whether a compiled rule has what everything that reads it takes for granted. */
export const isRule = (rule: unknown): boolean =>
  isObject(rule) &&
  typeof rule['id'] === 'string' &&
  isObject(rule['open']) &&
  typeof rule['open']['plan'] === 'string' &&
  Array.isArray(rule['open']['links']) &&
  isObject(rule['resolve']) &&
  Array.isArray(rule['autoAcknowledge']) &&
  Array.isArray(rule['escalate'])
