// Tells rules apart from those that were in force before.
import { sha256 } from '../../aws/token.ts'
import type { Rules } from '../rules/rules.ts'

const digests = new WeakMap<Rules, string>()

/** The same for the same rules, whatever is wrong with the file since. Computed once. */
export function digestOf(rules: Rules): string {
  const known = digests.get(rules)
  if (known !== undefined) return known
  const digest = sha256(JSON.stringify({ ...rules, problem: undefined }))
  digests.set(rules, digest)
  return digest
}
