// Idempotency tokens of creating calls: the same call again gives the first answer, another one with its token a conflict.
import { randomUUID } from 'node:crypto'
import { ConditionFailed } from '../../../aws/table/table.ts'
import { sha256 } from '../../../aws/token.ts'
import type { Context } from '../../context.ts'
import { Conflict, type Resource } from '../../errors.ts'
import { onlyCalls, tokenKey } from '../../store/keys.ts'
import { encode } from '../../store/stored.ts'
import { canonical } from '../incidents/client-tokens.ts'

/**
 * Takes the token of a call for its parameters and answers what ids may derive from; a call without a token is like no
 * other. Errors: Conflict when `operation` has been called with this token and other parameters.
 */
export async function claimToken(
  { table }: Context,
  operation: string,
  { IdempotencyToken: token, ...parameters }: { readonly IdempotencyToken?: string | undefined },
  resource: Resource,
): Promise<string> {
  if (!token) return randomUUID()
  const key = tokenKey(operation, token)
  const hash = sha256(canonical(encode(parameters)))
  try {
    await table.put({ ...onlyCalls(key), parameters: hash }, { absent: true })
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    if ((await table.get(key))?.['parameters'] !== hash)
      throw new Conflict('The idempotency token has already been used with different parameters', resource)
  }
  return token
}
