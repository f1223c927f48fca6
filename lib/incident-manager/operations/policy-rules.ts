// What a resource policy must be to be kept: JSON in the form of AWS's policy language. Nothing here enforces it.
import { ValidationFailed } from '../errors.ts'

const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17']
const EFFECTS: readonly unknown[] = ['Allow', 'Deny']
/** What each statement of a policy on a resource has, or the same with `Not` before it (IAM, policy grammar). */
const ELEMENTS = ['Principal', 'Action', 'Resource']

/** ValidationFailed, in our own words, for a text that is no such policy. */
export function checkPolicy(text: string): void {
  const policy = parsed(text)
  if (!isObject(policy)) throw invalid('it is not a JSON object')
  if (!VERSIONS.includes(policy['Version'])) throw invalid('its Version must be 2012-10-17 or 2008-10-17')
  const statements = [policy['Statement']].flat()
  if (!statements.length) throw invalid('it has no Statement')
  for (const statement of statements) {
    if (!isObject(statement)) throw invalid('its Statement must be an object or a list of objects')
    if (!EFFECTS.includes(statement['Effect'])) throw invalid('the Effect of a statement must be Allow or Deny')
    for (const element of ELEMENTS)
      if (statement[element] === undefined && statement[`Not${element}`] === undefined)
        throw invalid(`a statement has no ${element}`)
  }
}

const invalid = (problem: string): ValidationFailed =>
  new ValidationFailed(`Invalid value provided - the policy is not valid: ${problem}`)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('it is not JSON')
  }
}
