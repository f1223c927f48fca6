// List filters: all filters must match, and of one filter's values any (API reference, ListIncidentRecords).
import type { Condition, Filter } from '@aws-sdk/client-ssm-incidents'
import type { Range } from '../../../aws/table/table.ts'
import { ValidationFailed } from '../../errors.ts'
import { given } from './given.ts'

/** What can be filtered by a key. `sorted`: the list is in the order of this instant, so the index can skip what lies outside. */
export type Filterable<T> =
  | { readonly kind: 'time'; readonly of: (entry: T) => Date; readonly sorted: true }
  | { readonly kind: 'integers'; readonly of: (entry: T) => readonly number[] }
  | { readonly kind: 'strings'; readonly of: (entry: T) => readonly string[] }

export interface Selection<T> {
  /** Undefined when there is no filter: all do. */
  readonly matches: ((entry: T) => boolean) | undefined
  readonly range: Range | undefined
}

/** Reads `filters`; ValidationFailed when a key is unknown or its condition is of another type. */
export function selection<T>(
  filters: readonly Filter[] | undefined,
  keys: Readonly<Record<string, Filterable<T>>>,
): Selection<T> {
  const tests: ((entry: T) => boolean)[] = []
  let from: Date | undefined
  let to: Date | undefined
  for (const filter of filters ?? []) {
    const key = given(filter.key, 'key')
    const condition = given(filter.condition, 'condition')
    const filterable = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (!filterable)
      throw new ValidationFailed(`Invalid filter key: ${key}. Valid keys: ${Object.keys(keys).join(', ')}`)
    if (filterable.kind === 'time') {
      const bound = timeBound(key, condition)
      if (bound.after && !(from && from > bound.after)) from = bound.after
      if (bound.before && !(to && to < bound.before)) to = bound.before
      tests.push((entry) => {
        const at = filterable.of(entry)
        return (!bound.after || at > bound.after) && (!bound.before || at < bound.before)
      })
    } else if (filterable.kind === 'integers') {
      const values = condition.equals?.integerValues
      if (!values) throw wrongCondition(key, 'equals with integerValues')
      tests.push((entry) => filterable.of(entry).some((value) => values.includes(value)))
    } else {
      const values = condition.equals?.stringValues
      if (!values) throw wrongCondition(key, 'equals with stringValues')
      tests.push((entry) => filterable.of(entry).some((value) => values.includes(value)))
    }
  }
  return {
    matches: tests.length ? (entry) => tests.every((test) => test(entry)) : undefined,
    range: rangeOf(from, to),
  }
}

// Bounds that exclude each other select nothing, which the tests see to; a range from late to early is no range.
function rangeOf(after: Date | undefined, before: Date | undefined): Range | undefined {
  const from = after && before && after > before ? before : after
  if (!from && !before) return undefined
  return { ...(from ? { from: from.toISOString() } : {}), ...(before ? { to: before.toISOString() } : {}) }
}

function timeBound(key: string, condition: Condition): { after?: Date; before?: Date } {
  if (condition.after) return { after: condition.after }
  if (condition.before) return { before: condition.before }
  throw wrongCondition(key, 'before or after')
}

const wrongCondition = (key: string, expected: string): ValidationFailed =>
  new ValidationFailed(`Invalid condition for filter key: ${key}. Expected: ${expected}`)
