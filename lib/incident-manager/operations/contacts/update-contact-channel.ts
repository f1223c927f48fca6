// UpdateContactChannel: another name or another address. A new address has to be activated again.
import type { UpdateContactChannelCommandInput, UpdateContactChannelCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireChannel } from '../../store/contacts.ts'
import { given } from '../incidents/given.ts'
import { NO_ACTIVATION } from './activation.ts'
import { addressOf } from './addresses.ts'
import { updateChannel } from './update-channel.ts'

/** No code is sent: SendActivationCode does that [inferred]. */
export const updateContactChannel: Operation<
  UpdateContactChannelCommandInput,
  UpdateContactChannelCommandOutput
> = async (input, { table }) => {
  const channel = await requireChannel(table, given(input.ContactChannelId, 'contactChannelId'))
  const address = input.DeliveryAddress ? addressOf(channel.type, input.DeliveryAddress) : channel.address
  await updateChannel(table, channel, {
    name: input.Name ?? channel.name,
    ...(address === channel.address ? {} : { address, activated: false, ...NO_ACTIVATION }),
  })
  return {}
}
