// What can be tagged of the incidents API: response plans, incidents and the replication set.
import { parseArn } from '../../../aws/arn.ts'
import type { Item } from '../../../aws/table/table.ts'
import type { Context } from '../../context.ts'
import { getIncident } from '../../store/incidents.ts'
import { getPlan } from '../../store/plans.ts'
import { getReplicationSetItem } from '../../store/replication-set.ts'

/** The item of that ARN; ResourceNotFound when there is none. */
export function taggedItem({ table, place }: Context, arn: string): Promise<Item> {
  const [kind] = parseArn(arn)?.resource.split('/') ?? []
  if (kind === 'replication-set') return getReplicationSetItem(table, arn)
  return kind === 'incident-record' ? getIncident(table, arn) : getPlan(table, place, arn)
}

/** What a refusal calls it. */
export const taggedResource = (arn: string): { type: string; id: string } => {
  const [kind = ''] = parseArn(arn)?.resource.split('/') ?? []
  return { type: kind.replaceAll('-', '_').toUpperCase(), id: arn }
}
