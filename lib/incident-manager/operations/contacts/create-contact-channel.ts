// CreateContactChannel: a way to reach a person, not used before they have activated it.
import type { CreateContactChannelCommandInput, CreateContactChannelCommandOutput } from '@aws-sdk/client-ssm-contacts'
import { uuidOf } from '../../../aws/token.ts'
import type { Operation } from '../../context.ts'
import { arnOfChannel, channelItem, contactsResource, readChannel, requireContact } from '../../store/contacts.ts'
import { given } from '../incidents/given.ts'
import { findOrRefuse } from './account.ts'
import { newActivation, sendActivation } from './activation.ts'
import { addressOf } from './addresses.ts'
import { createOnce } from './idempotency.ts'

/**
 * A code is sent unless activation is deferred. The channel is there even when the code cannot be sent. Errors:
 * ValidationFailed where there is no such contact.
 */
export const createContactChannel: Operation<
  CreateContactChannelCommandInput,
  CreateContactChannelCommandOutput
> = async (input, context) => {
  const { table, place, clock, logger } = context
  const type = given(input.Type, 'type')
  const name = given(input.Name, 'name')
  const address = addressOf(type, given(input.DeliveryAddress, 'deliveryAddress'))
  const contactArn = given(input.ContactId, 'contactId')
  const alias = contactsResource(contactArn)?.alias ?? ''
  const { answer, item } = await createOnce(context, {
    operation: 'CreateContactChannel',
    input,
    check: () => findOrRefuse(table, requireContact(table, contactArn)),
    create: (token) => {
      const id = uuidOf(`CreateContactChannel ${alias} ${token}`)
      const arn = arnOfChannel(place, alias, id)
      const activation = input.DeferActivation ? {} : newActivation(clock.now())
      return {
        item: channelItem({ alias, id, arn, name, type, address, activated: false, ...activation }),
        answer: { ContactChannelArn: arn },
        resource: { type: 'CONTACT', id: contactArn },
      }
    },
  })
  const channel = item && readChannel(item)
  if (channel?.activationCode) {
    const { arn: channelArn } = channel
    const result = await sendActivation(context, channel)
    if (!result.sent) logger.warn('An activation code could not be sent', { channelArn, reason: result.reason })
  }
  return answer
}
