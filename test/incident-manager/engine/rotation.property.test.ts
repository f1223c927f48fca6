// Random rotations, zones and overrides: the shifts are what somebody finds who walks through time and looks at the clock.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  onCallAt,
  type Override,
  type Recurrence,
  type Rotation,
  type Shift,
  shifts,
} from '../../../lib/incident-manager/engine/rotation.ts'
import { walk } from './rotation-walk.ts'

const MINUTE = 60_000
const DAY_MINUTES = 1440
const MEMBERS = ['ann', 'bob', 'cyd', 'dan', 'eve']
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'UTC',
  'America/Santiago',
  'Pacific/Chatham',
  'America/Havana',
]
/** Near them clocks are changed, months are short, or a leap day is. */
const TURNING_POINTS = [
  '2026-03-06',
  '2026-03-27',
  '2026-10-23',
  '2026-10-30',
  '2026-04-03',
  '2026-10-02',
  '2026-02-13',
]
  .concat('2026-03-20', '2026-09-04', '2028-02-26', '2026-01-29', '2026-12-30')
  .map((day) => Date.parse(`${day}T00:00:00Z`))

interface World {
  readonly rotation: Rotation
  readonly overrides: readonly Override[]
  readonly until: Date
  readonly stepMinutes: number
}

/** All its times are on a grid of `stepMinutes`, on which every clock of the world is changed. */
function worlds(stepMinutes: number, days: number): fc.Arbitrary<World> {
  const steps = (most: number): fc.Arbitrary<number> =>
    fc.integer({ min: 0, max: Math.floor(most / stepMinutes) - 1 }).map((step) => step * stepMinutes)
  const handOff = (least: number, most: number) =>
    fc.record({
      day: fc.oneof(fc.integer({ min: least, max: most }), fc.constant(most)),
      minuteOfDay: fc.oneof(steps(DAY_MINUTES), fc.constantFrom(0, 120, 150)),
    })
  const every = fc.constantFrom(1, 1, 2, 3)
  const unit = fc.oneof(
    fc.record({ unit: fc.constant('day' as const), handOffs: fc.array(handOff(0, 0), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      unit: fc.constant('week' as const),
      handOffs: fc.array(handOff(0, 6), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      unit: fc.constant('month' as const),
      handOffs: fc.array(handOff(1, 31), { minLength: 1, maxLength: 3 }),
    }),
  )
  const coverage = fc.array(
    fc.record({
      weekday: fc.integer({ min: 0, max: 6 }),
      fromMinute: fc.oneof(steps(DAY_MINUTES), fc.constantFrom(0, 60, 120)),
      toMinute: fc.oneof(steps(DAY_MINUTES), fc.constantFrom(0, 180)),
    }),
    { maxLength: 9 },
  )
  const recurrence: fc.Arbitrary<Recurrence> = fc
    .tuple(unit, every, fc.integer({ min: 1, max: 3 }), fc.option(coverage, { nil: undefined }))
    .map(([units, every, atOnce, coverage]) => ({ ...units, every, atOnce, coverage }))
  const start = fc
    .tuple(fc.constantFrom(...TURNING_POINTS), steps(4 * DAY_MINUTES))
    .map(([point, minutes]) => new Date(point + minutes * MINUTE))
  const override = fc.tuple(steps(days * DAY_MINUTES), steps(3 * DAY_MINUTES), fc.subarray(MEMBERS, { maxLength: 2 }))
  return fc
    .record({
      members: fc.subarray(MEMBERS, { minLength: 1 }),
      timeZone: fc.constantFrom(...ZONES),
      startTime: start,
      recurrence,
      overrides: fc.array(override, { maxLength: 8 }),
    })
    .map(({ overrides, ...rotation }) => {
      const at = (minutes: number): Date => new Date(rotation.startTime.getTime() + minutes * MINUTE)
      return {
        rotation,
        stepMinutes,
        until: at(days * DAY_MINUTES),
        overrides: overrides.map(([from, length, members]) => ({
          members,
          start: at(from),
          end: at(from + length + stepMinutes),
        })),
      }
    })
}

function listed(rotation: Rotation, overrides: readonly Override[], from: Date, until: Date): Shift[] {
  const found: Shift[] = []
  for (const shift of shifts(rotation, overrides, from)) {
    if (shift.start >= until) break
    found.push(shift)
  }
  return found
}

function agrees({ rotation, overrides, until, stepMinutes }: World): true {
  const found = listed(rotation, overrides, rotation.startTime, until)
  for (const [index, shift] of found.entries()) {
    expect(shift.start < shift.end).toBe(true)
    expect(shift.start >= (found[index - 1]?.end ?? rotation.startTime)).toBe(true)
  }
  const moments = walk(rotation, overrides, until, stepMinutes)
  let next = 0
  const turns = new Map<Shift, number>()
  for (const { at, onCall, overridden, turn } of moments) {
    while (next < found.length && (found[next]?.end ?? at) <= at) next += 1
    const shift = found[next]
    const now = shift && shift.start <= at ? shift : undefined
    const seen = { at, onCall: now?.members ?? [], overridden: now?.overridden !== undefined }
    if (seen.overridden !== overridden || seen.onCall.join(' ') !== onCall.join(' '))
      expect(seen).toEqual({ at, onCall, overridden })
    // A shift is one turn's alone.
    if (now) expect(turns.set(now, turns.get(now) ?? turn).get(now)).toBe(turn)
  }
  for (const { at, onCall } of moments.filter((_, index) => index % 97 === 0))
    expect(onCallAt(rotation, overrides, at)).toEqual(onCall)
  return true
}

describe('The shifts of any rotation are who is on call at each moment', () => {
  it('quarter by quarter of an hour, for ten weeks', () => {
    fc.assert(fc.property(worlds(15, 70), agrees), { numRuns: 30 })
  }, 60_000)

  it('also where a month is too short, and the order of its hand-offs another', () => {
    const handOffs = [
      { day: 31, minuteOfDay: 0 },
      { day: 28, minuteOfDay: 15 },
    ]
    const agreed = agrees({
      rotation: {
        members: ['ann', 'bob', 'cyd'],
        timeZone: 'Europe/Berlin',
        startTime: new Date('2026-02-13T00:00:00Z'),
        recurrence: { unit: 'month', handOffs, every: 1, atOnce: 1 },
      },
      overrides: [],
      until: new Date('2026-04-24T00:00:00Z'),
      stepMinutes: 15,
    })
    expect(agreed).toBe(true)
  })

  it('minute by minute, for five days', () => {
    fc.assert(fc.property(worlds(1, 5), agrees), { numRuns: 30 })
  }, 60_000)

  it('and are the same whole shifts from wherever they are listed', () => {
    fc.assert(
      fc.property(worlds(15, 120), fc.double({ min: 0, max: 1, noNaN: true }), (world, share) => {
        const { rotation, overrides, until } = world
        const start = rotation.startTime.getTime()
        const from = new Date(start + share * (until.getTime() - start))
        const all = listed(rotation, overrides, rotation.startTime, until)
        expect(listed(rotation, overrides, from, until)).toEqual(all.filter(({ end }) => end > from))
      }),
      { numRuns: 300 },
    )
  }, 60_000)

  it('and nobody is on call before the start', () => {
    fc.assert(
      fc.property(worlds(15, 5), fc.integer({ min: 1, max: 1e10 }), ({ rotation, overrides }, before) => {
        expect(onCallAt(rotation, overrides, new Date(rotation.startTime.getTime() - before))).toEqual([])
      }),
    )
  })
})
