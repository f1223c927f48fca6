// UpdateRelatedItems: connects an incident with something, or no longer; the timeline says so.
import type {
  RelatedItemsUpdate,
  UpdateRelatedItemsCommandInput,
  UpdateRelatedItemsCommandOutput,
} from '@aws-sdk/client-ssm-incidents'
import type { Item, Key } from '../../../aws/table/table.ts'
import type { Context, Operation } from '../../context.ts'
import { Conflict, ValidationFailed } from '../../errors.ts'
import { putIf, updateIf } from '../../store/conditional.ts'
import { getIncident, type Incident, readIncident } from '../../store/incidents.ts'
import { relatedItemsKey } from '../../store/keys.ts'
import { encode, text } from '../../store/stored.ts'
import { type Call, callOf, remember, seen, tokenAttribute } from './client-tokens.ts'
import { given } from './given.ts'
import { type Debt, debtAttribute, debtsIn, owing } from './owed.ts'
import { recordUpdate } from './record-update.ts'
import {
  generatedIdOf,
  kept,
  MOST_RELATED_ITEMS,
  relatedItemsIn,
  requireRoom,
  tooManyRelatedItems,
} from './related-items.ts'
import { settle } from './settle.ts'

const TRIES = 5

/**
 * Adding what is there already, or removing what is not, changes nothing and tells nothing. ResourceNotFound when there
 * is no such incident; QuotaExceeded beyond 50 items.
 */
export const updateRelatedItems: Operation<UpdateRelatedItemsCommandInput, UpdateRelatedItemsCommandOutput> = async (
  input,
  context,
) => {
  const arn = given(input.incidentRecordArn, 'incidentRecordArn')
  const update = given(input.relatedItemsUpdate, 'relatedItemsUpdate')
  const call = callOf(input)
  const resource = { type: 'INCIDENT_RECORD', id: arn }
  for (let tries = 0; tries < TRIES; tries++) {
    const incident = readIncident(await getIncident(context.table, arn))
    const item = await itemOf(context, incident)
    if (seen(item, call, resource)) {
      // If that call died on the way, this one finishes what it owed.
      const debts = debtsIn(item).filter(({ name }) => name === call.token)
      if (debts.length) await settle(context, item, debts, incident)
      return {}
    }
    if (await apply(context, incident, item, update, call)) return {}
  }
  throw new Conflict(`The related items are being changed by others; try again: ${arn}`, resource)
}

/** False when somebody has added or removed the same item since `item` was read. */
async function apply(
  context: Context,
  incident: Incident,
  item: Item,
  update: RelatedItemsUpdate,
  call: Call,
): Promise<boolean> {
  const now = context.clock.now()
  const { attribute, value } = changeOf(item, update, now)
  const before = item[attribute] === undefined ? undefined : text(item, attribute)
  const key: Key = { pk: item.pk, sk: item.sk }
  const memory = remember(item, call, now)
  const unchanged = { incidentId: incident.incidentId, [tokenAttribute(call)]: undefined, [attribute]: before }
  if ((value === undefined) === (before === undefined))
    return (await updateIf(context.table, key, memory, { equals: unchanged })) !== undefined
  if (value !== undefined) requireRoom(item, value, incident.arn)
  const attributes = [{ name: 'relatedItems', value: encode(update) }]
  const debt: Debt = {
    name: call.token,
    steps: [recordUpdate(context, incident.title, attributes, `update ${call.token}`)],
  }
  const set = { ...(value === undefined ? {} : { [attribute]: value }), ...memory.set, ...owing(key, debt, now) }
  const remove = [...(value === undefined ? [attribute] : []), ...memory.remove]
  const after = await updateIf(context.table, key, { set, remove }, { equals: unchanged })
  if (!after) return false
  if (value !== undefined && relatedItemsIn(after).length > MOST_RELATED_ITEMS) {
    // Several calls at once found room for one more each; those who were too many take theirs back.
    const mine = [attribute, tokenAttribute(call), debtAttribute(debt.name)]
    await updateIf(context.table, key, { remove: mine }, { equals: { incidentId: incident.incidentId } })
    throw tooManyRelatedItems(incident.arn)
  }
  await settle(context, after, [debt], incident)
  return true
}

/** The attribute that `update` is about, and what it is to be: undefined removes it. */
function changeOf(item: Item, { itemToAdd, itemToRemove }: RelatedItemsUpdate, now: Date): Wanted {
  if (itemToAdd) {
    // A generatedId is ours to give here (API reference, RelatedItem).
    const { identifier, title } = itemToAdd
    const others = relatedItemsIn(item)
    const taken = new Set(others.map((other) => other.generatedId))
    const [attribute, value] = kept({ identifier, title }, now, others.length, taken)
    return { attribute, value }
  }
  if (itemToRemove) return { attribute: generatedIdOf(itemToRemove), value: undefined }
  throw new ValidationFailed('relatedItemsUpdate must have exactly one member: itemToAdd or itemToRemove')
}

interface Wanted {
  readonly attribute: string
  readonly value: string | undefined
}

/** The incident's related items; the item is made when nothing has been related yet. */
async function itemOf(context: Context, { incidentId }: Incident): Promise<Item> {
  const key = relatedItemsKey(incidentId)
  const item = await context.table.get(key)
  if (item) return item
  // Or it is made by somebody else meanwhile: what is about to be written says what must be true.
  const empty = { ...key, incidentId }
  await putIf(context.table, empty, { absent: true })
  return empty
}
