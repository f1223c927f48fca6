// A contact channel as the API shows it.
import type { ContactChannel } from '@aws-sdk/client-ssm-contacts'
import type { Place } from '../../../aws/arn.ts'
import { arnOfContact, type Channel } from '../../store/contacts.ts'

export const channelOut = (
  place: Place,
  { alias, arn, name, type, address, activated }: Channel,
): ContactChannel & { Type: Channel['type'] } => ({
  ContactArn: arnOfContact(place, alias),
  ContactChannelArn: arn,
  Name: name,
  Type: type,
  DeliveryAddress: { SimpleAddress: address },
  ActivationStatus: activated ? 'ACTIVATED' : 'NOT_ACTIVATED',
})
