// CreateContact: a person, an escalation plan or an on-call schedule.
import type { CreateContactCommandInput, CreateContactCommandOutput } from '@aws-sdk/client-ssm-contacts'
import { ConditionFailed } from '../../../aws/table/table.ts'
import type { Operation } from '../../context.ts'
import { Conflict } from '../../errors.ts'
import { arnOfContact, contactItem, readContact } from '../../store/contacts.ts'
import { contactKey } from '../../store/keys.ts'
import { requireReplicationSet } from '../../store/replication-set.ts'
import { given } from '../incidents/given.ts'
import { claimToken } from './idempotency.ts'
import { planOf } from './plan-rules.ts'
import { tagsOf } from './tagged-item.ts'

/** The account needs an ACTIVE replication set. What its plan names need not exist: such targets are skipped. */
export const createContact: Operation<CreateContactCommandInput, CreateContactCommandOutput> = async (
  input,
  context,
) => {
  const { table, place } = context
  const alias = given(input.Alias, 'alias')
  const type = given(input.Type, 'type')
  const arn = arnOfContact(place, alias)
  const plan = planOf(type, given(input.Plan, 'plan'))
  await requireReplicationSet(table, place)
  const token = await claimToken(context, 'CreateContact', input, { type: 'CONTACT', id: arn })
  const tags = tagsOf(input.Tags ?? [])
  const contact = { alias, arn, type, displayName: input.DisplayName, ...plan, tags, token }
  try {
    await table.put(contactItem(contact), { absent: true })
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    const existing = await table.get(contactKey(alias))
    if (!existing || readContact(existing).token !== token)
      throw new Conflict(`A contact with the alias ${alias} already exists`, { type: 'CONTACT', id: arn })
  }
  return { ContactArn: arn }
}
