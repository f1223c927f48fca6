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

/** The attribute that keeps `item`, and its value: a text, so that a condition can name it. */
export function kept(item: RelatedItem, now: Date, position: number): readonly [string, string] {
  const identifier = given(item.identifier, 'identifier')
  const attribute = generatedIdOf(identifier)
  const order = `${now.toISOString()}#${String(position).padStart(4, '0')}#${attribute}`
  return [
    attribute,
    JSON.stringify({ identifier, title: item.title, generatedId: item.generatedId ?? attribute, order }),
  ]
}

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
    ...Object.fromEntries(items.map((item, position) => kept(item, incident.creationTime, position))),
  }
  if (await putIf(context.table, { ...attributes, ...key }, { absent: true })) return
  await updateIf(context.table, key, { set: attributes }, { equals: { started: undefined } })
}

export const tooManyRelatedItems = (incidentArn: string): QuotaExceeded =>
  new QuotaExceeded(`An incident can have at most ${MOST_RELATED_ITEMS} related items`, 'RelatedItemsPerIncident', {
    type: 'INCIDENT_RECORD',
    id: incidentArn,
  })
