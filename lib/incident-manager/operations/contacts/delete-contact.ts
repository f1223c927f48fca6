// DeleteContact: the contact with its channels. Plans that name them stay; such targets are skipped.
import type { DeleteContactCommandInput, DeleteContactCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireContact } from '../../store/contacts.ts'
import { contactKey, contactPolicyKey } from '../../store/keys.ts'
import { given } from '../incidents/given.ts'

/** The contact goes last, so that a call that died can be made again. Its engagements and pages stay readable. */
export const deleteContact: Operation<DeleteContactCommandInput, DeleteContactCommandOutput> = async (
  input,
  { table },
) => {
  const { alias } = await requireContact(table, given(input.ContactId, 'contactId'))
  const key = contactKey(alias)
  const { items } = await table.query({ partition: key.pk })
  for (const { pk, sk } of items) if (sk !== key.sk) await table.delete({ pk, sk })
  await table.delete(contactPolicyKey(alias))
  await table.delete(key)
  return {}
}
