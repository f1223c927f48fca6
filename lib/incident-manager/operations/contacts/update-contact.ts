// UpdateContact: another name, another plan, or both; what is not given stays. Alias and type never change.
import type { UpdateContactCommandInput, UpdateContactCommandOutput } from '@aws-sdk/client-ssm-contacts'
import { ConditionFailed } from '../../../aws/table/table.ts'
import type { Operation } from '../../context.ts'
import { contactNotFound, requireContact } from '../../store/contacts.ts'
import { contactKey } from '../../store/keys.ts'
import { encodeMembers } from '../../store/stored.ts'
import { given } from '../incidents/given.ts'
import { checkRotationsOf, planOf } from './plan-rules.ts'

/** Engagements that are under way keep the plan they began with. Errors: as of CreateContact; ResourceNotFound, of a rotation too. */
export const updateContact: Operation<UpdateContactCommandInput, UpdateContactCommandOutput> = async (
  input,
  { table },
) => {
  const arn = given(input.ContactId, 'contactId')
  const { alias, type } = await requireContact(table, arn)
  const plan = input.Plan && planOf(type, input.Plan)
  if (plan) await checkRotationsOf(table, plan)
  const set = encodeMembers({ displayName: input.DisplayName, ...plan })
  try {
    if (Object.keys(set).length) await table.update(contactKey(alias), { set }, { equals: { arn } })
  } catch (error) {
    throw error instanceof ConditionFailed ? contactNotFound(arn) : error
  }
  return {}
}
