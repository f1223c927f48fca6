// The wall clock of a time zone: what it shows at an instant, and the first instant at which it shows a local time.
import { MINUTE_MS } from '../../aws/instants.ts'

export const DAY_MS = 24 * 60 * MINUTE_MS

/** A local date and time, counted as if the place kept UTC: milliseconds, for arithmetic on the calendar only. */
export type Wall = number

export interface WallClock {
  at(instant: Date): Wall
  /**
   * The first instant at which the clock shows `wall` or is past it: in an hour that is skipped, the instant after the
   * gap; in an hour that comes twice, the first.
   */
  firstAt(wall: Wall): Date
}

/**
 * All names of three letters in the IANA database. The platform takes others, too (PST, CST, IST): half a year's
 * abbreviations, some of several places. AWS refuses PST and its like.
 */
const OF_THREE_LETTERS = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '))

/** Whether the platform knows this name, and it is a place's: no offset, no abbreviation of one half of the year. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/u.test(name) || /^SystemV\//iu.test(name)) return false
  if (/^[A-Za-z]{3}$/u.test(name) && !OF_THREE_LETTERS.has(name)) return false
  try {
    wallClock(name)
    return true
  } catch {
    return false
  }
}

/** To ask the platform takes longer than all the rest: what it has said is kept, as much as a busy account needs. */
const clocks = new Map<string, WallClock>()
const MOST_CLOCKS = 100
const MOST_DAYS = 4000

/** From 1970 on. Throws a RangeError for a time zone that the platform does not know. */
export function wallClock(timeZone: string): WallClock {
  const known = clocks.get(timeZone)
  if (known) return known
  const clock = newWallClock(timeZone)
  if (clocks.size >= MOST_CLOCKS) clocks.clear()
  clocks.set(timeZone, clock)
  return clock
}

function newWallClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const at = (instant: number): Wall => {
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of format.formatToParts(instant)) shown[type] = Number(value)
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1000) + 1000) % 1000)
  }
  const offsets = new Map<number, number>()
  const offsetOn = (day: number): number => {
    const known = offsets.get(day)
    if (known !== undefined) return known
    const offset = at(day * DAY_MS) - day * DAY_MS
    if (offsets.size >= MOST_DAYS) offsets.clear()
    offsets.set(day, offset)
    return offset
  }
  return {
    at: (instant) => at(instant.getTime()),
    firstAt: (wall) => {
      const day = Math.floor(wall / DAY_MS)
      // No zone is 24 hours from UTC: if the clock is changed at that time, then between these two.
      const [before, after] = [offsetOn(day - 1), offsetOn(day + 2)]
      const earlier = wall - Math.max(before, after)
      const later = wall - Math.min(before, after)
      if (earlier === later) return new Date(later)
      const shown = [earlier, later].find((instant) => at(instant) === wall)
      return new Date(shown ?? firstPast(at, wall, earlier, later))
    },
  }
}

/** The instant between the two at which the clock jumps over `wall`: `early` is before the jump, `late` is not. */
function firstPast(at: (instant: number) => Wall, wall: Wall, early: number, late: number): number {
  let [before, after] = [early, late]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (at(middle) < wall) before = middle
    else after = middle
  }
  return after
}
