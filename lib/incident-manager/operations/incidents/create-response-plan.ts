// CreateResponsePlan: how incidents of a kind are opened, and who is told of them.
import type { CreateResponsePlanCommandInput, CreateResponsePlanCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Key } from '../../../aws/table/table.ts'
import type { Context, Operation } from '../../context.ts'
import { Conflict } from '../../errors.ts'
import { deleteIf, putIf, updateIf } from '../../store/conditional.ts'
import { onlyCalls, planKey, tokenKey } from '../../store/keys.ts'
import { type Plan, planArn, planItem } from '../../store/plans.ts'
import { requireReplicationSet } from '../../store/replication-set.ts'
import { text } from '../../store/stored.ts'
import { type Call, callOf, checkSameCall } from './client-tokens.ts'
import { given } from './given.ts'
import { greetChatChannel, partsChange, requireModest, requireOtherTopics } from './plan-parts.ts'

/**
 * ResourceNotFound without a replication set; Conflict when the name is taken, or the token by another call. Contacts it
 * names need not exist.
 */
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
  requireOtherTopics(context, { ...optional, ...fromTemplate })
  await requireReplicationSet(context.table, context.place)
  const { set } = partsChange({ ...optional, ...fromTemplate })
  const created = { ...planItem(plan), ...set }
  requireModest(created)
  if (await hasCreated(context, call, arn)) return { arn }
  if (await putIf(context.table, created, { absent: true })) await greetChatChannel(context, arn, optional)
  else {
    const existing = await context.table.get(planKey(name))
    if (existing?.['token'] !== call.token) {
      // What is refused may be called again with another name.
      await deleteIf(context.table, tokenOf(call), { equals: unfinished(call) })
      throw new Conflict(`Response plan already exists: ${arn}`, { type: 'RESPONSE_PLAN', id: arn })
    }
  }
  await updateIf(context.table, tokenOf(call), { set: { created: true } }, { equals: unfinished(call) })
  return { arn }
}

/**
 * Takes the token for this call; Conflict when it was used with other parameters. Whether the call has created its plan
 * before: it may have been deleted since, and does not come back.
 */
async function hasCreated({ table }: Context, call: Call, arn: string): Promise<boolean> {
  const memory = { ...onlyCalls(tokenOf(call)), arn, parameters: call.parameters }
  if (await putIf(table, memory, { absent: true })) return false
  const earlier = await table.get(tokenOf(call))
  checkSameCall(call, earlier?.['parameters'], { type: 'RESPONSE_PLAN', id: earlier ? text(earlier, 'arn') : arn })
  return earlier?.['created'] === true
}

const tokenOf = (call: Call): Key => tokenKey('CreateResponsePlan', call.token)
const unfinished = ({ parameters }: Call) => ({ parameters, created: undefined })
