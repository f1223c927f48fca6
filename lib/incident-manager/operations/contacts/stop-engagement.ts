// StopEngagement: nobody is paged any more by it; its open pages get a STOP receipt.
import type { StopEngagementCommandInput, StopEngagementCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { stop } from '../../engine/engagement.ts'
import { requireEngagement } from '../../store/engagements.ts'
import { given } from '../incidents/given.ts'
import { changeEngagement } from './telling.ts'

/** Stopping what has been stopped changes nothing. */
export const stopEngagement: Operation<StopEngagementCommandInput, StopEngagementCommandOutput> = async (
  input,
  context,
) => {
  const { id } = await requireEngagement(context.table, given(input.EngagementId, 'engagementId'))
  await changeEngagement(context, id, (state, now) => stop(state, input.Reason ?? '', now))
  return {}
}
