// DeleteResponsePlan: nothing starts an incident with it any more; its incidents stay. Deleting what is absent succeeds.
import type { DeleteResponsePlanCommandInput, DeleteResponsePlanCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { planKey } from '../../store/keys.ts'
import { planNameOf } from '../../store/plans.ts'
import { given } from './given.ts'

export const deleteResponsePlan: Operation<DeleteResponsePlanCommandInput, DeleteResponsePlanCommandOutput> = async (
  input,
  { table, place },
) => {
  const name = planNameOf(place, given(input.arn, 'arn'))
  if (name !== undefined) await table.delete(planKey(name))
  return {}
}
