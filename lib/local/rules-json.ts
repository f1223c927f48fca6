// Writes compiled rules as JSON, and reads back what was written: what functions load is what was compiled.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { brokenRules } from '../automation/rules/match-rules.ts'
import type { Rules } from '../automation/rules/rules.ts'
import { InvalidRules } from '../automation/rules/schema.ts'
import { isRules } from '../automation/state/load-rules.ts'

/** `target` has the rules in full, or is as it was. Throws InvalidRules where JSON does not hold what was compiled. */
export function writeRules(rules: Rules, target: string): void {
  const unfinished = `${target}.new`
  writeFileSync(unfinished, JSON.stringify(rules))
  const back: unknown = JSON.parse(readFileSync(unfinished, 'utf8'))
  const different = Object.entries(rules).filter(
    ([name, value]: [string, unknown]) => !isDeepStrictEqual(plain(value), memberOf(back, name)),
  )
  if (different.length > 0 || !isRules(back))
    throw new InvalidRules([`${target}: ${different.map(([name]) => name).join(', ')} cannot be read back as compiled`])
  const [broken] = brokenRules(back)
  if (broken) throw new InvalidRules([`${broken.place ?? target}: ${broken.problem}, once it is read back`])
  renameSync(unfinished, target)
}

const memberOf = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null ? new Map<string, unknown>(Object.entries(json)).get(name) : undefined

/** Without the members that are undefined, which JSON leaves out; -0 is 0. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'number') return value + 0
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]: [string, unknown]) => (one === undefined ? [] : [[name, plain(one)]])),
  )
}
