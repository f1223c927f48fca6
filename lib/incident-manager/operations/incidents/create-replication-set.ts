// CreateReplicationSet: turns the incident manager on for the account.
import type { CreateReplicationSetCommandInput, CreateReplicationSetCommandOutput } from '@aws-sdk/client-ssm-incidents'
import { uuidOf } from '../../../aws/token.ts'
import type { Operation } from '../../context.ts'
import { QuotaExceeded } from '../../errors.ts'
import { putIf } from '../../store/conditional.ts'
import {
  COMPLETE,
  DEFAULT_KEY,
  findReplicationSet,
  replicationSetBusy,
  replicationSetArn,
  replicationSetItem,
  type ReplicationSetRecord,
} from '../../store/replication-set.ts'
import { callOf, checkSameCall } from './client-tokens.ts'
import { eraseLeftOvers } from './erase.ts'
import { given } from './given.ts'

/**
 * The set is ACTIVE at once: there are no other Regions to wait for. QuotaExceeded when the account has one; Conflict while
 * that is being deleted, and when the client token was used with other parameters.
 */
export const createReplicationSet: Operation<
  CreateReplicationSetCommandInput,
  CreateReplicationSetCommandOutput
> = async (input, context) => {
  const now = context.clock.now()
  const call = callOf(input)
  const regions = Object.entries(given(input.regions, 'regions')).map(([name, { sseKmsKeyId = DEFAULT_KEY }]) => [
    name,
    { sseKmsKeyId, statusUpdateDateTime: now.toISOString() },
  ])
  const set: ReplicationSetRecord = {
    arn: replicationSetArn(context.place, uuidOf(`replication-set ${call.token}`)),
    status: 'ACTIVE',
    regions: Object.fromEntries(regions),
    deletionProtected: false,
    openOrder: COMPLETE,
    createdTime: now,
    createdBy: context.caller,
    lastModifiedTime: now,
    lastModifiedBy: context.caller,
    tags: input.tags,
    ...call,
  }
  await eraseLeftOvers(context)
  if (!(await putIf(context.table, replicationSetItem(set), { absent: true }))) {
    const existing = await findReplicationSet(context.table)
    const resource = { type: 'REPLICATION_SET', id: existing?.arn ?? set.arn }
    if (existing?.status !== 'ACTIVE') throw replicationSetBusy(resource.id)
    if (existing.token !== call.token)
      throw new QuotaExceeded(
        `The account already has a replication set: ${resource.id}`,
        'ReplicationSetsPerAccount',
        resource,
      )
    checkSameCall(call, existing.parameters, resource)
  }
  return { arn: set.arn }
}
