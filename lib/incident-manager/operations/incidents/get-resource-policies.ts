// GetResourcePolicies: the policies that share a response plan, in the order of their ids.
import type { GetResourcePoliciesCommandInput, GetResourcePoliciesCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { resourcePoliciesOf } from '../../store/keys.ts'
import { listPage } from '../../store/lists.ts'
import { getPlan, readPlan } from '../../store/plans.ts'
import { readResourcePolicy } from '../../store/resource-policies.ts'
import { given } from './given.ts'

export const getResourcePolicies: Operation<GetResourcePoliciesCommandInput, GetResourcePoliciesCommandOutput> = async (
  { resourceArn, maxResults, nextToken },
  context,
) => {
  const { table, place } = context
  const item = await getPlan(table, place, given(resourceArn, 'resourceArn'))
  const prefix = resourcePoliciesOf(readPlan(item).token)
  const page = await listPage(context, {
    scope: `GetResourcePolicies ${item.pk} ${prefix}`,
    partition: item.pk,
    range: { prefix },
    order: 'ascending',
    maxResults,
    nextToken,
  })
  return {
    resourcePolicies: page.items.map(readResourcePolicy).map(({ policyId, policyDocument }) => ({
      policyId,
      policyDocument,
      ramResourceShareRegion: place.region,
    })),
    nextToken: page.nextToken,
  }
}
