// UpdateRotation: another recurrence, and what else is given; the rest stays. The name never changes.
import type { UpdateRotationCommandInput, UpdateRotationCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { updateIf } from '../../store/conditional.ts'
import { rotationKey } from '../../store/keys.ts'
import { requireRotation, rotationNotFound } from '../../store/rotations.ts'
import { encodeMembers } from '../../store/stored.ts'
import { given } from '../incidents/given.ts'
import { checkMembers, checkRotation } from './rotation-rules.ts'

/** All shifts are then those of the new settings, past ones too. Overrides stay, with whom they name. */
export const updateRotation: Operation<UpdateRotationCommandInput, UpdateRotationCommandOutput> = async (
  input,
  { table },
) => {
  const arn = given(input.RotationId, 'rotationId')
  const recurrence = given(input.Recurrence, 'recurrence')
  const { id, contactArns, timeZone } = await requireRotation(table, arn)
  const { ContactIds, StartTime, TimeZoneId } = input
  checkRotation(TimeZoneId ?? timeZone, recurrence, ContactIds ?? contactArns)
  if (ContactIds) await checkMembers(table, ContactIds)
  const members = { recurrence, contactArns: ContactIds, startTime: StartTime, timeZone: TimeZoneId }
  const updated = await updateIf(table, rotationKey(id), { set: encodeMembers(members) }, { equals: { arn } })
  if (!updated) throw rotationNotFound(arn)
  return {}
}
