// Decides the conditions of the compiled template: parameters have decided them when it is packaged, and what is deployed,
// checked and run on one machine holds no branch that is never taken.
import { isObject } from '../lib/local/json.ts'

type Members = Readonly<Record<string, unknown>>

/** A member or element that is left out. */
const GONE = Symbol('AWS::NoValue')

/**
 * The template without `Conditions`, `Fn::If` and `AWS::NoValue`, and without the resources and outputs whose condition does
 * not hold. Throws for a condition of anything but `Fn::Not` and an `Fn::Equals` of two texts, naming it.
 */
export function decideConditions(template: Members): Members {
  const { Conditions, ...rest } = template
  const holds = new Map(
    Object.entries(isObject(Conditions) ? Conditions : {}).map(([name, condition]) => [name, isTrue(name, condition)]),
  )
  const decided = decide(rest)
  return isObject(decided) ? decided : {}

  function decide(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(decide).filter((element) => element !== GONE)
    if (!isObject(value)) return value
    if (value['Ref'] === 'AWS::NoValue') return GONE
    const branches = value['Fn::If']
    if (Array.isArray(branches)) return decide(branches[known(branches[0]) ? 1 : 2])
    // A policy's statement has a `Condition` too: an object, no name.
    const { Condition, ...others } = value
    const isConditional = typeof Condition === 'string'
    if (isConditional && !known(Condition)) return GONE
    return Object.fromEntries(
      Object.entries(isConditional ? others : value).flatMap(([name, member]) => {
        const made = decide(member)
        return made === GONE ? [] : [[name, made]]
      }),
    )
  }

  function known(name: unknown): boolean {
    const value = holds.get(String(name))
    if (value === undefined) throw new Error(`serverless.yml has no condition ${String(name)}`)
    return value
  }
}

function isTrue(name: string, condition: unknown): boolean {
  const [not, equals] = isObject(condition) ? [condition['Fn::Not'], condition['Fn::Equals']] : []
  if (Array.isArray(not)) return !isTrue(name, not[0])
  if (Array.isArray(equals) && equals.every((side) => typeof side === 'string')) return equals[0] === equals[1]
  throw new Error(`serverless.yml: the condition ${name} must be an Fn::Equals of two texts, or its Fn::Not`)
}
