// Engagements as items: what was said to whom, how far the telling has come, and what of it is still owed.
import { contactsArn, type Place } from '../../aws/arn.ts'
import { type Item, type Table } from '../../aws/table/table.ts'
import { dueAt, type Engagement as State, type PageCommand, type Retry, type Track } from '../engine/engagement.ts'
import { ResourceNotFound } from '../errors.ts'
import { contactsResource } from './contacts.ts'
import { dueShard } from '../../aws/table/due.ts'
import { engagementKey, ENGAGEMENTS, engagementsOf } from './keys.ts'
import { decode, encodeItem } from './stored.ts'

export interface Engagement {
  readonly id: string
  readonly arn: string
  readonly contactArn: string
  readonly sender: string
  readonly subject: string
  readonly content: string
  readonly publicSubject?: string | undefined
  readonly publicContent?: string | undefined
  readonly incidentId?: string | undefined
  readonly startTime: Date
  /** A hash of what it was started with: the same token with anything else is a conflict. */
  readonly parameters: string
  readonly state: State
  /** Decided and stored, not yet done. */
  readonly owed: readonly Owed[]
  /** Counts the writes; each is made only on what was read. */
  readonly rev: number
}

interface Waiting {
  /** How often it was tried in vain; a page by which the carrier did not take it. */
  readonly tries: number
  /** Nobody else does it before. */
  readonly notBefore: Date
}
export type OwedPage = Waiting & { readonly kind: 'page'; readonly command: PageCommand }
/** The pages that are open when an engagement stops get a STOP receipt each. */
export type OwedStopReceipts = Waiting & { readonly kind: 'stop-receipts' }
export type Owed = OwedPage | OwedStopReceipts

export const arnOfEngagement = (place: Place, alias: string, id: string): string =>
  contactsArn(place, `engagement/${alias}/${id}`)

const engagementNotFound = (arn: string): ResourceNotFound =>
  new ResourceNotFound(`Engagement not found: ${arn}`, { type: 'ENGAGEMENT', id: arn })

/** When an engagement has something to do next, whether it is owed already or still to be decided. */
const nextDue = ({ owed, state }: Engagement): Date | undefined =>
  [...owed.map(({ notBefore }) => notBefore), dueAt(state) ?? []]
    .flat()
    .toSorted((a, b) => a.getTime() - b.getTime())[0]

function engagementItem(engagement: Engagement): Item {
  const key = engagementKey(engagement.id)
  const sort = engagement.startTime.toISOString()
  const due = nextDue(engagement)
  return {
    ...encodeItem(key, engagement),
    listKey: ENGAGEMENTS,
    listSort: sort,
    ...(engagement.incidentId ? { list2Key: engagementsOf(engagement.incidentId), list2Sort: sort } : {}),
    // Undefined when nothing is due, so that the item leaves the index whatever it was read with.
    dueShard: due && dueShard(key.pk),
    dueAt: due?.toISOString(),
  }
}

/** The type of what JSON keeps of a `T`: its instants are texts. */
type AsText<T> = T extends Date ? string : T extends object ? { readonly [Member in keyof T]: AsText<T[Member]> } : T

export function readEngagement(item: Item): Engagement {
  const { startTime, state, owed, ...rest } = decode<AsText<Engagement>>(item, [])
  return {
    ...rest,
    startTime: new Date(startTime),
    state: readState(state),
    owed: owed.map((one) => ({ ...one, notBefore: new Date(one.notBefore) })),
  }
}

/** What lists show: an engagement with many people in it is much more. */
export function readEngagementSummary(item: Item) {
  const { arn, contactArn, sender, incidentId, startTime, state } = decode<AsText<Engagement>>(item, [])
  const stopTime = state.stopped && new Date(state.stopped.at)
  return { arn, contactArn, sender, incidentId, startTime: new Date(startTime), stopTime }
}

const readState = ({ tracks, stopped, lookAt, ...rest }: AsText<State>): State => ({
  ...rest,
  tracks: tracks.map(readTrack),
  ...(lookAt ? { lookAt: new Date(lookAt) } : {}),
  ...(stopped ? { stopped: { ...stopped, at: new Date(stopped.at) } } : {}),
})

const readTrack = ({ endsAt, toldAt, retries, ...rest }: AsText<Track>): Track => ({
  ...rest,
  endsAt: new Date(endsAt),
  retries: retries.map(({ at, ...retry }): Retry => ({ ...retry, at: new Date(at) })),
  ...(toldAt ? { toldAt: new Date(toldAt) } : {}),
})

export async function findEngagement(table: Table, id: string): Promise<Engagement | undefined> {
  const item = await table.get(engagementKey(id))
  return item && readEngagement(item)
}

/** The engagement of that ARN; ResourceNotFound when there is none. */
export async function requireEngagement(table: Table, arn: string): Promise<Engagement> {
  const named = contactsResource(arn)
  const engagement = named?.kind === 'engagement' ? await findEngagement(table, named.id) : undefined
  if (engagement?.arn !== arn) throw engagementNotFound(arn)
  return engagement
}

/** Stores a new engagement; ConditionFailed when it exists. */
export async function createEngagement(table: Table, engagement: Engagement): Promise<void> {
  await table.put(engagementItem(engagement), { absent: true })
}

/** Stores what became of an engagement if nobody has written since it was read; ConditionFailed otherwise. */
export async function saveEngagement(table: Table, engagement: Engagement): Promise<Engagement> {
  const next = { ...engagement, rev: engagement.rev + 1 }
  await table.put(engagementItem(next), { equals: { rev: engagement.rev } })
  return next
}

/** Ids of the engagements of an incident that are not stopped, newest first; those just made may be missing on DynamoDB. */
export async function engagementsOfIncident(table: Table, incidentId: string): Promise<string[]> {
  const { items } = await table.query({
    index: 'list2',
    partition: engagementsOf(incidentId),
    order: 'descending',
  })
  return items.map(readEngagement).flatMap(({ id, state }) => (state.stopped ? [] : [id]))
}
