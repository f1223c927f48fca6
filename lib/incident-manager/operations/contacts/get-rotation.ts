// GetRotation: who takes turns, and when turns begin.
import type { GetRotationCommandInput, GetRotationCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireRotation } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'
import { rotationOut } from './rotation-out.ts'

export const getRotation: Operation<GetRotationCommandInput, GetRotationCommandOutput> = async (input, { table }) =>
  rotationOut(await requireRotation(table, given(input.RotationId, 'rotationId')))
