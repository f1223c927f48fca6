// DeleteContactChannel: plans that name the channel stay; such targets are skipped.
import type { DeleteContactChannelCommandInput, DeleteContactChannelCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireChannel } from '../../store/contacts.ts'
import { channelKey } from '../../store/keys.ts'
import { given } from '../incidents/given.ts'

export const deleteContactChannel: Operation<
  DeleteContactChannelCommandInput,
  DeleteContactChannelCommandOutput
> = async (input, { table }) => {
  const { alias, id } = await requireChannel(table, given(input.ContactChannelId, 'contactChannelId'))
  await table.delete(channelKey(alias, id))
  return {}
}
