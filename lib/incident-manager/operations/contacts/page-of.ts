// A page of a list that is small enough to be read whole.
import type { Context } from '../../context.ts'
import { ValidationFailed } from '../../errors.ts'

const DEFAULT_MAX_RESULTS = 50

/** At most `MaxResults` of `all`, from where the token says; the token is good for the same `scope` only. */
export async function pageOf<T>(
  { pageTokens }: Context,
  scope: string,
  all: readonly T[],
  { MaxResults, NextToken }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): Promise<{ shown: T[]; NextToken?: string }> {
  const from = NextToken ? await pageTokens.open(scope, NextToken) : 0
  if (typeof from !== 'number') throw new ValidationFailed('Invalid value provided - NextToken')
  const to = from + (MaxResults || DEFAULT_MAX_RESULTS)
  return { shown: all.slice(from, to), ...(to < all.length ? { NextToken: await pageTokens.seal(scope, to) } : {}) }
}
