// UpdateIncidentRecord: changes what is given and says on the timeline what has changed; resolving stops the engagements.
import type { UpdateIncidentRecordCommandInput, UpdateIncidentRecordCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Item, Key, Value } from '../../../aws/table/table.ts'
import type { Context, Operation } from '../../context.ts'
import { Conflict } from '../../errors.ts'
import { updateIf } from '../../store/conditional.ts'
import { getIncident, OPEN_ORDER, openOrder, readIncident } from '../../store/incidents.ts'
import { encodeMembers, text } from '../../store/stored.ts'
import { type Call, callOf, canonical, remember, seen, tokenAttribute } from './client-tokens.ts'
import { given } from './given.ts'
import { debtsIn, owing, type Step } from './owed.ts'
import { partsChange, requireOtherTopics } from './plan-parts.ts'
import { recordUpdate } from './record-update.ts'
import { settle } from './settle.ts'

const TRIES = 5

/** ResourceNotFound when there is no such incident, ValidationFailed where it would notify the topic of the alarms. Nothing is told when nothing changes. */
export const updateIncidentRecord: Operation<
  UpdateIncidentRecordCommandInput,
  UpdateIncidentRecordCommandOutput
> = async (input, context) => {
  const arn = given(input.arn, 'arn')
  const { chatChannel, notificationTargets } = input
  requireOtherTopics(context, {
    ...(chatChannel ? { chatChannel } : {}),
    ...(notificationTargets ? { notificationTargets } : {}),
  })
  const call = callOf(input)
  const resource = { type: 'INCIDENT_RECORD', id: arn }
  for (let tries = 0; tries < TRIES; tries++) {
    const item = await getIncident(context.table, arn)
    if (seen(item, call, resource)) {
      // If that call died on the way, this one finishes what it owed.
      const debts = debtsIn(item).filter(({ name }) => name === call.token)
      if (debts.length) await settle(context, item, debts, readIncident(item))
      return {}
    }
    if (await change(context, item, input, call)) return {}
  }
  throw new Conflict(`The incident is being changed by others; try again: ${arn}`, resource)
}

/** False when somebody has changed the same members since `item` was read. */
async function change(
  context: Context,
  item: Item,
  { title, summary, impact, status, chatChannel, notificationTargets }: UpdateIncidentRecordCommandInput,
  call: Call,
): Promise<boolean> {
  const now = context.clock.now()
  const clearable = partsChange({ chatChannel, notificationTargets })
  const wanted = Object.entries({ ...encodeMembers({ title, summary, impact, status }), ...clearable.set })
  const changed = wanted.filter(([name, value]) => canonical(value ?? null) !== canonical(item[name] ?? null))
  const cleared = clearable.remove.filter((name) => item[name] !== undefined)
  const names = [...changed.map(([name]) => name), ...cleared]
  const memory = remember(item, call, now)
  const set = { ...Object.fromEntries(changed), ...memory.set }
  const remove = [...cleared, ...memory.remove]
  const unchanged = Object.fromEntries(names.flatMap((name) => scalar(name, item[name])))
  const condition = {
    equals: { arn: text(item, 'arn'), deletedTime: undefined, [tokenAttribute(call)]: undefined, ...unchanged },
  }
  const key: Key = { pk: item.pk, sk: item.sk }
  if (!names.length) return (await updateIf(context.table, key, { set, remove }, condition)) !== undefined
  const resolved = set['status'] === 'RESOLVED'
  const reopened = set['status'] === 'OPEN'
  const attributes = names.map((name) => ({ name, value: set[name] }))
  const reason = `The incident was resolved by ${context.caller}`
  const steps: Step[] = [
    ...(resolved ? [{ step: 'stop-engagements', reason } as const] : []),
    ...(reopened ? [{ step: 'claim-again', by: call.token } as const] : []),
    recordUpdate(context, title ?? text(item, 'title'), attributes, `update ${call.token}`),
  ]
  const debt = { name: call.token, steps }
  const modified = { lastModifiedTime: now.toISOString(), lastModifiedBy: context.caller }
  const after = await updateIf(
    context.table,
    key,
    {
      set: {
        ...set,
        ...modified,
        ...(resolved ? { resolvedTime: now.toISOString() } : {}),
        ...(reopened ? openOrder(readIncident(item)) : {}),
        ...owing(key, debt, now),
      },
      remove: [...remove, ...(reopened ? ['resolvedTime'] : []), ...(resolved ? OPEN_ORDER : [])],
    },
    condition,
  )
  if (!after) return false
  const incident = readIncident(after)
  await settle(context, after, [debt], incident)
  if (resolved)
    context.logger.info('An incident was resolved', {
      correlation_id: incident.incidentId,
      incident: incident.arn,
      title: incident.title,
    })
  return true
}

/** A condition can name what is no list and no structure; of those, the last change counts. */
const scalar = (name: string, value: Value | undefined): [string, string | number | undefined][] =>
  typeof value === 'string' || typeof value === 'number' || value === undefined ? [[name, value]] : []
