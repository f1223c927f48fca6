// PutResourcePolicy: adds a policy that shares a response plan.
import type { PutResourcePolicyCommandInput, PutResourcePolicyCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { getPlan, planNotFound, readPlan } from '../../store/plans.ts'
import { planKey } from '../../store/keys.ts'
import { resourcePolicyItem, storedPolicy } from '../../store/resource-policies.ts'
import { checkPolicy } from '../policy-rules.ts'
import { given } from './given.ts'

/** ResourceNotFound when there is no such plan; ValidationFailed for what is no policy. */
export const putResourcePolicy: Operation<PutResourcePolicyCommandInput, PutResourcePolicyCommandOutput> = async (
  input,
  { table, place },
) => {
  const document = given(input.policy, 'policy')
  checkPolicy(document)
  const plan = readPlan(await getPlan(table, place, given(input.resourceArn, 'resourceArn')))
  const policy = storedPolicy(document)
  const item = resourcePolicyItem(plan, policy)
  await table.put(item)
  // Whoever deletes a plan takes away the policies that he finds: this one may have come after he had looked.
  if ((await table.get(planKey(plan.name)))?.['token'] !== plan.token) {
    await table.delete({ pk: item.pk, sk: item.sk })
    throw planNotFound(plan.arn)
  }
  return { policyId: policy.policyId }
}
