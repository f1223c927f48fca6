// GetResponsePlan: exactly the members that have been set.
import type { GetResponsePlanCommandInput, GetResponsePlanCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { getPlan, readPlan } from '../../store/plans.ts'
import { given } from './given.ts'

export const getResponsePlan: Operation<GetResponsePlanCommandInput, GetResponsePlanCommandOutput> = async (
  input,
  { table, place },
) => {
  const plan = readPlan(await getPlan(table, place, given(input.arn, 'arn')))
  const { arn, name, displayName, chatChannel, engagements, actions, integrations } = plan
  const { title, impact, summary, dedupeString, notificationTargets, incidentTags } = plan
  return {
    arn,
    name,
    displayName,
    incidentTemplate: { title, impact, summary, dedupeString, notificationTargets, incidentTags },
    chatChannel,
    engagements,
    actions,
    integrations,
  }
}
