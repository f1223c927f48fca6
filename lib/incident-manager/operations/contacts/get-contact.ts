// GetContact: who a contact is and by which plan it is told.
import type { GetContactCommandInput, GetContactCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireContact } from '../../store/contacts.ts'
import { existingRotations } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'
import { planIn } from './plan-rules.ts'

export const getContact: Operation<GetContactCommandInput, GetContactCommandOutput> = async (input, { table }) => {
  const contact = await requireContact(table, given(input.ContactId, 'contactId'))
  return {
    ContactArn: contact.arn,
    Alias: contact.alias,
    DisplayName: contact.displayName,
    Type: contact.type,
    Plan: planIn({ ...contact, rotationArns: await existingRotations(table, contact.rotationArns) }),
  }
}
