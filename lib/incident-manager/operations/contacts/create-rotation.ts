// CreateRotation: people who take turns at being on call. A schedule that names it pages whoever has the turn.
import type { CreateRotationCommandInput, CreateRotationCommandOutput } from '@aws-sdk/client-ssm-contacts'
import { uuidOf } from '../../../aws/token.ts'
import type { Operation } from '../../context.ts'
import { arnOfRotation, type Rotation, rotationItem } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'
import { checkAccount } from './account.ts'
import { createOnce } from './idempotency.ts'
import { checkMembers, checkRotation } from './rotation-rules.ts'
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
  const settings: Omit<Rotation, 'id' | 'arn'> = {
    name: given(input.Name, 'name'),
    contactArns,
    startTime: input.StartTime,
    createdTime: clock.now(),
    timeZone,
    recurrence,
    tags: tagsOf(input.Tags ?? []),
  }
  const { answer } = await createOnce(context, {
    operation: 'CreateRotation',
    input,
    check: async () => {
      await checkAccount(table)
      await checkMembers(table, contactArns)
    },
    create: (token) => {
      const id = uuidOf(`CreateRotation ${token}`)
      const arn = arnOfRotation(place, id)
      return {
        item: rotationItem({ id, arn, ...settings }),
        answer: { RotationArn: arn },
        resource: { type: 'ROTATION', id: arn },
      }
    },
  })
  return answer
}
