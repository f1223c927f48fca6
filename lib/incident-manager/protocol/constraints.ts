// The constraints of a shape, and how AWS words it when a value breaks one (api-facts, Both: "Validation message").
import { ValidationFailed } from '../errors.ts'
import type { Dictionary, List, Shape, Text } from '../model/model.ts'
import { matches } from './patterns.ts'

/** A value of the model: what operations take and answer. */
export type Data = string | number | boolean | Date | Data[] | Members
export interface Members {
  readonly [name: string]: Data | undefined
}

export interface Violation {
  /** `actions.1.member.ssmAutomation.parameters` */
  readonly path: string
  readonly value: Data | undefined
  readonly clause: string
}

export const MUST_NOT_BE_NULL = 'Member must not be null'
/** AWS's words are not known: a union without exactly one member [inferred]. */
export const mustBeOneOf = (members: readonly string[]): string =>
  `Member must have exactly one of [${members.join(', ')}]`

const atLeast = (kind: 'length' | 'value', min: number): string =>
  `Member must have ${kind} greater than or equal to ${min}`
const atMost = (kind: 'length' | 'value', max: number): string =>
  `Member must have ${kind} less than or equal to ${max}`
const matching = (pattern: string): string => `Member must satisfy regular expression pattern: ${pattern}`
const oneOf = (values: readonly string[]): string => `Member must satisfy enum value set: [${values.join(', ')}]`

/** The clauses that a value of a simple shape breaks. Lengths count characters, not UTF-16 units. */
export function brokenBy(shape: Shape, value: Data): string[] {
  if (shape.type === 'string' && typeof value === 'string') return brokenByText(shape, value)
  if (shape.type !== 'integer' || typeof value !== 'number') return []
  if (shape.max !== undefined && value > shape.max) return [atMost('value', shape.max)]
  return shape.min !== undefined && value < shape.min ? [atLeast('value', shape.min)] : []
}

function brokenByText({ min = 0, max, pattern, enum: values }: Text, value: string): string[] {
  const clauses: string[] = []
  if (values && !values.includes(value)) clauses.push(oneOf(values))
  if (pattern !== undefined && !matches(pattern, value)) clauses.push(matching(pattern))
  if (max !== undefined && value.length > max && characters(value) > max) clauses.push(atMost('length', max))
  // A character takes at most two units: only a short text needs counting.
  if (value.length < 2 * min && characters(value) < min) clauses.push(atLeast('length', min))
  return clauses
}

/** The clause that a collection of this size breaks. */
export function brokenBySize({ min, max }: List | Dictionary, size: number): string[] {
  if (max !== undefined && size > max) return [atMost('length', max)]
  return min !== undefined && size < min ? [atLeast('length', min)] : []
}

/** Every clause of a simple shape: of the elements of a collection, AWS names all of them, whichever is broken. */
export function clausesOf(shape: Shape): string {
  const clauses: string[] = []
  if (shape.type === 'string' || shape.type === 'integer') {
    const kind = shape.type === 'string' ? 'length' : 'value'
    if (shape.max !== undefined) clauses.push(atMost(kind, shape.max))
    if (shape.min !== undefined) clauses.push(atLeast(kind, shape.min))
  }
  if (shape.type === 'string') {
    if (shape.pattern !== undefined) clauses.push(matching(shape.pattern))
    if (shape.enum) clauses.push(oneOf(shape.enum))
  }
  return clauses.join(', ')
}

/** One error that names every violation of a request. */
export function validationFailed(violations: readonly Violation[]): ValidationFailed {
  const sentences = violations.map(
    ({ path, value, clause }) =>
      `Value ${value === undefined ? 'null' : `'${shown(value)}'`} at '${path}' failed to satisfy constraint: ${clause}`,
  )
  const count = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`
  return new ValidationFailed(
    `${count} detected: ${sentences.join('; ')}`,
    'FIELD_VALIDATION_FAILED',
    violations.map(({ path, clause }) => ({ name: path, message: clause })),
  )
}

function shown(value: Data): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object') return String(value)
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [`${name}=${shown(member)}`],
  )
  return `{${members.join(', ')}}`
}

function characters(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}
