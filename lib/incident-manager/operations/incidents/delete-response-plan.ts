// DeleteResponsePlan: nothing starts an incident with it any more; its incidents stay. Deleting what is absent succeeds.
import type { DeleteResponsePlanCommandInput, DeleteResponsePlanCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { planKey } from '../../store/keys.ts'
import { planNameOf } from '../../store/plans.ts'
import { given } from './given.ts'

/** Its policies go with it; the plan goes last, so that a call that died can be made again. */
export const deleteResponsePlan: Operation<DeleteResponsePlanCommandInput, DeleteResponsePlanCommandOutput> = async (
  input,
  { table, place },
) => {
  const name = planNameOf(place, given(input.arn, 'arn'))
  if (name === undefined) return {}
  const key = planKey(name)
  const { items } = await table.query({ partition: key.pk })
  for (const { pk, sk } of items) if (sk !== key.sk) await table.delete({ pk, sk })
  await table.delete(key)
  return {}
}
