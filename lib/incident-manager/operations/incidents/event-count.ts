// How many timeline events callers have created on an incident: kept on its record, where it commutes.
import type { Item, Table } from '../../../aws/table/table.ts'
import { updateIf } from '../../store/conditional.ts'
import { incidentKey } from '../../store/keys.ts'
import { EVENT_PREFIX, isCustom, readTimelineEvent } from '../../store/timeline.ts'

/** 1,000 events an incident (api-facts, Quotas), with room left for the service's own. */
const MOST_EVENTS = 950

interface Counted {
  readonly incidentId: string
  readonly arn: string
}

/** `full`: there is no room for one more; `gone`: there is no such incident to be seen. */
export type Room = 'taken' | 'full' | 'gone'

/**
 * Takes room for one event, before it is written: of a call that dies in between a count remains that is one too high. So
 * before anybody is refused the events themselves are counted, unless that has been done since and nothing was deleted.
 */
export async function takeRoom(table: Table, of: Counted): Promise<Room> {
  const record = await add(table, of, 1)
  if (!record) return 'gone'
  if (countIn(record) <= MOST_EVENTS) return 'taken'
  const before = await giveRoomBack(table, of)
  if (!before) return 'gone'
  if (before['recounted'] === before['customEvents'] || !(await recount(table, of, before))) return 'full'
  const again = await add(table, of, 1)
  if (!again) return 'gone'
  if (countIn(again) <= MOST_EVENTS) return 'taken'
  await giveRoomBack(table, of)
  return 'full'
}

/** Room that was taken for an event that was not written after all. */
export const giveRoomBack = (table: Table, of: Counted): Promise<Item | undefined> => add(table, of, -1)

/** Before an event is deleted: the call may die before it leaves the room, and whoever needs it must count. */
export async function forgetRecount(table: Table, { incidentId, arn }: Counted): Promise<void> {
  await updateIf(table, incidentKey(incidentId), { remove: ['recounted'] }, visible(arn))
}

/** The room of an event that is no more. */
export async function leaveRoom(table: Table, { incidentId, arn }: Counted): Promise<void> {
  const change = { add: { customEvents: -1 }, remove: ['recounted'] }
  await updateIf(table, incidentKey(incidentId), change, visible(arn))
}

/** Whether there was more room than the record said. */
async function recount(table: Table, { incidentId, arn }: Counted, record: Item): Promise<boolean> {
  const { pk } = incidentKey(incidentId)
  const { items } = await table.query({ partition: pk, range: { prefix: EVENT_PREFIX } })
  // What is left of those that were deleted has no type.
  const found = items.filter((item) => isCustom(readTimelineEvent(item).eventType)).length
  const claimed = countIn(record)
  const set = { customEvents: found, recounted: found }
  // Or somebody else counts at this moment: this caller is refused, and asks again.
  await updateIf(table, incidentKey(incidentId), { set }, { equals: { arn, customEvents: claimed } })
  return found < claimed
}

const add = (table: Table, { incidentId, arn }: Counted, by: 1 | -1): Promise<Item | undefined> =>
  updateIf(table, incidentKey(incidentId), { add: { customEvents: by } }, visible(arn))

const countIn = (record: Item): number => Number(record['customEvents'])
const visible = (arn: string) => ({ equals: { arn, deletedTime: undefined } })
