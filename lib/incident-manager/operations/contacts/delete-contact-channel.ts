// DeleteContactChannel: plans that name the channel stay; such targets are skipped.
import type { DeleteContactChannelCommandInput, DeleteContactChannelCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireChannel } from '../../store/contacts.ts'
import { deleteCreated } from '../../store/creating-calls.ts'
import { channelKey } from '../../store/keys.ts'
import { given } from '../incidents/given.ts'

export const deleteContactChannel: Operation<
  DeleteContactChannelCommandInput,
  DeleteContactChannelCommandOutput
> = async (input, { table }) => {
  const { alias, id, call } = await requireChannel(table, given(input.ContactChannelId, 'contactChannelId'))
  await deleteCreated(table, channelKey(alias, id), call)
  return {}
}
