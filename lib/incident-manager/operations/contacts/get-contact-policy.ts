// GetContactPolicy: the policy that shares a contact, if it has one.
import type { GetContactPolicyCommandInput, GetContactPolicyCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireContact } from '../../store/contacts.ts'
import { contactPolicyKey } from '../../store/keys.ts'
import { text } from '../../store/stored.ts'
import { given } from '../incidents/given.ts'

/** A contact without a policy answers none [inferred: the member is optional]. ResourceNotFound without a contact. */
export const getContactPolicy: Operation<GetContactPolicyCommandInput, GetContactPolicyCommandOutput> = async (
  input,
  { table },
) => {
  const { arn, alias } = await requireContact(table, given(input.ContactArn, 'contactArn'))
  const item = await table.get(contactPolicyKey(alias))
  return { ContactArn: arn, Policy: item && text(item, 'policy') }
}
