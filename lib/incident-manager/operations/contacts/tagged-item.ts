// What can be tagged of the contacts API: contacts, escalation plans, schedules and rotations; each keeps its tags on its own item.
import type { Tag } from '@aws-sdk/client-ssm-contacts'
import type { Item, Key, Table } from '../../../aws/table/table.ts'
import { ResourceNotFound, type Resource } from '../../errors.ts'
import { contactsResource } from '../../store/contacts.ts'
import { contactKey, rotationKey } from '../../store/keys.ts'
import type { Tags } from '../../store/tags.ts'
import { given } from '../incidents/given.ts'

/** Where it is, by the kind that its ARN names. */
const KEYS: ReadonlyMap<string, (id: string) => Key> = new Map([
  ['contact', contactKey],
  ['rotation', rotationKey],
])

/** The item of that ARN; ResourceNotFound when there is none, or when it is of a kind that has no tags. */
export async function taggedItem(table: Table, arn: string): Promise<Item> {
  const named = contactsResource(arn)
  const key = named && KEYS.get(named.kind)?.(named.alias)
  const item = key && (await table.get(key))
  if (item?.['arn'] !== arn) throw new ResourceNotFound(`Resource not found: ${arn}`, taggedResource(arn))
  return item
}

/** What a refusal calls it. */
export const taggedResource = (arn: string): Resource => ({
  type: contactsResource(arn)?.kind.replaceAll('-', '_').toUpperCase() ?? 'CONTACT',
  id: arn,
})

/** Tags as they are kept; of two with one key the last counts. ValidationFailed for one without a key or a value. */
export const tagsOf = (list: readonly Tag[]): Tags =>
  Object.fromEntries(
    list.map(({ Key, Value }, index) => [
      given(Key, `tags.${index + 1}.member.key`),
      given(Value, `tags.${index + 1}.member.value`),
    ]),
  )
