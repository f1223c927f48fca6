// DeleteContact: the contact with its channels. Plans that name it stay, with targets to skip; a rotation does not let it go.
import type { DeleteContactCommandInput, DeleteContactCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { Conflict } from '../../errors.ts'
import { requireContact } from '../../store/contacts.ts'
import { callIn, deleteCreated } from '../../store/creating-calls.ts'
import { contactKey, contactPolicyKey } from '../../store/keys.ts'
import { rotationsOf } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'

/**
 * The contact goes last, so that a call that died can be made again. Its engagements and pages stay readable. Errors:
 * Conflict while a rotation names the person: in their shifts nobody would be told.
 */
export const deleteContact: Operation<DeleteContactCommandInput, DeleteContactCommandOutput> = async (
  input,
  { table },
) => {
  const { alias, arn, type } = await requireContact(table, given(input.ContactId, 'contactId'))
  const rotations = type === 'PERSONAL' ? await rotationsOf(table, arn) : []
  if (rotations.length)
    throw new Conflict(
      `Contact ${arn} cannot be deleted: it is in ${rotations.length === 1 ? 'a rotation' : `${rotations.length} rotations`}`,
      { type: 'CONTACT', id: arn },
      undefined,
      rotations.map((id) => ({ type: 'ROTATION', id })),
    )
  const key = contactKey(alias)
  const { items } = await table.query({ partition: key.pk })
  const own = items.find(({ sk }) => sk === key.sk)
  for (const item of items) if (item !== own) await deleteCreated(table, { pk: item.pk, sk: item.sk }, callIn(item))
  await table.delete(contactPolicyKey(alias))
  await deleteCreated(table, key, own && callIn(own))
  return {}
}
