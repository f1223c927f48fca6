// What one field of an event pattern may ask of a value: exact values and the comparison operators of EventBridge.
import { parseCidr } from './ip-range.ts'
import { parseWildcard } from './wildcard.ts'

/** A value that an event may hold at a field; objects and arrays are looked into, never compared. */
export type Scalar = string | number | boolean | null
export type ValueTest = (value: Scalar) => boolean

/** What a field's alternatives come to: which values they take, and whether they take that the field is absent. */
export interface FieldTest {
  readonly accepts: ValueTest
  readonly acceptsAbsence: boolean
}

export type Path = readonly (string | number)[]

/** An event pattern that EventBridge would refuse: where in it, and why. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern'
  readonly path: Path
  readonly problem: string

  constructor(where: string, path: Path, problem: string) {
    super(`${pathText(where, path)} ${problem}`)
    this.path = path
    this.problem = problem
  }
}

/** `rules[0].match.detail`: a path as a person writes it, after what it is a path in. */
export const pathText = (where: string, path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, where)

export const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Refuse = (path: Path, problem: string) => never

/** One test for all alternatives `[...]` of a field: a value that one of them takes is taken. */
export function parseAlternatives(alternatives: readonly unknown[], path: Path, refuse: Refuse): FieldTest {
  if (alternatives.length === 0) refuse(path, 'must not be an empty list')
  const exact = new Set<unknown>()
  const tests: ValueTest[] = []
  let acceptsAbsence = false
  for (const [index, alternative] of alternatives.entries()) {
    const at = [...path, index]
    if (isScalar(alternative)) exact.add(finite(alternative, at, refuse))
    else if (!isObject(alternative)) refuse(at, 'must be a string, a number, true, false, null or an operator')
    else {
      const [operator, operand] = onlyEntry(alternative, at, refuse)
      if (operator === 'exists' && operand === false) acceptsAbsence = true
      else tests.push(parseOperator(operator, operand, [...at, operator], refuse))
    }
  }
  const [single] = exact
  if (exact.size === 1) tests.unshift((value) => value === single)
  else if (exact.size > 1) tests.unshift((value) => exact.has(value))
  return { acceptsAbsence, accepts: anyOf(tests) }
}

/** YAML writes numbers that JSON cannot hold: `.inf`, `.nan`, `1e309`. */
function finite<T>(value: T, path: Path, refuse: Refuse): T {
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(path, 'must be a number that JSON has')
  return value
}

function anyOf(tests: readonly ValueTest[]): ValueTest {
  const [first, second] = tests
  if (!first) return () => false
  if (!second) return first
  if (tests.length === 2) return (value) => first(value) || second(value)
  return (value) => tests.some((test) => test(value))
}

function onlyEntry(object: Readonly<Record<string, unknown>>, path: Path, refuse: Refuse): [string, unknown] {
  const [entry, ...others] = Object.entries(object)
  return entry && others.length === 0 ? entry : refuse(path, 'must hold exactly one operator')
}

const onText =
  (test: TextTest): ValueTest =>
  (value) =>
    typeof value === 'string' && test(value)

function parseOperator(operator: string, operand: unknown, path: Path, refuse: Refuse): ValueTest {
  switch (operator) {
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'wildcard':
      return parseTextOperator(operator, operand, path, refuse)
    case 'anything-but':
      return parseAnythingBut(operand, path, refuse)
    case 'numeric':
      return parseNumeric(operand, path, refuse)
    case 'cidr':
      return onText(
        parseCidr(text(operand, path, refuse)) ?? refuse(path, 'must be a block of addresses such as 10.0.0.0/24'),
      )
    case 'exists':
      return operand === true ? () => true : refuse(path, 'must be true or false')
    default:
      return refuse(path, 'is not an operator of event patterns')
  }
}

type TextTest = (text: string) => boolean
type TextOperator = 'prefix' | 'suffix' | 'equals-ignore-case' | 'wildcard'

/** What each operator of texts makes of its operand: a test, or what is wrong with the operand. */
const TEXT_OPERATORS: Readonly<Record<TextOperator, (operand: string) => TextTest | { readonly problem: string }>> = {
  prefix: (operand) => (text) => text.startsWith(operand),
  suffix: (operand) => (text) => text.endsWith(operand),
  'equals-ignore-case': (operand) => ignoringCase(operand, (text, lower) => text === lower),
  wildcard: parseWildcard,
}

