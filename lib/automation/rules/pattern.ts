// EventBridge event patterns: checked, and matched as EventBridge matches them. `rules.yml` and the local event bus use both.
import { MOST_CONDITIONS, searchOf } from './array-search.ts'
import { ABSENT, EventFields, type FieldValue, isList, MANY, numberOf } from './event-fields.ts'
import { InvalidPattern, isObject, parseAlternatives, type FieldTest, type Path, type Scalar } from './operators.ts'

type Json = Scalar | readonly Json[] | { readonly [name: string]: Json }
/** An event pattern as it is written: plain JSON. What is not a pattern is refused when it is first matched. */
export type Pattern = { readonly [field: string]: Json }

type EventMatcher = (fields: EventFields) => boolean

/** A pattern ready to be compared. */
export interface CompiledPattern {
  readonly takes: EventMatcher
  /** The pattern without its `$or`s: one of these must hold in full. */
  readonly ways: readonly (readonly Asked[])[]
}

/** A condition on one field, by the field's number. */
export interface Asked {
  readonly field: number
  readonly test: FieldTest
  /** What the test was made of. */
  readonly alternatives: readonly unknown[]
}

/** EventBridge takes no pattern whose `$or`s combine to more. */
const MAX_COMBINATIONS = 1000
const OR = '$or'
const RESERVED_IN_OR = new Set([
  'prefix',
  'suffix',
  'equals-ignore-case',
  'wildcard',
  'anything-but',
  'numeric',
  'cidr',
  'exists',
])

const compiled = new WeakMap<object, CompiledPattern>()

/** `json` as a pattern; `where` names it in the error. Throws InvalidPattern, which names the field that is wrong. */
export function parsePattern(json: unknown, where: string): Pattern {
  if (isPattern(json, where)) return json
  throw new InvalidPattern(where, [], 'must be an event pattern')
}

/** Never false: what cannot be compiled throws. */
const isPattern = (json: unknown, where: string): json is Pattern => compilePattern(json, where).ways.length > 0

/** Whether the pattern takes the event. Patterns are compiled once. */
export const matches = (pattern: Pattern, event: object): boolean =>
  compilePattern(pattern, 'pattern').takes(new EventFields(event))

/** Compiled once. Throws InvalidPattern. */
export function compilePattern(json: unknown, where: string): CompiledPattern {
  const refuse = (path: Path, problem: string): never => {
    throw new InvalidPattern(where, path, problem)
  }
  if (!isObject(json)) return refuse([], 'must be an object of fields')
  let pattern = compiled.get(json)
  if (!pattern) {
    const conditions = combinations(json, [], refuse)
    const ways = conditions.map((all) => all.map((condition) => ({ ...condition, field: numberOf(condition.field) })))
    const matchers = conditions.map((all, way) => allHold(ways[way] ?? [], all))
    compiled.set(json, (pattern = { ways, takes: (fields) => matchers.some((takes) => takes(fields)) }))
  }
  return pattern
}

interface Condition {
  /** From the top of the event, joined by dots. */
  readonly field: string
  readonly test: FieldTest
  readonly alternatives: readonly unknown[]
}

/** The pattern without its `$or`s: lists of conditions of which one must hold in full. */
function combinations(
  pattern: Readonly<Record<string, unknown>>,
  path: Path,
  refuse: (path: Path, problem: string) => never,
  prefix = '',
  insideOr = false,
): Condition[][] {
  const entries = Object.entries(pattern)
  if (entries.length === 0) refuse(path, 'must not be an empty object')
  let all: Condition[][] = [[]]
  for (const [name, value] of entries) {
    const at = [...path, name]
    if (insideOr && RESERVED_IN_OR.has(name)) refuse(at, 'is an operator; inside $or, fields must stand')
    const more = parts(name, value, at)
    const [already] = all.length === 1 ? all : []
    const again =
      more.length === 1 ? more[0]?.find((one) => already?.some(({ field }) => field === one.field)) : undefined
    if (again) refuse(at, `asks for ${again.field} a second time`)
    all = all.flatMap((some) => more.map((others) => [...some, ...others]))
    if (all.some((some) => some.length > MOST_CONDITIONS)) refuse(at, `makes more than ${MOST_CONDITIONS} fields`)
    if (all.length > MAX_COMBINATIONS) refuse(at, `makes more than ${MAX_COMBINATIONS} combinations with the other $or`)
  }
  return all

  function parts(name: string, value: unknown, at: Path): Condition[][] {
    if (name === OR) {
      if (!Array.isArray(value)) return refuse(at, 'must be a list of at least two objects of fields')
      if (value.length < 2) refuse(at, 'must have at least two alternatives')
      return value.flatMap((option: unknown, index) =>
        isObject(option)
          ? combinations(option, [...at, index], refuse, prefix, true)
          : refuse([...at, index], 'must be an object of fields'),
      )
    }
    if (isObject(value)) return combinations(value, at, refuse, `${prefix}${name}.`, insideOr)
    if (!Array.isArray(value)) return refuse(at, 'must be a list of values, or an object of fields')
    const alternatives: readonly unknown[] = value
    return [[{ field: prefix + name, test: parseAlternatives(alternatives, at, refuse), alternatives }]]
  }
}

/** Fields of one value decide at once; only where arrays are in the way, their elements have to be searched. */
function allHold(asked: readonly Asked[], conditions: readonly Condition[]): EventMatcher {
  const search = searchOf(conditions)
  return (fields) => {
    let arrays = false
    for (const { field, test } of asked) {
      const value = fields.get(field)
      if (value === MANY) arrays = true
      else if (!holds(test, value)) return false
    }
    return !arrays || search(fields.event)
  }
}

/** Whether a field of this value, of one of these values, or of none passes the test. */
export function holds({ accepts, acceptsAbsence }: FieldTest, value: Exclude<FieldValue, typeof MANY>): boolean {
  if (value === ABSENT) return acceptsAbsence
  return isList(value) ? value.some(accepts) : accepts(value)
}
