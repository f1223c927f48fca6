// ActivateContactChannel: who has the code has the channel, so it may be paged from now on.
import type {
  ActivateContactChannelCommandInput,
  ActivateContactChannelCommandOutput,
} from '@aws-sdk/client-ssm-contacts'
import { type Change, ConditionFailed } from '../../../aws/table/table.ts'
import type { Operation } from '../../context.ts'
import { ValidationFailed } from '../../errors.ts'
import { type Channel, readChannel, requireChannel } from '../../store/contacts.ts'
import { channelKey } from '../../store/keys.ts'
import { given } from '../incidents/given.ts'
import { ACTIVATION, MOST_ATTEMPTS } from './activation.ts'
import { sameCode } from './codes.ts'

/**
 * Activating what is activated succeeds [inferred]. An attempt counts before the code is looked at. Errors:
 * ValidationFailed for a code that is wrong, 10 minutes old, tried too often, or replaced in the meantime.
 */
export const activateContactChannel: Operation<
  ActivateContactChannelCommandInput,
  ActivateContactChannelCommandOutput
> = async (input, { table, clock }) => {
  const code = given(input.ActivationCode, 'activationCode')
  const channel = await requireChannel(table, given(input.ContactChannelId, 'contactChannelId'))
  if (channel.activated) return {}
  const { alias, id, activationCode, activationExpires } = channel
  const invalid = new ValidationFailed('Invalid value provided - the activation code is wrong or no longer valid')
  if (!activationCode || !activationExpires || activationExpires <= clock.now()) throw invalid
  const change = async (change: Change): Promise<Channel> => {
    try {
      return readChannel(await table.update(channelKey(alias, id), change, { equals: { activationCode } }))
    } catch (error) {
      throw error instanceof ConditionFailed ? invalid : error
    }
  }
  const { activationAttempts = 0 } = await change({ add: { activationAttempts: 1 } })
  if (activationAttempts > MOST_ATTEMPTS || !sameCode(code, activationCode)) throw invalid
  await change({ set: { activated: true }, remove: ACTIVATION })
  return {}
}
