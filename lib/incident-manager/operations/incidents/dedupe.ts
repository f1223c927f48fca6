// One open incident per dedupe string: a slot names the incident's id before the incident exists.
import type { Item, Table } from '../../../aws/table/table.ts'
import { Conflict } from '../../errors.ts'
import { deleteIf, putIf, updateIf } from '../../store/conditional.ts'
import { type Incident, readIncident } from '../../store/incidents.ts'
import { dedupeKey, incidentKey, onlyCalls } from '../../store/keys.ts'
import { decode } from '../../store/stored.ts'
import type { Call } from './client-tokens.ts'

/** Which incident a start leads to: one to be made under this id, or the item of one that is open already. */
export type Claim = { readonly make: Named } | { readonly join: Item }

/** An incident that is to be, and the hash of the parameters of the call that named it, and perhaps died then. */
export interface Named {
  readonly incidentId: string
  readonly parameters: string
}

interface Slot extends Named {
  /** The call that opened an incident again last: it says whether all of them have been seen. */
  readonly reopenedBy?: string
}

const TRIES = 5
/** Before the id of an incident that was opened again while another one had the slot. */
const REOPENED = 'reopened:'

/** Takes the slot for `own`, when nobody has it. The only call of a start that is no duplicate. */
export const takeSlot = (table: Table, dedupeString: string, { incidentId, parameters }: Named): Promise<boolean> =>
  putIf(table, { ...onlyCalls(dedupeKey(dedupeString)), dedupeString, incidentId, parameters }, { absent: true })

/** Gives back the slot that was taken for an incident that is not to be, unless there is more to know by it. */
export const releaseSlot = (table: Table, dedupeString: string, { incidentId }: Named): Promise<boolean> =>
  deleteIf(table, dedupeKey(dedupeString), { equals: { incidentId, reopenedBy: undefined } })

/**
 * Asks who has the slot. An open incident is joined; one that was never made is made, by whoever comes by; one that is
 * over (resolved or deleted) gives the slot to one that was opened again, and else to `own`.
 */
export async function contend(table: Table, dedupeString: string, own: Named & Call): Promise<Claim> {
  for (let tries = 0; tries < TRIES; tries++) {
    const item = await table.get(dedupeKey(dedupeString))
    if (!item) {
      if (await takeSlot(table, dedupeString, own)) return { make: own }
      continue
    }
    const { incidentId, parameters, reopenedBy } = decode<Slot>(item, [])
    const holder = await table.get(incidentKey(incidentId))
    if (!holder) return { make: { incidentId, parameters } }
    // Or this call has made it itself, and died before it had answered.
    if (isOpen(holder, dedupeString) || holder['token'] === own.token) return { join: holder }
    const reopened = Object.keys(item).filter((name) => name.startsWith(REOPENED))
    const [heir, ...others] = await openOnes(table, dedupeString, reopened)
    const kept = new Set(others.map((other) => REOPENED + readIncident(other).incidentId))
    const next = heir ? readIncident(heir) : own
    const change = {
      set: { incidentId: next.incidentId, parameters: next.parameters },
      remove: [...reopened.filter((name) => !kept.has(name)), ...(kept.size ? [] : ['reopenedBy'])],
    }
    if (await updateIf(table, dedupeKey(dedupeString), change, { equals: { incidentId, reopenedBy } }))
      return heir ? { join: heir } : { make: own }
  }
  throw tooBusy(own)
}

/**
 * Lets starts find an incident that was opened again, by the call of that token: now, or once the one is over that has
 * come in its place. Whoever is about to give the slot away at this moment has to look again.
 */
export async function claimAgain(table: Table, incident: Incident, reopenedBy: string): Promise<void> {
  const { incidentId, dedupeString } = incident
  const again = { set: { [REOPENED + incidentId]: true, reopenedBy } }
  for (let tries = 0; tries < TRIES; tries++) {
    if (await takeSlot(table, dedupeString, incident)) return
    if (await updateIf(table, dedupeKey(dedupeString), again, { equals: { dedupeString } })) return
  }
  throw tooBusy(incident)
}

/** Whether starts can join it: a call that was refused may have left its slot to anything. */
function isOpen(item: Item, dedupeString: string): boolean {
  const incident = readIncident(item)
  return incident.dedupeString === dedupeString && incident.status === 'OPEN' && !incident.deletedTime
}

async function openOnes(table: Table, dedupeString: string, reopened: readonly string[]): Promise<Item[]> {
  const items = await Promise.all(reopened.map((name) => table.get(incidentKey(name.slice(REOPENED.length)))))
  return items.filter((item) => item !== undefined).filter((item) => isOpen(item, dedupeString))
}

const tooBusy = ({ incidentId }: Named): Conflict =>
  new Conflict('Several incidents are being started and resolved for the same dedupe string; try again', {
    type: 'INCIDENT_RECORD',
    id: incidentId,
  })
