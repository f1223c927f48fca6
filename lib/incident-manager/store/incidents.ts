// The incident record: what it says, where it lives, and how an ARN leads to it.
import type {
  AutomationExecution,
  ChatChannel,
  IncidentRecordStatus,
  NotificationTargetItem,
} from '@aws-sdk/client-ssm-incidents'
import { incidentsArn, parseArn, type Place } from '../../aws/arn.ts'
import type { Item, Table } from '../../aws/table/table.ts'
import { ResourceNotFound } from '../errors.ts'
import { incidentKey, INCIDENTS, OPEN_INCIDENTS } from './keys.ts'
import { decode, encodeItem } from './stored.ts'

export interface Incident {
  /** Every item of an incident carries it, so that a write can say "only if it is still there". */
  readonly incidentId: string
  readonly arn: string
  readonly planName: string
  readonly title: string
  readonly summary?: string | undefined
  readonly status: IncidentRecordStatus
  readonly impact: number
  readonly creationTime: Date
  readonly resolvedTime?: Date | undefined
  readonly lastModifiedTime: Date
  readonly lastModifiedBy: string
  readonly createdBy: string
  readonly source: string
  readonly resourceArn?: string | undefined
  readonly dedupeString: string
  readonly chatChannel?: ChatChannel | undefined
  readonly notificationTargets?: NotificationTargetItem[] | undefined
  readonly tags?: Record<string, string> | undefined
  /** The run of its runbook, once that has been started. */
  readonly automationExecutions?: AutomationExecution[] | undefined
  /** Hashes of the client token and of the parameters of the call that created it. */
  readonly token: string
  readonly parameters: string
  /** How many timeline events callers have created. */
  readonly customEvents: number
  /** Deleted: nobody sees it any more, though it may still owe some cleaning up. */
  readonly deletedTime?: Date | undefined
}

const INSTANTS = ['creationTime', 'resolvedTime', 'lastModifiedTime', 'deletedTime'] as const

export const incidentArn = (place: Place, planName: string, id: string): string =>
  incidentsArn(place, `incident-record/${planName}/${id}`)

/** The incident's id, or undefined when the ARN names no incident. */
export const incidentIdOf = (arn: string): string | undefined =>
  /^incident-record\/[^/]+\/([\w-]{1,64})$/u.exec(parseArn(arn)?.resource ?? '')?.[1]

const sortOf = ({ creationTime, incidentId }: Incident): string => `${creationTime.toISOString()}#${incidentId}`

/** What an incident has as long as it is open, so that it is found behind any number of those that are not. */
export const openOrder = (incident: Incident) => ({ list2Key: OPEN_INCIDENTS, list2Sort: sortOf(incident) })
export const OPEN_ORDER = ['list2Key', 'list2Sort'] as const

/** A new one is open. */
export const incidentItem = (incident: Incident): Item => ({
  ...encodeItem(incidentKey(incident.incidentId), incident),
  listKey: INCIDENTS,
  listSort: sortOf(incident),
  ...openOrder(incident),
})

export const readIncident = (item: Item): Incident => decode<Incident>(item, INSTANTS)

export const incidentNotFound = (arn: string): ResourceNotFound =>
  new ResourceNotFound(`Incident record not found: ${arn}`, { type: 'INCIDENT_RECORD', id: arn })

/** The item of an incident that can be seen, or undefined. */
export async function findIncident(table: Table, arn: string): Promise<Item | undefined> {
  const id = incidentIdOf(arn)
  const item = id === undefined ? undefined : await table.get(incidentKey(id))
  return item?.['arn'] === arn && item['deletedTime'] === undefined ? item : undefined
}

/** The same, or ResourceNotFound. */
export async function getIncident(table: Table, arn: string): Promise<Item> {
  const item = await findIncident(table, arn)
  if (!item) throw incidentNotFound(arn)
  return item
}
