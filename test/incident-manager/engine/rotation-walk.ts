// Who is on call, found out by walking: for each moment, by what the wall clock there has shown so far. Slow and simple.
import type { Override, Recurrence, Rotation } from '../../../lib/incident-manager/engine/rotation.ts'

const DAY = 86_400_000
const MINUTE = 60_000

/** What the clock shows, as if on UTC, by the offset that the platform names. */
function reader(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  return (instant) => {
    const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
      /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/u.exec(name) ?? []
    const offset = (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds) * 1000
    return instant + (sign === '-' ? -offset : offset)
  }
}

interface Occasion {
  readonly wall: number
  readonly unit: number
}

/** Every hand-off of the calendar between two local days, were each unit to have them. */
function occasions({ unit, handOffs }: Recurrence, firstDay: number, lastDay: number): Occasion[] {
  const unique = [...new Map(handOffs.map((one) => [`${one.day} ${one.minuteOfDay}`, one])).values()]
  let number = 0
  const found: Occasion[] = []
  for (let day = firstDay; day <= lastDay; day += DAY) {
    const date = new Date(day)
    if (unit === 'day' || (unit === 'week' && date.getUTCDay() === 1) || (unit === 'month' && date.getUTCDate() === 1))
      number += 1
    const tomorrow = new Date(day + DAY)
    const isToday = (wanted: number): boolean =>
      unit === 'day' ||
      (unit === 'week'
        ? (date.getUTCDay() + 6) % 7 === wanted
        : date.getUTCDate() === wanted || (tomorrow.getUTCDate() === 1 && wanted > date.getUTCDate()))
    for (const { day: wanted, minuteOfDay } of unique)
      if (isToday(wanted)) found.push({ wall: day + minuteOfDay * MINUTE, unit: number })
  }
  return found.toSorted((one, other) => one.wall - other.wall)
}

function isCovered({ coverage }: Recurrence, wall: number): boolean {
  if (!coverage) return true
  const midnight = Math.floor(wall / DAY) * DAY
  return [midnight - DAY, midnight].some((day) =>
    coverage.some(({ weekday, fromMinute, toMinute }) => {
      if ((new Date(day).getUTCDay() + 6) % 7 !== weekday) return false
      const ends = toMinute > fromMinute ? toMinute : toMinute + 1440
      return day + fromMinute * MINUTE <= wall && wall < day + ends * MINUTE
    }),
  )
}

export interface Moment {
  readonly at: Date
  readonly onCall: readonly string[]
  readonly overridden: boolean
  /** Which turn of the rotation it is; moments of one turn have one number. */
  readonly turn: number
}

/** Steps from the rotation's start to `until`. A hand-off has happened once the clock has shown its time or a later one. */
export function walk(
  { members, startTime, timeZone, recurrence }: Rotation,
  overrides: readonly Override[],
  until: Date,
  stepMinutes: number,
): Moment[] {
  const wallAt = reader(timeZone)
  const start = startTime.getTime()
  const all = occasions(
    recurrence,
    Math.floor((start - 40 * DAY) / DAY) * DAY,
    Math.floor((until.getTime() + 3 * DAY) / DAY) * DAY,
  )
  let shown = Number.NEGATIVE_INFINITY
  for (let at = start - 2 * DAY; at <= start; at += stepMinutes * MINUTE) shown = Math.max(shown, wallAt(at))
  const before = all.findLastIndex(({ wall }) => wall <= shown)
  const first = all[before]?.unit ?? 0
  const later = all.slice(before + 1).filter(({ unit }) => (unit - first) % recurrence.every === 0)
  const moments: Moment[] = []
  let turn = 0
  for (let at = start; at < until.getTime(); at += stepMinutes * MINUTE) {
    shown = Math.max(shown, wallAt(at))
    while ((later[turn]?.wall ?? Number.POSITIVE_INFINITY) <= shown) turn += 1
    const covered = isCovered(recurrence, shown)
    const override = overrides.findLast(({ start, end }) => start.getTime() <= at && at < end.getTime())
    const size = Math.min(recurrence.atOnce, members.length)
    const own = Array.from({ length: size }, (_, place) => members[(turn * size + place) % members.length] ?? '')
    const onCall = covered ? (override?.members ?? own) : []
    moments.push({ at: new Date(at), onCall, overridden: covered && override !== undefined, turn })
  }
  return moments
}
