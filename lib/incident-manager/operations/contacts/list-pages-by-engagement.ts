// ListPagesByEngagement: whom an engagement has paged, newest first.
import type {
  ListPagesByEngagementCommandInput,
  ListPagesByEngagementCommandOutput,
} from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireEngagement } from '../../store/engagements.ts'
import { pagesOfEngagement } from '../../store/keys.ts'
import { given } from '../incidents/given.ts'
import { pagesOut } from './page-out.ts'

export const listPagesByEngagement: Operation<
  ListPagesByEngagementCommandInput,
  ListPagesByEngagementCommandOutput
> = async (input, context) => {
  const { id, arn } = await requireEngagement(context.table, given(input.EngagementId, 'engagementId'))
  return pagesOut(
    context,
    { scope: `ListPagesByEngagement ${arn}`, index: 'list', partition: pagesOfEngagement(id) },
    input,
  )
}
