// Where episodes are kept: one item each, written only as it was read, found by what is due and by their incident.
import type { Clock } from '../../aws/clock.ts'
import type { Measure } from '../../aws/measures.ts'
import { DUE_SHARDS, dueShard } from '../../aws/table/due.ts'
import {
  type Condition,
  ConditionFailed,
  type Item,
  ItemTooLarge,
  type Key,
  type Query,
  type Table,
  type Value,
} from '../../aws/table/table.ts'
import { sha256 } from '../../aws/token.ts'
import { plusSeconds } from '../../aws/instants.ts'
import { afterClockWentBack } from '../decide/clock-back.ts'
import { dueAt } from '../decide/due.ts'
import { type Episode, emptyEpisode } from '../decide/episode.ts'
import { measured } from '../decide/measured.ts'
import { decode, encode, nameOf } from './episode-codec.ts'
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
  /** After the clock was put back: what waits longer than it was to is due sooner. Costs a look at all that is not due yet. */
  bringForward(): Promise<void>
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
  /** As it is by the clock in force. */
  const read = (item: Item): Episode => afterClockWentBack(decode(item), clock.now())
  const load: Episodes['load'] = async (key) => {
    const item = await table.get(keyOf(key))
    if (!item) return { episode: emptyEpisode(key), rev: 0 }
    const rev = Number(item['rev'])
    const boundTo = item['boundTo']
    return typeof boundTo === 'string' ? { episode: emptyEpisode(key), rev, boundTo } : { episode: read(item), rev }
  }
  /** One that cannot be read stays where it is. */
  const isEarlier = (item: Item, than: string, now: Date): boolean => {
    try {
      const due = dueAt(read(item), now)
      return due !== undefined && due.toISOString() < than
    } catch {
      return false
    }
  }
  return {
    load,
    async bind(before, to) {
      await table.put({ ...keyOf(before.episode.key), rev: before.rev + 1, boundTo: to }, asRead(before))
    },
    async save(before, episode) {
      const rev = before.rev + 1
      const due = deciding(() => dueAt(episode, clock.now()))
      const incidentArn = episode.incident?.arn ?? episode.previous?.arn
      await table
        .put(
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
        .catch(unlessTooLarge)
      for (const { what, value } of measured(before.episode, episode, clock.now())) measure(what, value)
      return { episode, rev }
    },
    async ofIncident(incidentArn) {
      const { items } = await table.query({ index: 'incident', partition: incidentArn })
      return items.flatMap(({ key }) => (typeof key === 'string' ? [key] : []))
    },
    async bringForward() {
      const now = clock.now()
      const later: Query = { index: 'due', partition: '', range: { from: now.toISOString() }, limit: DUE_LIMIT }
      for (const partition of DUE_SHARDS)
        for (let after: Value | undefined, more = true; more; more = after !== undefined) {
          const page = await table.query({ ...later, partition, ...(after === undefined ? {} : { after }) })
          for (const item of page.items) {
            const at = item['dueAt']
            if (typeof at !== 'string' || !isEarlier(item, at, now)) continue
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
      const due: Due[] = []
      const unreadable: Unreadable[] = []
      for (const item of pages.flatMap(({ items }) => items))
        try {
          const at = item['dueAt']
          due.push({
            key: keyIn(item),
            dueAt: typeof at === 'string' ? new Date(at) : clock.now(),
            episode: read(item),
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

/** What has grown beyond an item can be decided by nobody: somebody must be told. */
function unlessTooLarge(error: unknown): never {
  throw error instanceof ItemTooLarge ? new Undecidable(error) : error
}

/** Whoever wrote it meanwhile did so by the clock in force. */
function unlessOvertaken(error: unknown): void {
  if (!(error instanceof ConditionFailed)) throw error
}

const keyIn = (item: Item): string => {
  const key = item['key']
  if (typeof key !== 'string') throw new Undecidable(`The episode item ${item.pk} has no key`)
  return key
}
