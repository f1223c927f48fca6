// DeactivateContactChannel: the channel stays, and is not paged before it is activated again.
import type {
  DeactivateContactChannelCommandInput,
  DeactivateContactChannelCommandOutput,
} from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireChannel } from '../../store/contacts.ts'
import { given } from '../incidents/given.ts'
import { NO_ACTIVATION } from './activation.ts'
import { updateChannel } from './update-channel.ts'

/** A code that was sent before is void. */
export const deactivateContactChannel: Operation<
  DeactivateContactChannelCommandInput,
  DeactivateContactChannelCommandOutput
> = async (input, { table }) => {
  const channel = await requireChannel(table, given(input.ContactChannelId, 'contactChannelId'))
  await updateChannel(table, channel, { activated: false, ...NO_ACTIVATION })
  return {}
}
