// What everybody who is about to page somebody for an incident must know: who has answered, and whether paging was stopped.
import { ConditionFailed, type Item, type Table } from '../../aws/table/table.ts'
import { acknowledgementKey } from './keys.ts'
import { decode, encodeItem, text } from './stored.ts'

export interface Answers {
  /** The people who have acknowledged the incident since it was last resolved (opening it again voids what was answered before), and when last. */
  readonly people: readonly { readonly contactArn: string; readonly at: Date }[]
  /** Engagements that began before `at` are to stop. */
  readonly stopped?: { readonly at: Date; readonly reason: string }
}

const STOPPED = 'stopped'
const partitionOf = (incidentId: string): string => acknowledgementKey(incidentId, '').pk

/** Read consistently: an acknowledgement that was stored before is seen. */
export async function answersTo(table: Table, incidentId: string): Promise<Answers> {
  const { items } = await table.query({ partition: partitionOf(incidentId) })
  const mark = items.find(({ sk }) => sk === STOPPED)
  const stopped = mark && decode<{ at: Date; reason: string }>(mark, ['at'])
  const holds = (item: Item): boolean => item !== mark && !(stopped && text(item, 'at') <= stopped.at.toISOString())
  return {
    people: items.filter(holds).map((item) => ({ contactArn: item.sk, at: decode<{ at: Date }>(item, ['at']).at })),
    ...(stopped ? { stopped: { at: stopped.at, reason: stopped.reason } } : {}),
  }
}

/** Remembers that a person has acknowledged an incident; of several times the last one stays. */
export async function putAcknowledgement(
  table: Table,
  incidentId: string,
  contactArn: string,
  { at, pageArn }: { at: Date; pageArn: string },
): Promise<void> {
  const key = acknowledgementKey(incidentId, contactArn)
  const item = encodeItem(key, { at, pageArn })
  try {
    await table.put(item, { absent: true })
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    const known = await table.get(key)
    if (known && text(known, 'at') < at.toISOString()) await table.put(item, { equals: { at: text(known, 'at') } })
  }
}

/** Remembers that the engagements an incident has so far are to stop, also those that a lagging index does not show yet. */
export async function putStopped(table: Table, incidentId: string, stopped: Answers['stopped'] & {}): Promise<void> {
  await table.put(encodeItem({ pk: partitionOf(incidentId), sk: STOPPED }, stopped))
}
