// Tags: they live on the item of what is tagged, as its attribute `tags`, so that they come and go with it.
import type { Item, Table } from '../../aws/table/table.ts'
import { QuotaExceeded, type Resource, Throttled } from '../errors.ts'
import { updateIf } from './conditional.ts'
import { decode, encode, text } from './stored.ts'

export type Tags = Readonly<Record<string, string>>

/** Of one resource (API reference, TagResource). */
const MOST_TAGS = 50
const QUOTA = 'TagsPerResource'
const TRIES = 10

export const tagsIn = (item: Item): Tags => decode<{ tags?: Tags }>(item, []).tags ?? {}

/**
 * Replaces the tags of the item that `find` reads by what `change` makes of them; several callers at once lose nothing.
 * Errors: what `find` throws; QuotaExceeded beyond 50 tags; Throttled when others are faster all the time.
 */
export async function changeTags(
  table: Table,
  resource: Resource,
  find: () => Promise<Item>,
  change: (tags: Tags) => Tags,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const item = await find()
    const tags = change(tagsIn(item))
    if (Object.keys(tags).length > MOST_TAGS)
      throw new QuotaExceeded(`A resource can have at most ${MOST_TAGS} tags: ${resource.id}`, QUOTA, resource)
    const written = { set: { tags: encode(tags) }, add: { tagsRev: 1 } }
    const rev = typeof item['tagsRev'] === 'number' ? item['tagsRev'] : undefined
    const unchanged = { equals: { arn: text(item, 'arn'), tagsRev: rev } }
    if (await updateIf(table, { pk: item.pk, sk: item.sk }, written, unchanged)) return
  }
  throw new Throttled(`The tags are being changed by others; try again: ${resource.id}`, QUOTA)
}

export const withTags = (tags: Tags, added: Tags): Tags => ({ ...tags, ...added })

export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  const gone = new Set(keys)
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key)))
}
