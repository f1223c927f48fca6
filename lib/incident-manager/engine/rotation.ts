// An on-call rotation in time: who has which shift, from when to when, by the wall clock of its time zone.
import { coveredSpans } from './rotation-coverage.ts'
import { overriddenTimes, withOverrides } from './rotation-overrides.ts'
import { turnsOf } from './rotation-turns.ts'
import { wallClock } from './wall-clock.ts'

export interface Rotation {
  /** In the order of their turns. */
  readonly members: readonly string[]
  /** The first turn begins then; nobody is on call before. */
  readonly startTime: Date
  /** Of the IANA database. */
  readonly timeZone: string
  readonly recurrence: Recurrence
}

export interface Recurrence {
  readonly unit: 'day' | 'week' | 'month'
  /** How many units one turn lasts. */
  readonly every: number
  /** When turns begin within a unit; at least one. */
  readonly handOffs: readonly HandOff[]
  /** How many members have a turn together. */
  readonly atOnce: number
  /** When anybody is on call at all; undefined: always. */
  readonly coverage?: readonly Coverage[] | undefined
}

export interface HandOff {
  /** Of a week: 0 is Monday. Of a month: from 1; what a month has not is its last day. Of a day: 0. */
  readonly day: number
  readonly minuteOfDay: number
}

export interface Coverage {
  /** 0 is Monday. */
  readonly weekday: number
  readonly fromMinute: number
  /** Not later than `fromMinute`: on the next day. */
  readonly toMinute: number
}

/** Where these overlap, the later one in a list counts. */
export interface Override {
  readonly members: readonly string[]
  readonly start: Date
  readonly end: Date
}

export interface Span {
  readonly start: Date
  readonly end: Date
}

export interface Shift extends Span {
  readonly members: readonly string[]
  /** Whom an override replaces; undefined where there is none. */
  readonly overridden?: readonly string[]
}

/**
 * The shifts that end after `from`, in order and whole, without end (none at all when nothing is covered). A turn is cut
 * where coverage ends and where an override begins or ends; an override only replaces people in shifts that exist.
 */
export function* shifts(rotation: Rotation, overrides: readonly Override[], from: Date): Generator<Shift> {
  const { members, recurrence, startTime, timeZone } = rotation
  if (recurrence.coverage?.length === 0) return
  const clock = wallClock(timeZone)
  const times = overriddenTimes(overrides)
  let next = 0
  for (const turn of turnsOf(recurrence, startTime, clock, from)) {
    const onCall = onTurn(members, recurrence.atOnce, turn.number)
    for (const span of coveredSpans(recurrence.coverage, turn, clock, from)) {
      for (let time = times[next]; time && time.end <= span.start; time = times[next]) next += 1
      for (const shift of withOverrides(span, onCall, times, next)) if (shift.end > from) yield shift
    }
  }
}

/** Who is on call at `instant`; nobody before the start and where nothing is covered. */
export function onCallAt(rotation: Rotation, overrides: readonly Override[], instant: Date): readonly string[] {
  for (const { start, members } of shifts(rotation, overrides, instant)) return start <= instant ? members : []
  return []
}

/** Turn by turn the next `atOnce` members, beginning anew after the last one. */
function onTurn(members: readonly string[], atOnce: number, turn: number): string[] {
  const size = Math.min(atOnce, members.length)
  const places = Array.from({ length: size }, (_, place) => (turn * size + place) % members.length)
  return [...new Set(places.flatMap((place) => members[place] ?? []))]
}
