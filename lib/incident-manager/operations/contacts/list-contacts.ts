// ListContacts: by alias, all or those whose alias begins with something, of one type or of any.
import type { ListContactsCommandInput, ListContactsCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { readContact } from '../../store/contacts.ts'
import { CONTACTS } from '../../store/keys.ts'
import { listPage } from '../../store/lists.ts'

/** Of all the calls of this API the only one that an account without a replication set is answered, as on AWS: with nothing. */
export const listContacts: Operation<ListContactsCommandInput, ListContactsCommandOutput> = async (input, context) => {
  const { AliasPrefix: prefix = '', Type: type, MaxResults, NextToken } = input
  const { items, nextToken } = await listPage(context, {
    scope: `ListContacts ${prefix} ${type ?? ''}`,
    index: 'list',
    partition: CONTACTS,
    range: prefix ? { prefix } : undefined,
    order: 'ascending',
    maxResults: MaxResults || undefined,
    nextToken: NextToken,
    matches: (item) => !type || readContact(item).type === type,
  })
  return {
    NextToken: nextToken,
    Contacts: items.map(readContact).map(({ arn, alias, displayName, type }) => ({
      ContactArn: arn,
      Alias: alias,
      DisplayName: displayName,
      Type: type,
    })),
  }
}
