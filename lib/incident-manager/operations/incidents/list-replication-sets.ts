// ListReplicationSets: the account's one replication set, or none.
import type { ListReplicationSetsCommandInput, ListReplicationSetsCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { findReplicationSet } from '../../store/replication-set.ts'

export const listReplicationSets: Operation<ListReplicationSetsCommandInput, ListReplicationSetsCommandOutput> = async (
  { nextToken },
  { table, pageTokens },
) => {
  // No page has a next one: whatever is said to be its token is refused.
  if (nextToken) await pageTokens.open('ListReplicationSets', nextToken)
  const set = await findReplicationSet(table)
  return { replicationSetArns: set ? [set.arn] : [] }
}
