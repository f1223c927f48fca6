// CreateRotation: people who take turns at being on call. A schedule that names it pages whoever has the turn.
import type { CreateRotationCommandInput, CreateRotationCommandOutput } from '@aws-sdk/client-ssm-contacts'
import { uuidOf } from '../../../aws/token.ts'
import type { Operation } from '../../context.ts'
import { putIf } from '../../store/conditional.ts'
import { arnOfRotation, type Rotation, rotationItem } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'
import { claimToken } from './idempotency.ts'
import { checkAccount, checkMembers, checkRotation } from './rotation-rules.ts'
import { tagsOf } from './tagged-item.ts'

/** The account needs a replication set. Without a StartTime the rotation starts now. Its contacts must exist; names need not be unique. */
export const createRotation: Operation<CreateRotationCommandInput, CreateRotationCommandOutput> = async (
  input,
  context,
) => {
  const { table, place, clock } = context
  const contactArns = given(input.ContactIds, 'contactIds')
  const timeZone = given(input.TimeZoneId, 'timeZoneId')
  const recurrence = given(input.Recurrence, 'recurrence')
  checkRotation(timeZone, recurrence, contactArns)
  await checkAccount(table)
  await checkMembers(table, contactArns)
  const idOf = (token: string): string => uuidOf(`CreateRotation ${token}`)
  const claimed = { type: 'ROTATION', id: arnOfRotation(place, idOf(input.IdempotencyToken ?? '')) }
  const id = idOf(await claimToken(context, 'CreateRotation', input, claimed))
  const rotation: Rotation = {
    id,
    arn: arnOfRotation(place, id),
    name: given(input.Name, 'name'),
    contactArns,
    startTime: input.StartTime ?? clock.now(),
    timeZone,
    recurrence,
    tags: tagsOf(input.Tags ?? []),
  }
  // Where it is there already, this call or its twin has made it.
  await putIf(table, rotationItem(rotation), { absent: true })
  return { RotationArn: rotation.arn }
}
