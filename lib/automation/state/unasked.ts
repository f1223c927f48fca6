// Whose CloudWatch could not be asked about alarms: the sweep remembers it by name, so that health can tell.
import { isStructure, type Item, type Table, type Value } from '../../aws/table/table.ts'
import { plusSeconds } from '../../aws/instants.ts'
import { SWEEP_PARTITION } from './troubles.ts'

export interface Unasked {
  /** An account, or `<account> in <Region>`. */
  readonly who: string
  readonly because: string
  readonly since: Date
  /** When it was last tried. */
  readonly at: Date
}

const KEY = { pk: SWEEP_PARTITION, sk: 'unasked' }

/** What goes on is written again only so often. */
const WRITTEN_AGAIN_SECONDS = 3600
/** Nothing has been asked of it since: it may be well again, and nobody misses it. */
const FORGOTTEN_AFTER_SECONDS = 86_400
const MOST_KEPT = 100
const LONGEST_REASON = 500

/** Those among the items of the sweep's partition (`readSweep`). */
export function unaskedIn(items: readonly Item[]): Unasked[] {
  const places = items.find(({ sk }) => sk === KEY.sk)?.['places']
  return Array.isArray(places) ? places.flatMap((one) => readOne(one) ?? []) : []
}

/** Writes only what is new. `items`: what the sweep has read; `unasked` and `answered`: what this process knows. */
export async function rememberUnasked(
  table: Table,
  items: readonly Item[],
  { unasked, answered }: { readonly unasked: readonly Unasked[]; readonly answered: ReadonlySet<string> },
  now: Date,
): Promise<void> {
  const before = unaskedIn(items)
  const left = before.filter(
    ({ who, at }) =>
      !answered.has(who) && plusSeconds(at, FORGOTTEN_AFTER_SECONDS) > now && !unasked.some((one) => one.who === who),
  )
  const sinceOf = ({ who, since }: Unasked): Date => before.find((one) => one.who === who)?.since ?? since
  const kept = [...left, ...unasked.map((one) => ({ ...one, since: sinceOf(one) }))].slice(0, MOST_KEPT)
  const isNew = ({ who, at }: Unasked): boolean => {
    const known = before.find((one) => one.who === who)
    return !known || plusSeconds(known.at, WRITTEN_AGAIN_SECONDS) <= at
  }
  if (kept.length === before.length && !kept.some(isNew)) return
  if (kept.length === 0) return table.delete(KEY)
  await table.put({
    ...KEY,
    places: kept.map(({ who, because, since, at }) => ({
      who,
      because: because.slice(0, LONGEST_REASON),
      since: since.toISOString(),
      at: at.toISOString(),
    })),
  })
}

function readOne(value: Value): Unasked | undefined {
  if (!isStructure(value)) return undefined
  const { who, because, since, at } = value
  if (typeof who !== 'string' || typeof because !== 'string' || typeof since !== 'string' || typeof at !== 'string')
    return undefined
  return { who, because, since: new Date(since), at: new Date(at) }
}
