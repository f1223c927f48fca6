// DeleteResourcePolicy: takes one policy off a response plan.
import type { DeleteResourcePolicyCommandInput, DeleteResourcePolicyCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { deleteIf } from '../../store/conditional.ts'
import { resourcePolicyKey } from '../../store/keys.ts'
import { getPlan, readPlan } from '../../store/plans.ts'
import { isPolicyId, resourcePolicyNotFound } from '../../store/resource-policies.ts'
import { given } from './given.ts'

/** ResourceNotFound when there is no such plan, or no such policy on it. */
export const deleteResourcePolicy: Operation<
  DeleteResourcePolicyCommandInput,
  DeleteResourcePolicyCommandOutput
> = async (input, { table, place }) => {
  const policyId = given(input.policyId, 'policyId')
  if (!isPolicyId(policyId)) throw resourcePolicyNotFound(policyId)
  const plan = readPlan(await getPlan(table, place, given(input.resourceArn, 'resourceArn')))
  const key = resourcePolicyKey(plan, policyId)
  if (!(await deleteIf(table, key, { equals: { policyId } }))) throw resourcePolicyNotFound(policyId)
  return {}
}
