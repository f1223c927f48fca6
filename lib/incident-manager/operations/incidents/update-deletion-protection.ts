// UpdateDeletionProtection: whether the replication set may be deleted.
import type {
  UpdateDeletionProtectionCommandInput,
  UpdateDeletionProtectionCommandOutput,
} from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { updateIf } from '../../store/conditional.ts'
import { replicationSetKey } from '../../store/keys.ts'
import { getReplicationSetItem, replicationSetBusy } from '../../store/replication-set.ts'
import { callOf, remember, seen } from './client-tokens.ts'
import { given } from './given.ts'

/** ResourceNotFound when there is no such set; Conflict while it is being deleted. */
export const updateDeletionProtection: Operation<
  UpdateDeletionProtectionCommandInput,
  UpdateDeletionProtectionCommandOutput
> = async (input, context) => {
  const arn = given(input.arn, 'arn')
  const deletionProtected = given(input.deletionProtected, 'deletionProtected')
  const call = callOf(input)
  const item = await getReplicationSetItem(context.table, arn)
  if (seen(item, call, { type: 'REPLICATION_SET', id: arn })) return {}
  const now = context.clock.now()
  const memory = remember(item, call, now)
  const modified = { lastModifiedTime: now.toISOString(), lastModifiedBy: context.caller }
  const updated = await updateIf(
    context.table,
    replicationSetKey,
    { set: { deletionProtected, ...modified, ...memory.set }, remove: memory.remove },
    { equals: { arn, status: 'ACTIVE' } },
  )
  if (!updated) throw replicationSetBusy(arn)
  return {}
}
