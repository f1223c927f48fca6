// What the contacts API says to an account without a replication set: as users of AWS have seen it answer every call.
import type { Table } from '../../../aws/table/table.ts'
import { ResourceNotFound, ValidationFailed } from '../../errors.ts'
import type { Handlers } from '../../protocol/wire.ts'
import { findReplicationSet } from '../../store/replication-set.ts'

/** Errors: ValidationFailed, in AWS's words, unless the account has a replication set that is ACTIVE. */
export async function checkAccount(table: Table): Promise<void> {
  if ((await findReplicationSet(table))?.status !== 'ACTIVE')
    throw new ValidationFailed('Invalid value provided - Account not found for the request')
}

/** Where nothing is found the account may be why: only then is it looked at, so that no other call pays for it. */
export const inAccount = (operations: Handlers): Handlers =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      operation &&
        (async (input, context) => {
          try {
            return await operation(input, context)
          } catch (error) {
            if (error instanceof ResourceNotFound) await checkAccount(context.table)
            throw error
          }
        }),
    ]),
  )

/**
 * Looks for what a call names in an operation whose model declares no ResourceNotFoundException. Errors: ValidationFailed
 * instead, in the form of AWS's other ones.
 */
export async function findOrRefuse(table: Table, look: Promise<unknown>): Promise<void> {
  try {
    await look
  } catch (error) {
    if (!(error instanceof ResourceNotFound)) throw error
    await checkAccount(table)
    throw new ValidationFailed(`Invalid value provided - ${error.message}`)
  }
}
