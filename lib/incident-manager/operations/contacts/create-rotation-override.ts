// CreateRotationOverride: for a while others of a rotation's people are on call than those whose turn it is.
import type {
  CreateRotationOverrideCommandInput,
  CreateRotationOverrideCommandOutput,
} from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { overrideIdOf, overrideItem, requireRotation, rotationIdOf } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'
import { createOnce } from './idempotency.ts'
import { checkMembers, checkOverride, checkOverrideStart } from './rotation-rules.ts'

/** It only replaces people in shifts: where nobody has one, nobody is on call. Where overrides overlap, the last counts. */
export const createRotationOverride: Operation<
  CreateRotationOverrideCommandInput,
  CreateRotationOverrideCommandOutput
> = async (input, context) => {
  const { table, clock } = context
  const contactArns = given(input.NewContactIds, 'newContactIds')
  const startTime = given(input.StartTime, 'startTime')
  const endTime = given(input.EndTime, 'endTime')
  const rotationArn = given(input.RotationId, 'rotationId')
  const rotationId = rotationIdOf(rotationArn)
  const createTime = clock.now()
  const { answer } = await createOnce(context, {
    operation: 'CreateRotationOverride',
    input,
    check: async () => {
      const rotation = await requireRotation(table, rotationArn)
      checkOverride({ members: contactArns, start: startTime, end: endTime }, rotation.contactArns)
      checkOverrideStart(startTime, createTime)
      await checkMembers(table, contactArns)
    },
    create: (token) => {
      const id = overrideIdOf(endTime, token)
      const override = { id, rotationArn, contactArns, startTime, endTime, createTime }
      return {
        item: overrideItem(rotationId, override),
        answer: { RotationOverrideId: id },
        resource: { type: 'ROTATION_OVERRIDE', id },
      }
    },
  })
  return answer
}
