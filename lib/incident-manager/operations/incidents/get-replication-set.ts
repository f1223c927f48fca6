// GetReplicationSet: the account's replication set.
import type { GetReplicationSetCommandInput, GetReplicationSetCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { findReplicationSet, replicationSetNotFound } from '../../store/replication-set.ts'
import { given } from './given.ts'

export const getReplicationSet: Operation<GetReplicationSetCommandInput, GetReplicationSetCommandOutput> = async (
  input,
  context,
) => {
  const arn = given(input.arn, 'arn')
  const set = await findReplicationSet(context.table)
  if (set?.arn !== arn) throw replicationSetNotFound(arn)
  const { status, deletionProtected, createdTime, createdBy, lastModifiedTime, lastModifiedBy } = set
  const regions = Object.entries(set.regions).map(([name, { sseKmsKeyId, statusUpdateDateTime }]) => [
    name,
    { sseKmsKeyId, status, statusUpdateDateTime: new Date(statusUpdateDateTime) },
  ])
  return {
    replicationSet: {
      arn,
      regionMap: Object.fromEntries(regions),
      status,
      deletionProtected,
      createdTime,
      createdBy,
      lastModifiedTime,
      lastModifiedBy,
    },
  }
}
