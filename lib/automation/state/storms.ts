// How many incidents plain events open by each rule: what is a storm, and since when it is none any more.
import { MINUTE_MS } from '../../aws/instants.ts'
import { MOST_OPENINGS } from '../decide/storm.ts'
import { ConditionFailed, type Item, type Key, type Table } from '../../aws/table/table.ts'

/** Counts one that is to be opened by this rule. Answers whether it is one of a storm, and so joins the storm's incident. */
export type CountOpening = (rule: string, now: Date) => Promise<boolean>

const TRIES = 10

const keyOf = (rule: string): Key => ({ pk: `openings#${rule}`, sk: 'minute' })

/**
 * A minute with more is a storm, and so is the next one, until a minute had no more: what would be opened counts, whether it
 * is or not. One call of the table, but for the first of a minute. Others' writes in between cost another try; what cannot
 * be counted is opened: rather an incident too many.
 */
export const openingsIn =
  (table: Table): CountOpening =>
  async (rule, now) => {
    const key = keyOf(rule)
    let minute = Math.floor(now.getTime() / MINUTE_MS)
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        return isStorm(await table.update(key, { add: { count: 1 } }, { equals: { minute } }))
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error
      }
      const known = await table.get(key)
      const last = figure(known, 'minute')
      // Another one's clock is a little ahead.
      if (last === minute + 1) minute = last
      if (last === minute) continue
      const next = { ...key, minute, count: 1, before: last === minute - 1 ? figure(known, 'count') : 0 }
      try {
        await table.put(next, known ? { equals: { minute: last } } : { absent: true })
        return isStorm(next)
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error
      }
    }
    return false
  }

const figure = (item: Item | undefined, name: string): number => Number(item?.[name] ?? 0)
const isStorm = (item: Item): boolean => Math.max(figure(item, 'count'), figure(item, 'before')) > MOST_OPENINGS
