// GetRotation: who takes turns, and when turns begin.
import type { GetRotationCommandInput, GetRotationCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { ResourceNotFound } from '../../errors.ts'
import { requireRotation } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'
import { rotationOut } from './rotation-out.ts'
import { checkAccount } from './rotation-rules.ts'

export const getRotation: Operation<GetRotationCommandInput, GetRotationCommandOutput> = async (input, { table }) => {
  try {
    return rotationOut(await requireRotation(table, given(input.RotationId, 'rotationId')))
  } catch (error) {
    // As Terraform's tests have seen AWS answer: without a replication set there is nothing that it could not find.
    if (error instanceof ResourceNotFound) await checkAccount(table)
    throw error
  }
}
