// CreateResponsePlan: how incidents of a kind are opened, and who is told of them.
import type { CreateResponsePlanCommandInput, CreateResponsePlanCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { Conflict } from '../../errors.ts'
import { putIf } from '../../store/conditional.ts'
import { planKey } from '../../store/keys.ts'
import { type Plan, planArn, planItem, readPlan } from '../../store/plans.ts'
import { requireReplicationSet } from '../../store/replication-set.ts'
import { callOf, checkSameCall } from './client-tokens.ts'
import { given } from './given.ts'
import { greetChatChannel, partsChange } from './plan-parts.ts'

/** ResourceNotFound without a replication set; Conflict when the name is taken. Contacts it names need not exist. */
export const createResponsePlan: Operation<CreateResponsePlanCommandInput, CreateResponsePlanCommandOutput> = async (
  input,
  context,
) => {
  const name = given(input.name, 'name')
  const template = given(input.incidentTemplate, 'incidentTemplate')
  const { displayName, chatChannel, engagements, actions, integrations, tags } = input
  const { summary, dedupeString, notificationTargets, incidentTags } = template
  const optional = { displayName, chatChannel, engagements, actions, integrations }
  const fromTemplate = { summary, dedupeString, notificationTargets, incidentTags }
  const arn = planArn(context.place, name)
  const call = callOf(input)
  const plan: Plan = {
    name,
    arn,
    title: given(template.title, 'incidentTemplate.title'),
    impact: given(template.impact, 'incidentTemplate.impact'),
    tags,
    ...call,
  }
  await requireReplicationSet(context.table, context.place)
  const { set } = partsChange({ ...optional, ...fromTemplate })
  if (!(await putIf(context.table, { ...planItem(plan), ...set }, { absent: true }))) {
    const item = await context.table.get(planKey(name))
    const existing = item && readPlan(item)
    const resource = { type: 'RESPONSE_PLAN', id: arn }
    if (existing?.token !== call.token) throw new Conflict(`Response plan already exists: ${arn}`, resource)
    checkSameCall(call, existing.parameters, resource)
    return { arn }
  }
  await greetChatChannel(context, arn, optional)
  return { arn }
}
