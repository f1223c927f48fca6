// ListRotationShifts: who of a rotation is on call when.
import type { ListRotationShiftsCommandInput, ListRotationShiftsCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { engineRotation, overridesSince, requireRotation } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'
import { NOW, shiftsOut } from './rotation-shifts.ts'

/** Without a StartTime from now on. */
export const listRotationShifts: Operation<ListRotationShiftsCommandInput, ListRotationShiftsCommandOutput> = async (
  input,
  context,
) => {
  const { table } = context
  const to = given(input.EndTime, 'endTime')
  const rotation = await requireRotation(table, given(input.RotationId, 'rotationId'))
  const scope = ['ListRotationShifts', rotation.arn, input.StartTime?.toISOString(), to.toISOString()].join(' ')
  return shiftsOut(context, scope, input, (now) => ({
    rotation: engineRotation(rotation),
    overrides: (since) => overridesSince(table, rotation.id, since),
    from: input.StartTime ?? now,
    begins: input.StartTime ? 'StartTime' : NOW,
    to,
  }))
}
