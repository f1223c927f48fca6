// UpdateResponsePlan: changes the parts that are given, and leaves the others.
import type { UpdateResponsePlanCommandInput, UpdateResponsePlanCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { updateIf } from '../../store/conditional.ts'
import { getPlan } from '../../store/plans.ts'
import { text } from '../../store/stored.ts'
import { callOf, changeOnce, remember, tokenAttribute } from './client-tokens.ts'
import { given } from './given.ts'
import { greetChatChannel, partsChange, requireModest, requireOtherTopics } from './plan-parts.ts'

export const updateResponsePlan: Operation<UpdateResponsePlanCommandInput, UpdateResponsePlanCommandOutput> = async (
  input,
  context,
) => {
  const arn = given(input.arn, 'arn')
  const call = callOf(input)
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
  requireOtherTopics(context, parts)
  const changed = partsChange(parts)
  const required = { ...(title === undefined ? {} : { title }), ...(impact === undefined ? {} : { impact }) }
  const read = () => getPlan(context.table, context.place, arn)
  await changeOnce(call, { type: 'RESPONSE_PLAN', id: arn }, read, async (item) => {
    requireModest({ ...item, ...changed.set })
    const memory = remember(item, call, context.clock.now())
    const updated = await updateIf(
      context.table,
      { pk: item.pk, sk: item.sk },
      { set: { ...required, ...changed.set, ...memory.set }, remove: [...changed.remove, ...memory.remove] },
      { equals: { arn: text(item, 'arn'), [tokenAttribute(call)]: undefined } },
    )
    if (updated) await greetChatChannel(context, text(item, 'arn'), parts)
    return updated !== undefined
  })
  return {}
}
