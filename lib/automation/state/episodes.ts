// Where episodes are kept: one item each, written only as it was read, found by what is due and by their incident.
import type { Clock } from '../../aws/clock.ts'
import type { Measure } from '../../aws/measures.ts'
import { DUE_SHARDS, dueShard } from '../../aws/table/due.ts'
import { type Condition, ConditionFailed, type Item, type Key, type Table, type Value } from '../../aws/table/table.ts'
import { sha256 } from '../../aws/token.ts'
import { plusSeconds } from '../../aws/instants.ts'
import { dueAt, type Episode, emptyEpisode, type Incident } from '../decide/episode.ts'
import { measured } from '../decide/measured.ts'
import { deciding, Undecidable } from './undecidable.ts'

/** An episode as it was read; `rev` is 0 when there is none yet. */
export interface Stored {
  readonly episode: Episode
  readonly rev: number
  /** There is no episode under this key, because what it names belongs to the episode under that one. */
  readonly boundTo?: string
}

export interface Episodes {
  load(key: string): Promise<Stored>
  /** Writes `episode` if nobody has written since `before` was read; ConditionFailed otherwise. */
  save(before: Stored, episode: Episode): Promise<Stored>
  /** Makes the key of `before` lead to another one. */
  bind(before: Stored, to: string): Promise<void>
  /** Keys of the episodes whose current or last incident is this one. */
  ofIncident(incidentArn: string): Promise<string[]>
  /**
   * The episodes that are due, oldest first, as the index has them: it may lag behind. One that cannot be read keeps none
   * of the others from being answered.
   */
  due(): Promise<{ readonly due: Due[]; readonly unreadable: Unreadable[] }>
  /** Notes that nothing could be decided; answers since when. `putsOff`: it is due again later each time. */
  undecided(at: Key, putsOff: boolean): Promise<Date>
}

/** What stands where an episode should. */
export interface Unreadable {
  readonly at: Key
  readonly key: string
  readonly error: unknown
}

export interface Due {
  readonly key: string
  readonly dueAt: Date
  readonly episode: Episode
}

const LONGEST_KEY = 1000
/** How many due episodes of a shard one sweep takes on; the rest are the next one's. */
const DUE_LIMIT = 250

/** An episode that cannot be decided is due again after as long as that has lasted, within these. */
const SHORTEST_WAIT_SECONDS = 30
const LONGEST_WAIT_SECONDS = 900

export const keyOf = (key: string): Key => ({
  pk: `episode#${Buffer.byteLength(key) > LONGEST_KEY ? sha256(key) : key}`,
  sk: 'episode',
})

const asRead = ({ rev }: Stored): Condition => (rev ? { equals: { rev } } : { absent: true })

export function episodesIn(table: Table, clock: Clock, measure: Measure): Episodes {
  return {
    async load(key) {
      const item = await table.get(keyOf(key))
      if (!item) return { episode: emptyEpisode(key), rev: 0 }
      const rev = Number(item['rev'])
      const boundTo = item['boundTo']
      return typeof boundTo === 'string' ? { episode: emptyEpisode(key), rev, boundTo } : { episode: decode(item), rev }
    },
    async bind(before, to) {
      await table.put({ ...keyOf(before.episode.key), rev: before.rev + 1, boundTo: to }, asRead(before))
    },
    async save(before, episode) {
      const rev = before.rev + 1
      const due = deciding(() => dueAt(episode, clock.now()))
      const incidentArn = episode.incident?.arn ?? episode.previous?.arn
      await table.put(
        {
          ...keyOf(episode.key),
          rev,
          key: episode.key,
          episode: encode(episode),
          ...(incidentArn ? { incidentArn } : {}),
          ...(due ? { dueShard: dueShard(episode.key), dueAt: due.toISOString() } : {}),
        },
        asRead(before),
      )
      for (const { what, value } of measured(before.episode, episode, clock.now())) measure(what, value)
      return { episode, rev }
    },
    async ofIncident(incidentArn) {
      const { items } = await table.query({ index: 'incident', partition: incidentArn })
      return items.flatMap(({ key }) => (typeof key === 'string' ? [key] : []))
    },
    async due() {
      const to = clock.now().toISOString()
      const pages = await Promise.all(
        DUE_SHARDS.map((partition) => table.query({ index: 'due', partition, range: { to }, limit: DUE_LIMIT })),
      )
      const due: Due[] = []
      const unreadable: Unreadable[] = []
      for (const item of pages.flatMap(({ items }) => items))
        try {
          const at = item['dueAt']
          due.push({
            key: keyIn(item),
            dueAt: typeof at === 'string' ? new Date(at) : clock.now(),
            episode: decode(item),
          })
        } catch (error) {
          unreadable.push({ at: { pk: item.pk, sk: item.sk }, key: nameOf(item), error })
        }
      return { due: due.toSorted((one, other) => one.dueAt.getTime() - other.dueAt.getTime()), unreadable }
    },
    async undecided({ pk, sk }, putsOff) {
      const now = clock.now()
      const item = await table.get({ pk, sk })
      if (!item) return now
      const noted = item['undecidedSince']
      const since = typeof noted === 'string' ? new Date(noted) : now
      const lasted = (now.getTime() - since.getTime()) / 1000
      const wait = Math.min(Math.max(lasted, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
      const later = putsOff ? { dueAt: plusSeconds(now, wait).toISOString() } : {}
      const rev = item['rev']
      try {
        await table.put(
          { ...item, undecidedSince: since.toISOString(), ...later },
          { equals: { rev: typeof rev === 'number' ? rev : undefined } },
        )
      } catch (error) {
        // Whoever has written it since could decide.
        if (!(error instanceof ConditionFailed)) throw error
        return now
      }
      return since
    },
  }
}

const keyIn = (item: Item): string => {
  const key = item['key']
  if (typeof key !== 'string') throw new Undecidable(`The episode item ${item.pk} has no key`)
  return key
}

// Instants are kept as ISO strings. By the naming rule of the house, members called `at` or ending in `At`, `Since` or
// `NotBefore` are instants, and nothing else is.
const isInstant = (name: string): boolean => /^at$|At$|Since$|NotBefore$/u.test(name)

function encode(value: unknown): Value {
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

/** An episode of an earlier version knows of nothing held, and has counted no events. */
type FromEarlier = Omit<Episode, 'held' | 'incident'> & {
  readonly held?: Episode['held']
  readonly incident?: Omit<Incident, 'events'> & { readonly events?: number }
}

/** Throws Undecidable for what is no episode. */
function decode(item: Item): Episode {
  const wrong = wrongPart(item['episode'])
  if (wrong !== undefined) throw new Undecidable(`The stored episode ${nameOf(item)} has no ${wrong} as an episode has`)
  const text = JSON.stringify(item['episode'])
  const episode: FromEarlier = JSON.parse(text, (name, value: unknown) =>
    typeof value === 'string' && isInstant(name) ? new Date(value) : value,
  )
  const { held = {}, incident, ...rest } = episode
  return { ...rest, held, ...(incident ? { incident: { ...incident, events: incident.events ?? 0 } } : {}) }
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

const isStructure = (value: Value | undefined): value is { [name: string]: Value | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const nameOf = (item: Item): string =>
  typeof item['key'] === 'string' ? item['key'] : item.pk.slice(item.pk.indexOf('#') + 1)
