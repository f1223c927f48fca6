// Related items: all of an incident's live in one item, one attribute each, so that adding several at once commutes.
import type { ItemIdentifier, RelatedItem } from '@aws-sdk/client-ssm-incidents'
import type { Item } from '../../../aws/table/table.ts'
import { sha256 } from '../../../aws/token.ts'
import type { Context } from '../../context.ts'
import { QuotaExceeded } from '../../errors.ts'
import { putIf, updateIf } from '../../store/conditional.ts'
import type { Incident } from '../../store/incidents.ts'
import { relatedItemsKey } from '../../store/keys.ts'
import { encode, text } from '../../store/stored.ts'
import { canonical } from './client-tokens.ts'
import { given } from './given.ts'

/** Quota of AWS (api-facts, Quotas). */
export const MOST_RELATED_ITEMS = 50
/** An item of the table holds 400 KB; what the incident's related items owe has its room beside them. */
const MOST_BYTES = 350_000
const EPOCH = new Date(0)
const PREFIX = 'related-item/'

/** `related-item/<TYPE>/<32 hex>`, from what the identifier says: the same identifier is the same item. */
export const generatedIdOf = (identifier: ItemIdentifier): string =>
  `${PREFIX}${given(identifier.type, 'type')}/${sha256(canonical(encode(identifier)))
    .slice(0, 32)
    .toUpperCase()}`

/** An item as it is kept: `order` sorts items by when they were added. */
export interface KeptItem extends RelatedItem {
  readonly generatedId: string
  readonly order: string
}

/** The attribute that keeps `item`, and its value: a text, so that a condition can name it. `taken` are others' ids. */
export function kept(
  item: RelatedItem,
  now: Date,
  position: number,
  taken: ReadonlySet<string> = new Set(),
): readonly [string, string] {
  const identifier = given(item.identifier, 'identifier')
  const attribute = generatedIdOf(identifier)
  const order = `${now.toISOString()}#${String(position).padStart(4, '0')}#${attribute}`
  const generatedId = freeIdOf(item, attribute, taken)
  return [attribute, JSON.stringify({ identifier, title: item.title, generatedId, order })]
}

// An id that the caller has given stays where it is of the item's type and no other's; it may be just what another derives.
function freeIdOf({ identifier, generatedId }: RelatedItem, derived: string, taken: ReadonlySet<string>): string {
  const ofType = `${PREFIX}${identifier?.type}/`
  if (generatedId?.startsWith(ofType) && !taken.has(generatedId)) return generatedId
  return taken.has(derived) ? ofType + sha256(derived).slice(0, 32).toUpperCase() : derived
}

/** What an incident starts with: each under an id of its own, those that derive from what an item says before all others. */
function keptAtStart(items: readonly RelatedItem[], now: Date): (readonly [string, string])[] {
  const idOf = ({ identifier }: RelatedItem): string => generatedIdOf(given(identifier, 'identifier'))
  const taken = new Set(items.map(idOf))
  return items.map((item, position) => {
    taken.delete(idOf(item))
    const entry = kept(item, now, position, taken)
    for (const id of [idOf(item), item.generatedId]) if (id !== undefined) taken.add(id)
    return entry
  })
}

/** Those of `items`, in order, for which there is room: so many at most, and so many bytes as they are kept. */
export function fitting(items: readonly RelatedItem[], most: number, room: number): RelatedItem[] {
  let left = room
  const fits = items.filter((item) => {
    const bytes = bytesOf(kept(item, EPOCH, 0))
    if (bytes > left) return false
    left -= bytes
    return true
  })
  return fits.slice(0, most)
}

/** How much of an item of the table `value` takes: on one machine it is kept as JSON, which is never less than on AWS. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/** The related items in `item`, by when they were added. */
export function relatedItemsIn(item: Item): KeptItem[] {
  const names = Object.keys(item).filter((name) => name.startsWith(PREFIX))
  const items = names.map((name): KeptItem => JSON.parse(text(item, name)))
  return items.toSorted((one, other) => (one.order < other.order ? -1 : 1))
}

/** Adds what an incident starts with, once: what has been removed since is not added again. */
export async function relateAtStart(
  context: Context,
  incident: Incident,
  items: readonly RelatedItem[],
): Promise<void> {
  const key = relatedItemsKey(incident.incidentId)
  const attributes = {
    incidentId: incident.incidentId,
    started: true,
    ...Object.fromEntries(keptAtStart(items, incident.creationTime)),
  }
  if (await putIf(context.table, { ...attributes, ...key }, { absent: true })) return
  await updateIf(context.table, key, { set: attributes }, { equals: { started: undefined } })
}

export const tooManyRelatedItems = (incidentArn: string): QuotaExceeded =>
  new QuotaExceeded(`An incident can have at most ${MOST_RELATED_ITEMS} related items`, 'RelatedItemsPerIncident', {
    type: 'INCIDENT_RECORD',
    id: incidentArn,
  })

/** QuotaExceeded when the related items in `item` leave no room for `value`, which is added and told of. */
export function requireRoom(item: Item, value: string, incidentArn: string): void {
  if (bytesOf(item) + 2 * bytesOf(value) <= MOST_BYTES) return
  throw new QuotaExceeded(
    `The related items of an incident can have at most ${MOST_BYTES} bytes`,
    'RelatedItemsPerIncident',
    { type: 'INCIDENT_RECORD', id: incidentArn },
  )
}
