// CreateContact: a person, an escalation plan or an on-call schedule.
import type { CreateContactCommandInput, CreateContactCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { arnOfContact, contactItem } from '../../store/contacts.ts'
import { given } from '../incidents/given.ts'
import { checkAccount, findOrRefuse } from './account.ts'
import { createOnce } from './idempotency.ts'
import { checkRotationsOf, planOf } from './plan-rules.ts'
import { tagsOf } from './tagged-item.ts'

/**
 * The account needs an ACTIVE replication set. The rotations of a schedule must exist; what stages name need not: such
 * targets are skipped. Errors: ValidationFailed, QuotaExceeded; Conflict when the alias is taken.
 */
export const createContact: Operation<CreateContactCommandInput, CreateContactCommandOutput> = async (
  input,
  context,
) => {
  const { table, place } = context
  const alias = given(input.Alias, 'alias')
  const type = given(input.Type, 'type')
  const arn = arnOfContact(place, alias)
  const plan = planOf(type, given(input.Plan, 'plan'))
  const tags = tagsOf(input.Tags ?? [])
  const { answer } = await createOnce(context, {
    operation: 'CreateContact',
    input,
    check: async () => {
      await checkAccount(table)
      await findOrRefuse(table, checkRotationsOf(table, plan))
    },
    create: () => ({
      item: contactItem({ alias, arn, type, displayName: input.DisplayName, ...plan, tags }),
      answer: { ContactArn: arn },
      resource: { type: 'CONTACT', id: arn },
    }),
  })
  return answer
}
