// How many timeline events callers have created on an incident: kept on its record, where it commutes.
import type { Table } from '../../../aws/table/table.ts'
import { updateIf } from '../../store/conditional.ts'
import { incidentKey } from '../../store/keys.ts'

/** Counts up or down; answers the count, or undefined when there is no such incident to be seen. */
export async function countEvent(
  table: Table,
  incidentId: string,
  arn: string,
  by: 1 | -1,
): Promise<number | undefined> {
  const visible = { equals: { arn, deletedTime: undefined } }
  const record = await updateIf(table, incidentKey(incidentId), { add: { customEvents: by } }, visible)
  return record && Number(record['customEvents'])
}
