// UpdateReplicationSet: adds a Region to the replication set, or takes one out of it.
import type {
  UpdateReplicationSetAction,
  UpdateReplicationSetCommandInput,
  UpdateReplicationSetCommandOutput,
} from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { ValidationFailed } from '../../errors.ts'
import { updateIf } from '../../store/conditional.ts'
import { replicationSetKey } from '../../store/keys.ts'
import {
  DEFAULT_KEY,
  getReplicationSetItem,
  readReplicationSet,
  type Regions,
  replicationSetBusy,
} from '../../store/replication-set.ts'
import { encode } from '../../store/stored.ts'
import { callOf, remember, seen } from './client-tokens.ts'
import { given } from './given.ts'

const MOST_REGIONS = 3
const TRIES = 5

/**
 * The set is ACTIVE again when this answers, since nothing is copied anywhere. ResourceNotFound when there is no such
 * set; ValidationFailed when its Regions do not allow the action; Conflict while it is changed or deleted by others.
 */
export const updateReplicationSet: Operation<
  UpdateReplicationSetCommandInput,
  UpdateReplicationSetCommandOutput
> = async (input, context) => {
  const arn = given(input.arn, 'arn')
  // The model takes exactly one.
  const action = given(input.actions?.[0], 'actions')
  const call = callOf(input)
  for (let tries = 0; tries < TRIES; tries++) {
    const item = await getReplicationSetItem(context.table, arn)
    if (seen(item, call, { type: 'REPLICATION_SET', id: arn })) return {}
    const { status, regions, regionsRev } = readReplicationSet(item)
    if (status !== 'ACTIVE') throw replicationSetBusy(arn)
    const now = context.clock.now()
    const memory = remember(item, call, now)
    const modified = { lastModifiedTime: now.toISOString(), lastModifiedBy: context.caller }
    const updated = await updateIf(
      context.table,
      replicationSetKey,
      {
        set: { regions: encode(regionsAfter(regions, action, now)), ...modified, ...memory.set },
        add: { regionsRev: 1 },
        remove: memory.remove,
      },
      { equals: { arn, status, regionsRev } },
    )
    if (updated) return {}
  }
  throw replicationSetBusy(arn)
}

function regionsAfter(
  regions: Regions,
  { addRegionAction: added, deleteRegionAction: deleted }: UpdateReplicationSetAction,
  now: Date,
): Regions {
  const after = new Map(Object.entries(regions))
  if (added) {
    const name = given(added.regionName, 'regionName')
    if (after.has(name)) throw new ValidationFailed(`The replication set already has the Region ${name}`)
    after.set(name, { sseKmsKeyId: added.sseKmsKeyId ?? DEFAULT_KEY, statusUpdateDateTime: now.toISOString() })
    if (after.size > MOST_REGIONS)
      throw new ValidationFailed(`A replication set can have at most ${MOST_REGIONS} Regions`)
  }
  if (deleted) {
    const name = given(deleted.regionName, 'regionName')
    if (!after.delete(name)) throw new ValidationFailed(`The replication set does not have the Region ${name}`)
    if (!after.size)
      throw new ValidationFailed(`${name} is the last Region of the replication set: use DeleteReplicationSet`)
  }
  return Object.fromEntries(after)
}
