// DeleteRotation: the rotation with its overrides. Schedules that name it go on without it.
import type { DeleteRotationCommandInput, DeleteRotationCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { callIn, deleteCreated } from '../../store/creating-calls.ts'
import { rotationKey } from '../../store/keys.ts'
import { requireRotation } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'

/** The rotation goes last, so that a call that died can be made again. */
export const deleteRotation: Operation<DeleteRotationCommandInput, DeleteRotationCommandOutput> = async (
  input,
  { table },
) => {
  const { id } = await requireRotation(table, given(input.RotationId, 'rotationId'))
  const key = rotationKey(id)
  const { items } = await table.query({ partition: key.pk })
  const own = items.find(({ sk }) => sk === key.sk)
  for (const item of items) if (item !== own) await deleteCreated(table, { pk: item.pk, sk: item.sk }, callIn(item))
  await deleteCreated(table, key, own && callIn(own))
  return {}
}