const ignoringCase = (operand: string, compare: (text: string, operand: string) => boolean): TextTest => {
  const lower = operand.toLowerCase()
  return (text) => compare(text.toLowerCase(), lower)
}

/** `prefix` and `suffix` may hold `{"equals-ignore-case": ...}` instead of a text. */
const IGNORING_CASE: Readonly<Partial<Record<TextOperator, (operand: string) => TextTest>>> = {
  prefix: (operand) => ignoringCase(operand, (text, lower) => text.startsWith(lower)),
  suffix: (operand) => ignoringCase(operand, (text, lower) => text.endsWith(lower)),
}

function parseTextOperator(operator: TextOperator, operand: unknown, path: Path, refuse: Refuse): ValueTest {
  const ignoreCase = IGNORING_CASE[operator]
  if (ignoreCase && isObject(operand)) {
    const [inner, folded] = onlyEntry(operand, path, refuse)
    if (inner !== 'equals-ignore-case') refuse([...path, inner], 'is not an operator that can stand here')
    return onText(ignoreCase(text(folded, [...path, inner], refuse)))
  }
  const test = TEXT_OPERATORS[operator](text(operand, path, refuse))
  return typeof test === 'function' ? onText(test) : refuse(path, test.problem)
}

const text = (operand: unknown, path: Path, refuse: Refuse): string =>
  typeof operand === 'string' ? operand : refuse(path, 'must be a string')

const isTextOperator = (operator: string): operator is TextOperator => Object.hasOwn(TEXT_OPERATORS, operator)

/** Takes every value that is there and none of those named: a number is not a string that is excluded, so it is taken. */
function parseAnythingBut(operand: unknown, path: Path, refuse: Refuse): ValueTest {
  if (isObject(operand)) {
    const [operator, operands] = onlyEntry(operand, path, refuse)
    const at = [...path, operator]
    if (!isTextOperator(operator)) return refuse(at, 'is not an operator that can stand here')
    const list: readonly unknown[] = Array.isArray(operands) ? operands : [operands]
    if (list.length === 0) refuse(at, 'must not be an empty list')
    const excluded = list.map((value) => {
      if (typeof value !== 'string') return refuse(at, 'must be a string or a list of strings')
      if (value === '' && (operator === 'prefix' || operator === 'suffix')) refuse(at, 'must not be empty')
      return parseTextOperator(operator, value, at, refuse)
    })
    return (value) => !excluded.some((test) => test(value))
  }
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand]
  const kind = typeof list[0]
  if ((kind !== 'string' && kind !== 'number') || list.some((value) => typeof value !== kind))
    refuse(path, 'must be a string, a number, or a list of either')
  for (const value of list) finite(value, path, refuse)
  const excluded = new Set(list)
  return (value) => !excluded.has(value)
}

const COMPARISONS = {
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
  '=': (value: number, bound: number) => value === bound,
}

const isComparison = (text: unknown): text is keyof typeof COMPARISONS =>
  typeof text === 'string' && Object.hasOwn(COMPARISONS, text)

/** `['=', 5]`, one bound, or a range whose lower bound comes first: `['>', 0, '<=', 5]`. */
function parseNumeric(operand: unknown, path: Path, refuse: Refuse): ValueTest {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : []
  const [lower, from, upper, to] = list
  if ((list.length !== 2 && list.length !== 4) || !isComparison(lower) || typeof from !== 'number')
    return refuse(path, 'must be a comparison such as ["=", 5] or a range such as [">", 0, "<=", 5]')
  for (const bound of list) finite(bound, path, refuse)
  const low = COMPARISONS[lower]
  if (list.length === 2) return (value) => typeof value === 'number' && low(value, from)
  if (!lower.startsWith('>') || !isComparison(upper) || !upper.startsWith('<') || typeof to !== 'number' || from >= to)
    return refuse(path, 'must be a range from a lower to a higher bound, such as [">", 0, "<=", 5]')
  const high = COMPARISONS[upper]
  return (value) => typeof value === 'number' && low(value, from) && high(value, to)
}
