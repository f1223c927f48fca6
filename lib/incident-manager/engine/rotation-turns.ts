// The turns of a rotation: from one hand-off to the next, numbered by the calendar alone.
import { MINUTE_MS } from '../../aws/instants.ts'
import type { HandOff, Recurrence, Span } from './rotation.ts'
import { DAY_MS, type Wall, type WallClock } from './wall-clock.ts'

export interface Turn extends Span {
  /** 0 is the turn in which the rotation starts. */
  readonly number: number
}

/** Before it nobody needs a shift, and the platform's calendars are of another kind. */
const EPOCH = new Date(0)

/**
 * The turns that end after `from`, without end. The first is what is left, at `startTime`, of a whole turn that began with
 * the hand-off before. Hand-offs are then in every `every`th day, week (from Monday) or month. A turn that the clock
 * leaves no time (its whole span skipped, day 30 and 31 of a February) is passed over: nobody else's turn moves for it.
 */
export function* turnsOf(
  { unit, every, handOffs }: Recurrence,
  startTime: Date,
  clock: WallClock,
  from: Date,
): Generator<Turn> {
  const calendar = CALENDARS[unit]
  const sorted = handOffs.toSorted((one, other) => one.day - other.day || one.minuteOfDay - other.minuteOfDay)
  const inUnit = sorted.filter(
    ({ day, minuteOfDay }, index) => day !== sorted[index - 1]?.day || minuteOfDay !== sorted[index - 1]?.minuteOfDay,
  )
  const each: Grid = { calendar, handOffs: inUnit, clock, firstUnit: 0, every: 1 }
  const start = startTime < EPOCH ? EPOCH : startTime
  const before = lastUpTo(each, start)
  const firstUnit = Math.floor(before / inUnit.length)
  const grid: Grid = { ...each, firstUnit, every }
  const first = before - firstUnit * inUnit.length
  for (let number = from > start ? lastUpTo(grid, from) - first : 0; ; number++) {
    const began = number === 0 ? start : instantOf(grid, first + number)
    const end = instantOf(grid, first + number + 1)
    if (began < end && end > from) yield { number, start: began, end }
  }
}

/** Hand-offs numbered through: 0 is the first one of `firstUnit`. */
interface Grid {
  readonly calendar: Calendar
  readonly handOffs: readonly HandOff[]
  readonly clock: WallClock
  readonly firstUnit: number
  readonly every: number
}

function instantOf({ calendar, handOffs, clock, firstUnit, every }: Grid, number: number): Date {
  const period = Math.floor(number / handOffs.length)
  const unit = firstUnit + period * every
  // In the order in which they come: day 31 at midnight is in a February before day 28 at noon.
  const walls = handOffs.map(({ day, minuteOfDay }) => calendar.dayOf(unit, day) + minuteOfDay * MINUTE_MS)
  const wall = walls.toSorted((one, other) => one - other)[number - period * handOffs.length]
  return clock.firstAt(wall ?? calendar.dayOf(unit, 0))
}

/** The number of the last hand-off that is not after `instant`. */
function lastUpTo(grid: Grid, instant: Date): number {
  const { calendar, handOffs, clock, firstUnit, every } = grid
  const period = Math.floor((calendar.unitOf(clock.at(instant)) - firstUnit) / every)
  // A clock that is put back over midnight shows a day again that hand-offs have already left: hence one period more.
  let [low, high] = [(period - 1) * handOffs.length, (period + 2) * handOffs.length]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (instantOf(grid, middle) <= instant) low = middle
    else high = middle
  }
  return low
}

interface Calendar {
  /** The number of the unit that a local time lies in. */
  unitOf(wall: Wall): number
  /** Midnight of that day of the unit. */
  dayOf(unit: number, day: number): Wall
}

const CALENDARS: Readonly<Record<Recurrence['unit'], Calendar>> = {
  day: { unitOf: (wall) => Math.floor(wall / DAY_MS), dayOf: (unit) => unit * DAY_MS },
  week: { unitOf: (wall) => weekOf(wall), dayOf: (unit, day) => mondayOf(unit) + day * DAY_MS },
  month: {
    unitOf: (wall) => new Date(wall).getUTCFullYear() * 12 + new Date(wall).getUTCMonth(),
    dayOf: (unit, day) => {
      const [year, month] = [Math.floor(unit / 12), unit % 12]
      const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
      return Date.UTC(year, month, Math.min(day, length))
    },
  },
}

/** 1970 began on a Thursday. */
const DAYS_OF_FIRST_WEEK = 3
/** Weeks are counted from the one that 1970 began in. */
export const weekOf = (wall: Wall): number => Math.floor((wall / DAY_MS + DAYS_OF_FIRST_WEEK) / 7)
export const mondayOf = (week: number): Wall => (week * 7 - DAYS_OF_FIRST_WEEK) * DAY_MS
