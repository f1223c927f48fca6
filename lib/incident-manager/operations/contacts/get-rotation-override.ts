// GetRotationOverride: who is on call instead of whose turn it is, and for how long.
import type { GetRotationOverrideCommandInput, GetRotationOverrideCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireOverride, requireRotation } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'
import { overrideOut } from './rotation-out.ts'

export const getRotationOverride: Operation<GetRotationOverrideCommandInput, GetRotationOverrideCommandOutput> = async (
  input,
  { table },
) => {
  const rotation = await requireRotation(table, given(input.RotationId, 'rotationId'))
  const override = await requireOverride(table, rotation, given(input.RotationOverrideId, 'rotationOverrideId'))
  return { RotationArn: rotation.arn, ...overrideOut(override) }
}
