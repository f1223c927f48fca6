// A page of a list that is small enough to be read whole.
import type { Context } from '../../context.ts'
import { ValidationFailed } from '../../errors.ts'

const DEFAULT_MAX_RESULTS = 50

interface Paged<T> {
  /** What the token is good for. */
  readonly scope: string
  /** In ascending order of their keys, or in descending order. */
  readonly all: readonly T[]
  /** Of one entry, unlike any other's, and always the same. */
  readonly keyOf: (entry: T) => string
  readonly order: 'ascending' | 'descending'
}

/** At most `MaxResults`, from after the last that was shown: whatever comes and goes meanwhile, the rest comes once. */
export async function pageOf<T>(
  { pageTokens }: Context,
  { scope, all, keyOf, order }: Paged<T>,
  { MaxResults, NextToken }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): Promise<{ shown: T[]; NextToken?: string }> {
  const after = NextToken ? await pageTokens.open(scope, NextToken) : undefined
  // The tokens of earlier versions are numbers.
  if (after !== undefined && typeof after !== 'string') throw new ValidationFailed('Invalid value provided - NextToken')
  const isAfter = (key: string): boolean => after === undefined || (order === 'ascending' ? key > after : key < after)
  const rest = all.filter((entry) => isAfter(keyOf(entry)))
  const shown = rest.slice(0, MaxResults || DEFAULT_MAX_RESULTS)
  const last = shown.at(-1)
  if (last === undefined || shown.length === rest.length) return { shown }
  return { shown, NextToken: await pageTokens.seal(scope, keyOf(last)) }
}
