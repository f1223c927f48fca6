// GetContactChannel: where a channel reaches its contact, and whether it may be used.
import type { GetContactChannelCommandInput, GetContactChannelCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireChannel } from '../../store/contacts.ts'
import { given } from '../incidents/given.ts'
import { channelOut } from './channel-out.ts'

export const getContactChannel: Operation<GetContactChannelCommandInput, GetContactChannelCommandOutput> = async (
  input,
  { table, place },
) => channelOut(place, await requireChannel(table, given(input.ContactChannelId, 'contactChannelId')))
