// One open incident per dedupe string: a slot names the incident's id before the incident exists.
import type { Condition, Table } from '../../../aws/table/table.ts'
import { Conflict } from '../../errors.ts'
import { putIf } from '../../store/conditional.ts'
import { type Incident, readIncident } from '../../store/incidents.ts'
import { dedupeKey, incidentKey, onlyCalls } from '../../store/keys.ts'

/** Which incident a start leads to: one to be made under this id, or one that is open already. */
export type Claim = { readonly make: string } | { readonly join: Incident }

const TRIES = 5

/** Takes the slot for `ownId`, when nobody has it. The only call of a start that is no duplicate. */
export const takeSlot = (table: Table, dedupeString: string, ownId: string): Promise<boolean> =>
  putSlot(table, dedupeString, ownId, { absent: true })

/**
 * Asks who has the slot. An open incident is joined; one that was never made is made, by whoever comes by; one that is
 * over (resolved or deleted) gives the slot to `ownId`.
 */
export async function contend(table: Table, dedupeString: string, ownId: string): Promise<Claim> {
  for (let tries = 0; tries < TRIES; tries++) {
    const id = (await table.get(dedupeKey(dedupeString)))?.['incidentId']
    if (typeof id !== 'string') {
      if (await takeSlot(table, dedupeString, ownId)) return { make: ownId }
      continue
    }
    const item = await table.get(incidentKey(id))
    if (!item) return { make: id }
    const incident = readIncident(item)
    if (incident.status === 'OPEN' && !incident.deletedTime) return { join: incident }
    if (await putSlot(table, dedupeString, ownId, { equals: { incidentId: id } })) return { make: ownId }
  }
  throw new Conflict('Several incidents are being started and resolved for the same dedupe string; try again', {
    type: 'INCIDENT_RECORD',
    id: ownId,
  })
}

const putSlot = (table: Table, dedupeString: string, incidentId: string, condition: Condition): Promise<boolean> =>
  putIf(table, { ...onlyCalls(dedupeKey(dedupeString)), dedupeString, incidentId }, condition)
