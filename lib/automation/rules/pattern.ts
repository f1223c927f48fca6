// EventBridge event patterns: checked, and matched as EventBridge matches them. `rules.yml` and the local event bus use both.
import { ABSENT, EventFields, type FieldValue, isList, MANY, numberOf } from './event-fields.ts'
import {
  InvalidPattern,
  isObject,
  isScalar,
  parseAlternatives,
  type FieldTest,
  type Path,
  type Scalar,
} from './operators.ts'

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
    const matchers = conditions.map((all, way) => allHold(ways[way] ?? [], toTree(all)))
    compiled.set(json, (pattern = { ways, takes: (fields) => matchers.some((takes) => takes(fields)) }))
  }
  return pattern
}

interface Condition {
  /** The field, from the top of the event. */
  readonly field: readonly string[]
  readonly test: FieldTest
  readonly alternatives: readonly unknown[]
}

/** The pattern without its `$or`s: lists of conditions of which one must hold in full. */
function combinations(
  pattern: Readonly<Record<string, unknown>>,
  path: Path,
  refuse: (path: Path, problem: string) => never,
  field: readonly string[] = [],
  insideOr = false,
): Condition[][] {
  const entries = Object.entries(pattern)
  if (entries.length === 0) refuse(path, 'must not be an empty object')
  let all: Condition[][] = [[]]
  for (const [name, value] of entries) {
    const at = [...path, name]
    if (insideOr && RESERVED_IN_OR.has(name)) refuse(at, 'is an operator; inside $or, fields must stand')
    all = all.flatMap((some) => parts(name, value, at).map((more) => [...some, ...more]))
    if (all.length > MAX_COMBINATIONS) refuse(at, `makes more than ${MAX_COMBINATIONS} combinations with the other $or`)
  }
  return all

  function parts(name: string, value: unknown, at: Path): Condition[][] {
    if (name === OR && Array.isArray(value)) {
      if (value.length < 2) refuse(at, 'must have at least two alternatives')
      return value.flatMap((option: unknown, index) =>
        isObject(option)
          ? combinations(option, [...at, index], refuse, field, true)
          : refuse([...at, index], 'must be an object of fields'),
      )
    }
    if (isObject(value)) return combinations(value, at, refuse, [...field, name], insideOr)
    if (!Array.isArray(value)) return refuse(at, 'must be a list of values, or an object of fields')
    const alternatives: readonly unknown[] = value
    return [[{ field: [...field, name], test: parseAlternatives(alternatives, at, refuse), alternatives }]]
  }
}

/** Fields of one value decide at once; only where arrays are in the way, their elements have to be gone through. */
function allHold(asked: readonly Asked[], tree: readonly Tree[]): EventMatcher {
  return (fields) => {
    let arrays = false
    for (const { field, test } of asked) {
      const value = fields.get(field)
      if (value === MANY) arrays = true
      else if (!holds(test, value)) return false
    }
    return !arrays || matchFields(tree, fields.event, fields.event)
  }
}

/** Whether a field of this value, of one of these values, or of none passes the test. */
export function holds({ accepts, acceptsAbsence }: FieldTest, value: Exclude<FieldValue, typeof MANY>): boolean {
  if (value === ABSENT) return acceptsAbsence
  return isList(value) ? value.some(accepts) : accepts(value)
}

/** Conditions side by side as their fields are, so that fields of one array are asked of the same element. */
interface Tree {
  readonly name: string
  /** From the top of the event. */
  readonly field: readonly string[]
  readonly tests: FieldTest[]
  readonly fields: Tree[]
}

function toTree(conditions: readonly Condition[]): readonly Tree[] {
  const top: Tree[] = []
  for (const { field, test } of conditions) {
    let level = top
    let last: Tree | undefined
    for (const [depth, name] of field.entries()) {
      last = level.find((tree) => tree.name === name)
      if (!last) level.push((last = { name, field: field.slice(0, depth + 1), tests: [], fields: [] }))
      level = last.fields
    }
    last?.tests.push(test)
  }
  return top
}

/** `value` is where these fields are looked for; undefined where the event has nothing there. */
function matchFields(trees: readonly Tree[], value: unknown, event: object): boolean {
  if (Array.isArray(value))
    return value.some((element) => !isScalar(element) && matchFields(trees, element, event)) || matchNone(trees, event)
  for (const tree of trees) {
    const child = isObject(value) && Object.hasOwn(value, tree.name) ? value[tree.name] : undefined
    for (const test of tree.tests) if (!accepts(test, child) && !isAbsent(test, tree, event)) return false
    if (tree.fields.length > 0 && !matchFields(tree.fields, child, event)) return false
  }
  return true
}

/** No element is chosen: only conditions that take absence can still hold. */
const matchNone = (trees: readonly Tree[], event: object): boolean => matchFields(trees, undefined, event)

/** An array's value is any of its elements, however deep; an object is no value. */
function accepts(test: FieldTest, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((element) => accepts(test, element))
  return isScalar(value) && test.accepts(value)
}

/** A field is absent when no value is at it in the whole event, in whichever element of an array. */
const isAbsent = (test: FieldTest, tree: Tree, event: object): boolean =>
  test.acceptsAbsence && !hasValue(event, tree.field, 0)

function hasValue(value: unknown, field: readonly string[], depth: number): boolean {
  if (Array.isArray(value)) return value.some((element) => hasValue(element, field, depth))
  const name = field[depth]
  if (name === undefined) return isScalar(value)
  return isObject(value) && Object.hasOwn(value, name) && hasValue(value[name], field, depth + 1)
}
