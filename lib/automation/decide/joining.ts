// What joins an open incident brings its graphs, links and resources: they become related items, each of them once.
import { sha256 } from '../../aws/token.ts'
import type { AddRelatedItem, RelatedItem } from './command.ts'
import type { Episode, Incident } from './episode.ts'
import { shortened } from './fit-json.ts'
import { withCommands } from './pending.ts'

/** An incident holds 50 (api-facts, Quotas): 10 are left for its responders. */
export const MOST_ITEMS = 40
/** So many of them come by joins. */
const MOST_JOINED = 25
const TITLE_LENGTH = 200

const valueOf = (item: RelatedItem): string =>
  item.type === 'METRIC' ? item.metricDefinition : item.type === 'OTHER' ? item.url : item.arn

const idOf = (item: RelatedItem): string => sha256(valueOf(item)).slice(0, 16)

export const itemsOfStart = (items: readonly RelatedItem[]): Required<Pick<Incident, 'items'>> => ({
  items: { known: items.map(idOf), joined: 0 },
})

/** Of several that are the same the first. */
export function unique(items: readonly RelatedItem[]): RelatedItem[] {
  const byValue = new Map<string, RelatedItem>()
  for (const item of items) if (!byValue.has(valueOf(item))) byValue.set(valueOf(item), item)
  return [...byValue.values()]
}

/** Claims the items that the incident does not have yet, as far as there is room. Of an incident of an earlier version nobody knows what it has. */
export function withItems(episode: Episode, items: readonly RelatedItem[], name: string): Episode {
  const { incident } = episode
  if (!incident?.items) return episode
  const { known, joined } = incident.items
  const room = Math.max(0, Math.min(MOST_JOINED - joined, MOST_ITEMS - known.length))
  const fresh = unique(items)
    .filter((item) => !known.includes(idOf(item)))
    .slice(0, room)
  if (!fresh.length) return episode
  const commands = fresh.map((item): AddRelatedItem => ({
    type: 'add-related-item',
    key: `${episode.key}/${episode.number}/item/${idOf(item)}`,
    reason: `${name} has joined this incident`,
    // Links have the same titles whatever they lead to.
    item: item.type === 'OTHER' ? { ...item, title: shortened(`${item.title}: ${name}`, TITLE_LENGTH) } : item,
    ...(incident.arn ? { incidentArn: incident.arn } : {}),
  }))
  const kept = { known: [...known, ...fresh.map(idOf)], joined: joined + fresh.length }
  return withCommands({ ...episode, incident: { ...incident, items: kept } }, commands)
}

/** The incident manager has no room for more: nothing more is tried. */
export function withoutRoom(episode: Episode, command: AddRelatedItem, because: string): Episode {
  const { incident } = episode
  if (!incident?.items || incident.arn !== command.incidentArn || !because.startsWith('ServiceQuotaExceeded'))
    return episode
  const pending = episode.pending.filter(
    (each) => each.type !== 'add-related-item' || each.incidentArn !== command.incidentArn,
  )
  return { ...episode, pending, incident: { ...incident, items: { ...incident.items, joined: MOST_JOINED } } }
}
