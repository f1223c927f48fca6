// Calls that create, as what they created and their token remember them: a call that comes again creates nothing twice.
import type { Item, Key, Table } from '../../aws/table/table.ts'
import { onlyCalls, tokenKey } from './keys.ts'
import { decode } from './stored.ts'

/** Kept on what the call created. */
export interface CreatingCall {
  /** Hash of its operation and its token. */
  readonly pk: string
  /** Hash of the rest of its input. */
  readonly parameters: string
}

export const creatingCall = (operation: string, token: string, parameters: string): CreatingCall => ({
  pk: tokenKey(operation, token).pk,
  parameters,
})

/** What remembers that the token is taken. */
export const claimOf = ({ pk, parameters }: CreatingCall): Item => ({ ...onlyCalls({ pk, sk: 'token' }), parameters })

/** The call that created `item`; undefined where an earlier version did. */
export const callIn = (item: Item): CreatingCall | undefined => decode<{ call?: CreatingCall }>(item, []).call

/** Deletes what `call` created. The token knows it before: the same call again answers, and creates nothing. */
export async function deleteCreated(table: Table, key: Key, call: CreatingCall | undefined): Promise<void> {
  if (call) await table.put({ ...claimOf(call), deleted: true })
  await table.delete(key)
}
