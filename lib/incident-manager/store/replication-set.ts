// The replication set: one per account, and the switch that turns the incident manager on.
import { incidentsArn, type Place } from '../../aws/arn.ts'
import type { Item, Table, Value } from '../../aws/table/table.ts'
import { Conflict, ResourceNotFound } from '../errors.ts'
import { replicationSetKey } from './keys.ts'
import { decode, encodeItem } from './stored.ts'

/** By name. */
export type Regions = Readonly<Record<string, { readonly sseKmsKeyId: string; readonly statusUpdateDateTime: string }>>

export interface ReplicationSetRecord {
  readonly arn: string
  readonly status: 'ACTIVE' | 'DELETING'
  readonly regions: Regions
  /** Counts their changes. */
  readonly regionsRev?: number | undefined
  readonly deletionProtected: boolean
  /** Whether every open incident is in the order of open ones, or how far that has come: an earlier version knew none. */
  readonly openOrder?: Value | undefined
  readonly createdTime: Date
  readonly createdBy: string
  readonly lastModifiedTime: Date
  readonly lastModifiedBy: string
  readonly tags?: Record<string, string> | undefined
  /** Hashes of the client token and of the parameters of the call that created it. */
  readonly token: string
  readonly parameters: string
}

/** Every open incident has been in their order from the first one on. */
export const COMPLETE = 'complete'

/** What a Region without a key of its own reads back (api-facts, Behaviour: incidents). */
export const DEFAULT_KEY = 'DefaultKey'

export const replicationSetArn = (place: Place, id: string): string => incidentsArn(place, `replication-set/${id}`)

export const replicationSetItem = (set: ReplicationSetRecord): Item => encodeItem(replicationSetKey, set)

export const readReplicationSet = (item: Item): ReplicationSetRecord =>
  decode<ReplicationSetRecord>(item, ['createdTime', 'lastModifiedTime'])

export const replicationSetNotFound = (arn: string): ResourceNotFound =>
  new ResourceNotFound(`Replication set not found: ${arn}`, { type: 'REPLICATION_SET', id: arn })

/** Somebody else is changing or deleting it. */
export const replicationSetBusy = (arn: string): Conflict =>
  new Conflict(`The replication set is being changed or deleted: ${arn}`, { type: 'REPLICATION_SET', id: arn })

export async function findReplicationSet(table: Table): Promise<ReplicationSetRecord | undefined> {
  const item = await table.get(replicationSetKey)
  return item && readReplicationSet(item)
}

/** The item of the replication set of that ARN; ResourceNotFound when there is none. */
export async function getReplicationSetItem(table: Table, arn: string): Promise<Item> {
  const item = await table.get(replicationSetKey)
  if (item?.['arn'] !== arn) throw replicationSetNotFound(arn)
  return item
}

/** ResourceNotFound unless the account has a replication set that is ACTIVE: nothing can be created before. */
export async function requireReplicationSet(table: Table, place: Place): Promise<void> {
  const set = await findReplicationSet(table)
  if (set?.status === 'ACTIVE') return
  const arn = set?.arn ?? incidentsArn(place, 'replication-set')
  throw new ResourceNotFound('Replication set not found: the account needs one that is ACTIVE', {
    type: 'REPLICATION_SET',
    id: arn,
  })
}
