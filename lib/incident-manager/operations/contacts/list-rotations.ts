// ListRotations: by name, all or those whose name begins with something.
import type { ListRotationsCommandInput, ListRotationsCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { ROTATIONS } from '../../store/keys.ts'
import { listPage } from '../../store/lists.ts'
import { readRotation } from '../../store/rotations.ts'
import { checkAccount } from './account.ts'
import { rotationOut } from './rotation-out.ts'

export const listRotations: Operation<ListRotationsCommandInput, ListRotationsCommandOutput> = async (
  input,
  context,
) => {
  const prefix = input.RotationNamePrefix
  const { items, nextToken } = await listPage(context, {
    scope: `ListRotations ${prefix ?? ''}`,
    index: 'list',
    partition: ROTATIONS,
    range: prefix ? { prefix } : undefined,
    order: 'ascending',
    maxResults: input.MaxResults || undefined,
    nextToken: input.NextToken,
  })
  // An account without a replication set has no list, not an empty one.
  if (!items.length) await checkAccount(context.table)
  return { NextToken: nextToken, Rotations: items.map(readRotation).map(rotationOut) }
}
