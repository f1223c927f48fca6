// DeleteResponsePlan: nothing starts an incident with it any more; its incidents stay. Deleting what is absent succeeds.
import type { DeleteResponsePlanCommandInput, DeleteResponsePlanCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { planKey, resourcePoliciesOf } from '../../store/keys.ts'
import { planNameOf } from '../../store/plans.ts'
import { text } from '../../store/stored.ts'
import { given } from './given.ts'

/**
 * The plan goes first, so that it gets no more policies, and then those that it had; of a plan that is gone already, too,
 * so that a call that died can be made again. A plan that has been made anew meanwhile keeps its own.
 */
export const deleteResponsePlan: Operation<DeleteResponsePlanCommandInput, DeleteResponsePlanCommandOutput> = async (
  input,
  { table, place },
) => {
  const name = planNameOf(place, given(input.arn, 'arn'))
  if (name === undefined) return {}
  const key = planKey(name)
  await table.delete(key)
  const { items } = await table.query({ partition: key.pk })
  const anew = items.find(({ sk }) => sk === key.sk)
  const kept = anew && resourcePoliciesOf(text(anew, 'token'))
  for (const { pk, sk } of items)
    if (sk !== key.sk && !(kept !== undefined && sk.startsWith(kept))) await table.delete({ pk, sk })
  return {}
}
