// Where episodes are kept: one item each, written only as it was read, found by what is due and by their incident.
import type { Clock } from '../../aws/clock.ts'
import type { Measure } from '../../aws/measures.ts'
import { DUE_SHARDS, dueShard } from '../../aws/table/due.ts'
import {
  type Condition,
  ConditionFailed,
  type Item,
  type Key,
  type Query,
  type Table,
  type Value,
} from '../../aws/table/table.ts'
import { sha256 } from '../../aws/token.ts'
import { afterClockWentBack } from '../decide/clock-back.ts'
import { dueAt, type Episode, emptyEpisode, type Incident } from '../decide/episode.ts'
import { measured } from '../decide/measured.ts'

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
  /** The episodes that are due, oldest first, as the index has them: it may lag behind. */
  due(): Promise<Due[]>
  /** After the clock was put back: what waits longer than it was to is due sooner. Costs a look at all that is not due yet. */
  bringForward(): Promise<void>
}

export interface Due {
  readonly key: string
  readonly dueAt: Date
  readonly episode: Episode
}

const LONGEST_KEY = 1000
/** How many due episodes of a shard one sweep takes on; the rest are the next one's. */
const DUE_LIMIT = 250

const keyOf = (key: string): Key => ({
  pk: `episode#${Buffer.byteLength(key) > LONGEST_KEY ? sha256(key) : key}`,
  sk: 'episode',
})

const asRead = ({ rev }: Stored): Condition => (rev ? { equals: { rev } } : { absent: true })

export function episodesIn(table: Table, clock: Clock, measure: Measure): Episodes {
  /** As it is by the clock in force. */
  const read = (item: Item): Episode => afterClockWentBack(decode(item), clock.now())
  const keysOf = (items: readonly Item[]): string[] => items.map((item) => keyIn(item))
  const load: Episodes['load'] = async (key) => {
    const item = await table.get(keyOf(key))
    if (!item) return { episode: emptyEpisode(key), rev: 0 }
    const rev = Number(item['rev'])
    const boundTo = item['boundTo']
    return typeof boundTo === 'string' ? { episode: emptyEpisode(key), rev, boundTo } : { episode: read(item), rev }
  }
  return {
    load,
    async bind(before, to) {
      await table.put({ ...keyOf(before.episode.key), rev: before.rev + 1, boundTo: to }, asRead(before))
    },
    async save(before, episode) {
      const rev = before.rev + 1
      const due = dueAt(episode, clock.now())
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
      return keysOf((await table.query({ index: 'incident', partition: incidentArn })).items)
    },
    async bringForward() {
      const now = clock.now()
      const later: Query = { index: 'due', partition: '', range: { from: now.toISOString() }, limit: DUE_LIMIT }
      for (const partition of DUE_SHARDS)
        for (let after: Value | undefined, more = true; more; more = after !== undefined) {
          const page = await table.query({ ...later, partition, ...(after === undefined ? {} : { after }) })
          for (const item of page.items) {
            const [due, at] = [dueAt(read(item), now), item['dueAt']]
            if (!due || typeof at !== 'string' || due.toISOString() >= at) continue
            const stored = await load(keyIn(item))
            await this.save(stored, stored.episode).catch(unlessOvertaken)
          }
          after = page.after
        }
    },
    async due() {
      const to = clock.now().toISOString()
      const pages = await Promise.all(
        DUE_SHARDS.map((partition) => table.query({ index: 'due', partition, range: { to }, limit: DUE_LIMIT })),
      )
      return pages
        .flatMap(({ items }) => items)
        .flatMap((item) => {
          const at = item['dueAt']
          return typeof at === 'string' ? [{ key: keyIn(item), dueAt: new Date(at), episode: read(item) }] : []
        })
        .toSorted((one, other) => one.dueAt.getTime() - other.dueAt.getTime())
    },
  }
}

/** Whoever wrote it meanwhile did so by the clock in force. */
function unlessOvertaken(error: unknown): void {
  if (!(error instanceof ConditionFailed)) throw error
}

const keyIn = (item: Item): string => {
  const key = item['key']
  if (typeof key !== 'string') throw new Error(`The episode item ${item.pk} has no key`)
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

function decode(item: Item): Episode {
  const text = JSON.stringify(item['episode'])
  const episode: FromEarlier = JSON.parse(text, (name, value: unknown) =>
    typeof value === 'string' && isInstant(name) ? new Date(value) : value,
  )
  const { held = {}, actions = {}, incident, ...rest } = episode
  if (!incident) return { ...rest, held, actions }
  const { escalated = [], climbed = escalated.map((times) => ({ times })), events = 0, ...known } = incident
  return { ...rest, held, actions, incident: { ...known, climbed, events } }
}
