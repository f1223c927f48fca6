// UpdateResponsePlan: changes the parts that are given, and leaves the others.
import type { UpdateResponsePlanCommandInput, UpdateResponsePlanCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { updateIf } from '../../store/conditional.ts'
import { getPlan, planNotFound } from '../../store/plans.ts'
import { text } from '../../store/stored.ts'
import { callOf, remember, seen } from './client-tokens.ts'
import { given } from './given.ts'
import { greetChatChannel, partsChange } from './plan-parts.ts'

export const updateResponsePlan: Operation<UpdateResponsePlanCommandInput, UpdateResponsePlanCommandOutput> = async (
  input,
  context,
) => {
  const arn = given(input.arn, 'arn')
  const call = callOf(input)
  const item = await getPlan(context.table, context.place, arn)
  if (seen(item, call, { type: 'RESPONSE_PLAN', id: arn })) return {}
  const { title, impact, ...parts } = {
    displayName: input.displayName,
    title: input.incidentTemplateTitle,
    impact: input.incidentTemplateImpact,
    summary: input.incidentTemplateSummary,
    dedupeString: input.incidentTemplateDedupeString,
    notificationTargets: input.incidentTemplateNotificationTargets,
    incidentTags: input.incidentTemplateTags,
    chatChannel: input.chatChannel,
    engagements: input.engagements,
    actions: input.actions,
    integrations: input.integrations,
  }
  const changed = partsChange(parts)
  const memory = remember(item, call, context.clock.now())
  const required = { ...(title === undefined ? {} : { title }), ...(impact === undefined ? {} : { impact }) }
  const updated = await updateIf(
    context.table,
    { pk: item.pk, sk: item.sk },
    { set: { ...required, ...changed.set, ...memory.set }, remove: [...changed.remove, ...memory.remove] },
    { equals: { arn: text(item, 'arn') } },
  )
  if (!updated) throw planNotFound(arn)
  await greetChatChannel(context, text(item, 'arn'), parts)
  return {}
}
