// ListPageResolutions: how an engagement came to page this person, from whom it engaged down to them.
import type {
  ListPageResolutionsCommandInput,
  ListPageResolutionsCommandOutput,
  ResolutionContact,
} from '@aws-sdk/client-ssm-contacts'
import type { ContactType } from '@aws-sdk/client-ssm-contacts'
import type { Table } from '../../../aws/table/table.ts'
import type { Operation } from '../../context.ts'
import { contactsResource, readContact } from '../../store/contacts.ts'
import { contactKey } from '../../store/keys.ts'
import { type PathStep, readPage, requirePageItem } from '../../store/pages.ts'
import { given } from '../incidents/given.ts'
import { pageOf } from './page-of.ts'

/** ResourceNotFound when there is no such page. */
export const listPageResolutions: Operation<ListPageResolutionsCommandInput, ListPageResolutionsCommandOutput> = async (
  input,
  context,
) => {
  const arn = given(input.PageId, 'pageId')
  const { contactArn, path = [{ contactArn }] } = readPage(await requirePageItem(context.table, arn))
  const types = await Promise.all(path.map((step, index) => typeOf(context.table, step, index === path.length - 1)))
  // A page's path never changes.
  const all = path.map((step, index) => ({
    key: String(index).padStart(4, '0'),
    shown: resolution(step, types[index] ?? 'PERSONAL', types[index - 1]),
  }))
  const { shown, NextToken } = await pageOf(
    context,
    { scope: `ListPageResolutions ${arn}`, all, keyOf: ({ key }) => key, order: 'ascending' },
    input,
  )
  return { NextToken, PageResolutions: shown.map((step) => step.shown) }
}

/** StageIndex is the stage of an escalation plan that led here, counted from 0: only what such a plan engaged has one. */
const resolution = ({ contactArn, stage }: PathStep, type: ContactType, before?: ContactType): ResolutionContact => ({
  ContactArn: contactArn,
  Type: type,
  StageIndex: before === 'ESCALATION' ? stage : undefined,
})

/** A contact that has been deleted since is taken for a person where the path ends, for an escalation plan before. */
async function typeOf(table: Table, { contactArn }: PathStep, last: boolean): Promise<ContactType> {
  const item = await table.get(contactKey(contactsResource(contactArn)?.alias ?? ''))
  const found = item && readContact(item)
  return found?.arn === contactArn ? found.type : last ? 'PERSONAL' : 'ESCALATION'
}
