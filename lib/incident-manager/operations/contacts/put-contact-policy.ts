// PutContactPolicy: the policy that shares a contact; it replaces the one before.
import type { PutContactPolicyCommandInput, PutContactPolicyCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { ValidationFailed } from '../../errors.ts'
import { requireContact } from '../../store/contacts.ts'
import { contactPolicyKey } from '../../store/keys.ts'
import { checkPolicy } from '../policy-rules.ts'
import { given } from '../incidents/given.ts'

/** The model's longest, in bytes: an item holds no more. */
const MOST_BYTES = 395_000

/** ResourceNotFound when there is no such contact; ValidationFailed for what is no policy, or is too long. */
export const putContactPolicy: Operation<PutContactPolicyCommandInput, PutContactPolicyCommandOutput> = async (
  input,
  { table },
) => {
  const policy = given(input.Policy, 'policy')
  checkPolicy(policy)
  if (Buffer.byteLength(policy) > MOST_BYTES)
    throw new ValidationFailed(`Invalid value provided - the policy has more than ${MOST_BYTES} bytes`)
  const { alias } = await requireContact(table, given(input.ContactArn, 'contactArn'))
  await table.put({ ...contactPolicyKey(alias), policy })
  return {}
}
