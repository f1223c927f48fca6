// UpdateDeletionProtection: whether the replication set may be deleted.
import type {
  UpdateDeletionProtectionCommandInput,
  UpdateDeletionProtectionCommandOutput,
} from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { ValidationFailed } from '../../errors.ts'
import { updateIf } from '../../store/conditional.ts'
import { replicationSetKey } from '../../store/keys.ts'
import { getReplicationSetItem, readReplicationSet } from '../../store/replication-set.ts'
import { callOf, changeOnce, remember, tokenAttribute } from './client-tokens.ts'
import { given } from './given.ts'

/** ResourceNotFound when there is no such set; ValidationFailed while it is being deleted (the model declares no conflict). */
export const updateDeletionProtection: Operation<
  UpdateDeletionProtectionCommandInput,
  UpdateDeletionProtectionCommandOutput
> = async (input, context) => {
  const arn = given(input.arn, 'arn')
  const deletionProtected = given(input.deletionProtected, 'deletionProtected')
  const call = callOf(input)
  const read = () => getReplicationSetItem(context.table, arn)
  await changeOnce(call, { type: 'REPLICATION_SET', id: arn }, read, async (item) => {
    if (readReplicationSet(item).status !== 'ACTIVE')
      throw new ValidationFailed(`The replication set is being deleted: ${arn}`)
    const now = context.clock.now()
    const memory = remember(item, call, now)
    const modified = { lastModifiedTime: now.toISOString(), lastModifiedBy: context.caller }
    const updated = await updateIf(
      context.table,
      replicationSetKey,
      { set: { deletionProtected, ...modified, ...memory.set }, remove: memory.remove },
      { equals: { arn, status: 'ACTIVE', [tokenAttribute(call)]: undefined } },
    )
    return updated !== undefined
  })
  return {}
}
