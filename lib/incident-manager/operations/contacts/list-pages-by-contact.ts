// ListPagesByContact: what a person has been paged with, newest first.
import type { ListPagesByContactCommandInput, ListPagesByContactCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireContact } from '../../store/contacts.ts'
import { pagesOfContact } from '../../store/keys.ts'
import { given } from '../incidents/given.ts'
import { pagesOut } from './page-out.ts'

export const listPagesByContact: Operation<ListPagesByContactCommandInput, ListPagesByContactCommandOutput> = async (
  input,
  context,
) => {
  const { alias, arn } = await requireContact(context.table, given(input.ContactId, 'contactId'))
  return pagesOut(
    context,
    { scope: `ListPagesByContact ${arn}`, index: 'list2', partition: pagesOfContact(alias) },
    input,
  )
}
