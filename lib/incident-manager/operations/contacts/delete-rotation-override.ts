// DeleteRotationOverride: whose turn it is has it again.
import type {
  DeleteRotationOverrideCommandInput,
  DeleteRotationOverrideCommandOutput,
} from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { deleteCreated } from '../../store/creating-calls.ts'
import { rotationOverrideKey } from '../../store/keys.ts'
import { requireOverride, requireRotation } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'

export const deleteRotationOverride: Operation<
  DeleteRotationOverrideCommandInput,
  DeleteRotationOverrideCommandOutput
> = async (input, { table }) => {
  const rotation = await requireRotation(table, given(input.RotationId, 'rotationId'))
  const { id, call } = await requireOverride(table, rotation, given(input.RotationOverrideId, 'rotationOverrideId'))
  await deleteCreated(table, rotationOverrideKey(rotation.id, id), call)
  return {}
}
