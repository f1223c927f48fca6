// CreateRotationOverride: for a while others of a rotation's people are on call than those whose turn it is.
import type {
  CreateRotationOverrideCommandInput,
  CreateRotationOverrideCommandOutput,
} from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { putIf } from '../../store/conditional.ts'
import { overrideIdOf, overrideItem, requireRotation } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'
import { claimToken } from './idempotency.ts'
import { checkOverride, checkOverrideStart } from './rotation-rules.ts'

/** It only replaces people in shifts: where nobody has one, nobody is on call. Where overrides overlap, the last counts. */
export const createRotationOverride: Operation<
  CreateRotationOverrideCommandInput,
  CreateRotationOverrideCommandOutput
> = async (input, context) => {
  const { table, clock } = context
  const contactArns = given(input.NewContactIds, 'newContactIds')
  const startTime = given(input.StartTime, 'startTime')
  const endTime = given(input.EndTime, 'endTime')
  const rotation = await requireRotation(table, given(input.RotationId, 'rotationId'))
  const createTime = clock.now()
  checkOverride({ members: contactArns, start: startTime, end: endTime }, rotation.contactArns)
  checkOverrideStart(startTime, createTime)
  const claimed = { type: 'ROTATION_OVERRIDE', id: overrideIdOf(endTime, input.IdempotencyToken ?? '') }
  const id = overrideIdOf(endTime, await claimToken(context, 'CreateRotationOverride', input, claimed))
  const override = { id, rotationArn: rotation.arn, contactArns, startTime, endTime, createTime }
  // Where it is there already, this call or its twin has made it.
  await putIf(table, overrideItem(rotation.id, override), { absent: true })
  return { RotationOverrideId: id }
}
