// DeleteReplicationSet: turns the incident manager off, and takes everything away that the account has.
import type { DeleteReplicationSetCommandInput, DeleteReplicationSetCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { ValidationFailed } from '../../errors.ts'
import { updateIf } from '../../store/conditional.ts'
import { replicationSetKey } from '../../store/keys.ts'
import { findReplicationSet, replicationSetNotFound } from '../../store/replication-set.ts'
import { eraseAccount } from './erase.ts'
import { given } from './given.ts'
import { afterGrace, dueAt } from './owed.ts'

/**
 * A small account is empty when this answers. A large one is DELETING until sweeps have finished, and then gone:
 * ResourceNotFound, as the clients' waiters expect. ValidationFailed when the set is protected.
 */
export const deleteReplicationSet: Operation<
  DeleteReplicationSetCommandInput,
  DeleteReplicationSetCommandOutput
> = async (input, context) => {
  const arn = given(input.arn, 'arn')
  const now = context.clock.now()
  const set = await findReplicationSet(context.table)
  if (set?.arn !== arn) throw replicationSetNotFound(arn)
  if (set.deletionProtected) throw new ValidationFailed(`The replication set is protected against deletion: ${arn}`)
  const deleting = {
    status: 'DELETING',
    lastModifiedTime: now.toISOString(),
    lastModifiedBy: context.caller,
    ...dueAt(replicationSetKey, afterGrace(now)),
  }
  const unprotected = { equals: { arn, deletionProtected: false } }
  if (!(await updateIf(context.table, replicationSetKey, { set: deleting }, unprotected)))
    throw replicationSetNotFound(arn)
  await eraseAccount(context)
  return {}
}
