// ListResponsePlans: by name.
import type { ListResponsePlansCommandInput, ListResponsePlansCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { PLANS } from '../../store/keys.ts'
import { listPage } from '../../store/lists.ts'
import { readPlan } from '../../store/plans.ts'

export const listResponsePlans: Operation<ListResponsePlansCommandInput, ListResponsePlansCommandOutput> = async (
  { maxResults, nextToken },
  context,
) => {
  const page = await listPage(context, {
    scope: 'ListResponsePlans',
    index: 'list',
    partition: PLANS,
    order: 'ascending',
    maxResults,
    nextToken,
  })
  const plans = page.items.map(readPlan)
  return {
    responsePlanSummaries: plans.map(({ arn, name, displayName }) => ({ arn, name, displayName })),
    nextToken: page.nextToken,
  }
}
