// ListContactChannels: all ways to reach one contact.
import type { ListContactChannelsCommandInput, ListContactChannelsCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { contactNotFound, contactReader } from '../../store/contacts.ts'
import { given } from '../incidents/given.ts'
import { channelOut } from './channel-out.ts'
import { pageOf } from './page-of.ts'

export const listContactChannels: Operation<ListContactChannelsCommandInput, ListContactChannelsCommandOutput> = async (
  input,
  context,
) => {
  const arn = given(input.ContactId, 'contactId')
  const found = await contactReader(context.table)(arn)
  if (!found) throw contactNotFound(arn)
  const { shown, NextToken } = await pageOf(
    context,
    {
      scope: `ListContactChannels ${arn}`,
      all: [...found.channels.values()],
      keyOf: (channel) => channel.id,
      order: 'ascending',
    },
    input,
  )
  return { NextToken, ContactChannels: shown.map((channel) => channelOut(context.place, channel)) }
}
