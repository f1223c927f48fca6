// PutResourcePolicy: adds a policy that shares a response plan.
import type { PutResourcePolicyCommandInput, PutResourcePolicyCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { getPlan } from '../../store/plans.ts'
import { resourcePolicyItem, storedPolicy } from '../../store/resource-policies.ts'
import { text } from '../../store/stored.ts'
import { checkPolicy } from '../policy-rules.ts'
import { given } from './given.ts'

/** ResourceNotFound when there is no such plan; ValidationFailed for what is no policy. */
export const putResourcePolicy: Operation<PutResourcePolicyCommandInput, PutResourcePolicyCommandOutput> = async (
  input,
  { table, place },
) => {
  const document = given(input.policy, 'policy')
  checkPolicy(document)
  const plan = await getPlan(table, place, given(input.resourceArn, 'resourceArn'))
  const policy = storedPolicy(document)
  await table.put(resourcePolicyItem(text(plan, 'name'), policy))
  return { policyId: policy.policyId }
}
