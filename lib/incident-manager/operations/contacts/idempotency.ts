// Idempotency tokens of creating calls: the same call again gives the first answer, another one with its token a conflict.
import { randomUUID } from 'node:crypto'
import type { Item, Key } from '../../../aws/table/table.ts'
import { sha256 } from '../../../aws/token.ts'
import type { Context } from '../../context.ts'
import { Conflict, type Resource } from '../../errors.ts'
import { deleteIf, putIf } from '../../store/conditional.ts'
import { contactsResource } from '../../store/contacts.ts'
import { callIn, claimOf, creatingCall } from '../../store/creating-calls.ts'
import { encode } from '../../store/stored.ts'
import { canonical } from '../incidents/client-tokens.ts'

interface Creation<Answer> {
  readonly operation: string
  readonly input: { readonly IdempotencyToken?: string | undefined }
  /** Rejects where the account as it is now refuses the call; an answer that was given before stands all the same. */
  readonly check: () => Promise<void>
  /** What is created, what is answered, and what a conflict is about; ids may derive from the token. */
  readonly create: (token: string) => { readonly item: Item; readonly answer: Answer; readonly resource: Resource }
}

/**
 * Creates once what the token stands for; a call without one is like no other. Answers the item, too, unless this call
 * has created it before and it has been deleted since. The token is taken only once nothing else refuses the call.
 * Errors: what `check` rejects with; Conflict for other parameters, or where something else has the item's key.
 */
export async function createOnce<Answer>(
  context: Context,
  creation: Creation<Answer>,
): Promise<{ answer: Answer; item?: Item }> {
  const { table } = context
  const { IdempotencyToken: given, ...parameters } = creation.input
  const token = given || randomUUID()
  const call = creatingCall(creation.operation, token, sha256(canonical(encode(parameters))))
  const { item: created, answer, resource } = creation.create(token)
  const item: Item = { ...created, call: { ...call } }
  const claim = claimOf(call)
  const refusal = await refusalOf(creation.check())
  if (refusal && !given) throw refusal.error
  if (given && (refusal || !(await putIf(table, claim, { absent: true })))) {
    const earlier = await table.get(keyOf(claim))
    if (earlier && earlier['parameters'] !== call.parameters)
      throw new Conflict('The idempotency token has already been used with different parameters', resource)
    if (earlier?.['deleted']) return { answer }
  }
  if (!refusal && (await putIf(table, item, { absent: true }))) {
    // Twins may have created it, and somebody deleted it, while this call was on its way here.
    if (!given || !(await table.get(keyOf(claim)))?.['deleted']) return { answer, item }
    await table.delete(keyOf(item))
    return { answer }
  }
  const existing = await table.get(keyOf(item))
  if (existing && callIn(existing)?.pk === call.pk) return { answer, item: existing }
  if (refusal) throw refusal.error
  // What was in the way has gone this instant.
  if (!existing) return createOnce(context, creation)
  await deleteIf(table, keyOf(claim), { equals: { parameters: call.parameters, deleted: undefined } })
  // Only of contacts do callers choose the key.
  throw new Conflict(`A contact with the alias ${contactsResource(resource.id)?.alias} already exists`, resource)
}

const keyOf = ({ pk, sk }: Item): Key => ({ pk, sk })

const refusalOf = (check: Promise<void>): Promise<{ readonly error: unknown } | undefined> =>
  check.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
