// What everybody who is about to page somebody for an incident must know: who has answered, and whether paging was stopped.
import type { Table } from '../../aws/table/table.ts'
import { acknowledgementKey } from './keys.ts'
import { decode, encodeItem } from './stored.ts'

export interface Answers {
  /** The people who have acknowledged the incident, and when at last. */
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
  return {
    people: items
      .filter((item) => item !== mark)
      .map((item) => ({ contactArn: item.sk, at: decode<{ at: Date }>(item, ['at']).at })),
    ...(stopped ? { stopped: { at: stopped.at, reason: stopped.reason } } : {}),
  }
}

/** Remembers that a person has acknowledged an incident: their last answer counts. */
export async function putAcknowledgement(
  table: Table,
  incidentId: string,
  contactArn: string,
  { at, pageArn }: { at: Date; pageArn: string },
): Promise<void> {
  await table.put(encodeItem(acknowledgementKey(incidentId, contactArn), { at, pageArn }))
}

/** Remembers that the engagements an incident has so far are to stop, also those that a lagging index does not show yet. */
export async function putStopped(table: Table, incidentId: string, stopped: Answers['stopped'] & {}): Promise<void> {
  await table.put(encodeItem({ pk: partitionOf(incidentId), sk: STOPPED }, stopped))
}
