// SendActivationCode: a new code to a channel; the one before is void.
import type { SendActivationCodeCommandInput, SendActivationCodeCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { ValidationFailed } from '../../errors.ts'
import { requireChannel } from '../../store/contacts.ts'
import { given } from '../incidents/given.ts'
import { newActivation, sendActivation } from './activation.ts'
import { updateChannel } from './update-channel.ts'

/** Errors: ValidationFailed when a message can never reach this channel. */
export const sendActivationCode: Operation<SendActivationCodeCommandInput, SendActivationCodeCommandOutput> = async (
  input,
  context,
) => {
  const channel = await requireChannel(context.table, given(input.ContactChannelId, 'contactChannelId'))
  const renewed = await updateChannel(context.table, channel, newActivation(context.clock.now()))
  const result = await sendActivation(context, renewed)
  if (!result.sent && result.retry) throw new Error(`The activation code could not be sent: ${result.reason}`)
  if (!result.sent)
    throw new ValidationFailed(`Invalid value provided - the channel cannot be reached: ${result.reason}`)
  return {}
}
