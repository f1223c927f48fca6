// An episode as it is stored, and back: whatever version has written it, and by name what is none.
import { isStructure, type Item, type Value } from '../../aws/table/table.ts'
import type { Episode, Incident } from '../decide/episode.ts'
import { Undecidable } from './undecidable.ts'

// Instants are kept as ISO strings. By the naming rule of the house, members called `at` or ending in `At`, `Since` or
// `NotBefore` are instants, and nothing else is.
const isInstant = (name: string): boolean => /^at$|At$|Since$|NotBefore$/u.test(name)

export function encode(value: unknown): Value {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(encode)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, encode(member)]])),
    )
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return value
  throw new Error(`An episode cannot hold a ${typeof value}`)
}

/** What an episode of an earlier version does not have: what is held, which actions are disabled, how far is escalated when. */
type FromEarlier = Omit<Episode, 'held' | 'actions' | 'incident'> & {
  readonly held?: Episode['held']
  readonly actions?: Episode['actions']
  readonly incident?: Omit<Incident, 'events' | 'climbed'> & {
    readonly events?: number
    readonly climbed?: Incident['climbed']
    readonly escalated?: readonly number[]
  }
}

/** Throws Undecidable for what is no episode. */
export function decode(item: Item): Episode {
  const wrong = wrongPart(item['episode'])
  if (wrong !== undefined) throw new Undecidable(`The stored episode ${nameOf(item)} has no ${wrong} as an episode has`)
  const text = JSON.stringify(item['episode'])
  const episode: FromEarlier = JSON.parse(text, (name, value: unknown) =>
    typeof value === 'string' && isInstant(name) ? new Date(value) : value,
  )
  const { held = {}, actions = {}, incident, ...rest } = episode
  if (!incident) return { ...rest, held, actions }
  const { escalated = [], climbed = escalated.map((times) => ({ times })), events = 0, ...known } = incident
  return { ...rest, held, actions, incident: { ...known, climbed, events } }
}

/** The members that every version has written, and what they are. */
const LISTS = ['unplaced', 'seen', 'pending']
const STRUCTURES = ['subjects', 'leases']

function wrongPart(value: Value | undefined): string | undefined {
  if (!isStructure(value)) return 'members'
  return (
    LISTS.find((name) => !Array.isArray(value[name])) ??
    STRUCTURES.find((name) => !isStructure(value[name])) ??
    (typeof value['key'] === 'string' ? undefined : 'key')
  )
}

/** How an item is called, whatever it holds. */
export const nameOf = (item: Item): string =>
  typeof item['key'] === 'string' ? item['key'] : item.pk.slice(item.pk.indexOf('#') + 1)
