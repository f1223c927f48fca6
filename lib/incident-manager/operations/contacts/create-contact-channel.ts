// CreateContactChannel: a way to reach a person, not used before they have activated it.
import type { CreateContactChannelCommandInput, CreateContactChannelCommandOutput } from '@aws-sdk/client-ssm-contacts'
import { ConditionFailed } from '../../../aws/table/table.ts'
import { uuidOf } from '../../../aws/token.ts'
import type { Operation } from '../../context.ts'
import { arnOfChannel, type Channel, channelItem, readChannel, requireContact } from '../../store/contacts.ts'
import { channelKey } from '../../store/keys.ts'
import { given } from '../incidents/given.ts'
import { newActivation, sendActivation } from './activation.ts'
import { addressOf } from './addresses.ts'
import { claimToken } from './idempotency.ts'

/** A code is sent unless activation is deferred. The channel is there even when the code cannot be sent. */
export const createContactChannel: Operation<
  CreateContactChannelCommandInput,
  CreateContactChannelCommandOutput
> = async (input, context) => {
  const { table, place, clock, logger } = context
  const type = given(input.Type, 'type')
  const name = given(input.Name, 'name')
  const address = addressOf(type, given(input.DeliveryAddress, 'deliveryAddress'))
  const { alias, arn: contactArn } = await requireContact(table, given(input.ContactId, 'contactId'))
  const token = await claimToken(context, 'CreateContactChannel', input, { type: 'CONTACT', id: contactArn })
  const id = uuidOf(`CreateContactChannel ${alias} ${token}`)
  const arn = arnOfChannel(place, alias, id)
  const activation = input.DeferActivation ? {} : newActivation(clock.now())
  let channel: Channel = { alias, id, arn, name, type, address, activated: false, ...activation }
  try {
    await table.put(channelItem(channel), { absent: true })
  } catch (error) {
    const existing = error instanceof ConditionFailed ? await table.get(channelKey(alias, id)) : undefined
    if (!existing) throw error
    channel = readChannel(existing)
  }
  if (channel.activationCode) {
    const result = await sendActivation(context, channel)
    if (!result.sent) logger.warn('An activation code could not be sent', { channelArn: arn, reason: result.reason })
  }
  return { ContactChannelArn: arn }
}
