// Shifts by example: hand-offs, clocks that change, short months, covered hours, overrides.
import { describe, expect, it } from 'vitest'
import {
  type Coverage,
  onCallAt,
  type Override,
  type Recurrence,
  type Rotation,
  shifts,
} from '../../../lib/incident-manager/engine/rotation.ts'

const hour = (hours: number, minutes = 0): number => hours * 60 + minutes
const at = (hours: number, day = 0) => ({ day, minuteOfDay: hour(hours) })
const daily = (...hours: number[]): Recurrence => ({
  unit: 'day',
  every: 1,
  atOnce: 1,
  handOffs: hours.map((hours) => at(hours)),
})
const weekly = (...handOffs: Recurrence['handOffs']): Recurrence => ({ unit: 'week', every: 1, atOnce: 1, handOffs })
const monthly = (...handOffs: Recurrence['handOffs']): Recurrence => ({ unit: 'month', every: 1, atOnce: 1, handOffs })
const MONDAY = 0
const WEEKDAYS = [0, 1, 2, 3, 4]
const covered = (weekdays: readonly number[], fromMinute: number, toMinute: number): Coverage[] =>
  weekdays.map((weekday) => ({ weekday, fromMinute, toMinute }))

const rotation = (
  timeZone: string,
  start: string,
  recurrence: Recurrence,
  members = ['ann', 'bob', 'cyd'],
): Rotation => ({
  members,
  timeZone,
  startTime: new Date(start),
  recurrence,
})

/** The first shifts from `from` (or the start): `begin end who`, and who was replaced. */
function some(of: Rotation, count: number, overrides: readonly Override[] = [], from = of.startTime): string[] {
  const texts: string[] = []
  for (const { start, end, members, overridden } of shifts(of, overrides, from)) {
    const [begin, finish] = [start, end].map((instant) => instant.toISOString().slice(0, 16))
    texts.push(`${begin} ${finish} ${members.join('+')}${overridden ? ` for ${overridden.join('+')}` : ''}`)
    if (texts.length === count) break
  }
  return texts
}

describe('Turns', () => {
  it('begin with the start, and are handed on at each hand-off in the order of the members', () => {
    expect(some(rotation('UTC', '2026-03-02T09:00Z', daily(9)), 4)).toEqual([
      '2026-03-02T09:00 2026-03-03T09:00 ann',
      '2026-03-03T09:00 2026-03-04T09:00 bob',
      '2026-03-04T09:00 2026-03-05T09:00 cyd',
      '2026-03-05T09:00 2026-03-06T09:00 ann',
    ])
  })

  it('are handed on several times a day where several times are named, in whatever order', () => {
    expect(some(rotation('UTC', '2026-03-02T10:00Z', daily(21, 9, 9)), 3)).toEqual([
      '2026-03-02T10:00 2026-03-02T21:00 ann',
      '2026-03-02T21:00 2026-03-03T09:00 bob',
      '2026-03-03T09:00 2026-03-03T21:00 cyd',
    ])
  })

  it('begin, for a start in the middle, with what is left of a turn that began with the hand-off before', () => {
    const fortnights = { ...weekly(at(9, MONDAY)), every: 2 }
    expect(some(rotation('UTC', '2026-03-04T12:00Z', fortnights), 3)).toEqual([
      '2026-03-04T12:00 2026-03-16T09:00 ann',
      '2026-03-16T09:00 2026-03-30T09:00 bob',
      '2026-03-30T09:00 2026-04-13T09:00 cyd',
    ])
  })

  it('last several weeks, with all hand-offs of one week together', () => {
    const twice = { ...weekly(at(4, 2), at(15, 4)), every: 3 }
    expect(some(rotation('UTC', '2026-03-04T04:00Z', twice), 4)).toEqual([
      '2026-03-04T04:00 2026-03-06T15:00 ann',
      '2026-03-06T15:00 2026-03-25T04:00 bob',
      '2026-03-25T04:00 2026-03-27T15:00 cyd',
      '2026-03-27T15:00 2026-04-15T04:00 ann',
    ])
  })

  it.each([
    ['two of three', 2, ['ann', 'bob', 'cyd'], ['ann+bob', 'cyd+ann', 'bob+cyd', 'ann+bob']],
    ['all of two', 2, ['ann', 'bob'], ['ann+bob', 'ann+bob']],
    ['more than there are', 5, ['ann', 'bob'], ['ann+bob', 'ann+bob']],
    ['one of one', 1, ['ann'], ['ann', 'ann']],
    ['two of those where one has two turns', 2, ['ann', 'bob', 'ann'], ['ann+bob', 'ann', 'bob+ann']],
  ])('are had by %s', (_, atOnce, members, expected) => {
    const found = some(rotation('UTC', '2026-03-02T09:00Z', { ...daily(9), atOnce }, members), expected.length)
    expect(found.map((text) => text.split(' ')[2])).toEqual(expected)
  })

  it.each([
    [
      'a month of 31 days',
      monthly(at(8, 20)),
      '2026-01-20T08:00Z',
      ['2026-01-20T08:00', '2026-02-20T08:00', '2026-03-20T08:00'],
    ],
    [
      'day 31 in short months',
      monthly(at(0, 31)),
      '2026-01-31T00:00Z',
      ['2026-01-31T00:00', '2026-02-28T00:00', '2026-03-31T00:00', '2026-04-30T00:00'],
    ],
    [
      'day 30 in a leap year',
      monthly(at(0, 30)),
      '2028-01-30T00:00Z',
      ['2028-01-30T00:00', '2028-02-29T00:00', '2028-03-30T00:00'],
    ],
    [
      'every other month',
      { ...monthly(at(0, 31)), every: 2 },
      '2026-12-31T00:00Z',
      ['2026-12-31T00:00', '2027-02-28T00:00', '2027-04-30T00:00'],
    ],
    [
      'twelve months at a time',
      { ...monthly(at(0, 29)), every: 12 },
      '2028-02-29T00:00Z',
      ['2028-02-29T00:00', '2029-02-28T00:00', '2030-02-28T00:00'],
    ],
  ] as const)('follow the calendar: %s', (_, recurrence, start, expected) => {
    const found = some(rotation('UTC', start, recurrence), expected.length)
    expect(found.map((text) => text.split(' ')[0])).toEqual(expected)
  })

  it('that a short month leaves no time are passed over, and move nobody else', () => {
    expect(some(rotation('UTC', '2026-01-31T00:00Z', monthly(at(0, 30), at(0, 31))), 4)).toEqual([
      '2026-01-31T00:00 2026-02-28T00:00 ann',
      // On 28 February bob hands over to cyd at once.
      '2026-02-28T00:00 2026-03-30T00:00 cyd',
      '2026-03-30T00:00 2026-03-31T00:00 ann',
      '2026-03-31T00:00 2026-04-30T00:00 bob',
    ])
  })

  it('are the same after a hundred years', () => {
    const old = rotation('Europe/Berlin', '1970-01-05T08:00Z', weekly(at(9, MONDAY)))
    const [text] = some(old, 1, [], new Date('2070-01-01T00:00Z'))
    const weeks = (Date.parse('2069-12-30T08:00Z') - Date.parse('1970-01-05T08:00Z')) / (7 * 86_400_000)
    expect(text).toBe(`2069-12-30T08:00 2070-01-06T08:00 ${['ann', 'bob', 'cyd'][weeks % 3]}`)
  })
})

describe('Clocks that change', () => {
  it.each([
    ['Europe/Berlin', '2026-03-28T02:30', ['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30']],
    ['Europe/Berlin', '2026-10-24T02:30', ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30']],
    ['America/New_York', '2026-03-07T02:30', ['2026-03-07T07:30', '2026-03-08T07:00', '2026-03-09T06:30']],
    ['America/New_York', '2026-10-31T01:30', ['2026-10-31T05:30', '2026-11-01T05:30', '2026-11-02T06:30']],
    ['Australia/Lord_Howe', '2026-10-03T02:15', ['2026-10-02T15:45', '2026-10-03T15:30', '2026-10-04T15:15']],
    ['Australia/Lord_Howe', '2026-04-04T01:45', ['2026-04-03T14:45', '2026-04-04T14:45', '2026-04-05T15:15']],
    ['Africa/Casablanca', '2026-02-14T02:30', ['2026-02-14T01:30', '2026-02-15T01:30', '2026-02-16T02:30']],
    ['Africa/Casablanca', '2026-03-21T02:30', ['2026-03-21T02:30', '2026-03-22T02:00', '2026-03-23T01:30']],
    ['Asia/Kathmandu', '2026-03-28T02:30', ['2026-03-27T20:45', '2026-03-28T20:45', '2026-03-29T20:45']],
    ['UTC', '2026-03-28T02:30', ['2026-03-28T02:30', '2026-03-29T02:30', '2026-03-30T02:30']],
  ])('in %s keep a hand-off at its local time (from %s on)', (zone, local, expected) => {
    const minuteOfDay = hour(Number(local.slice(11, 13)), Number(local.slice(14)))
    const each: Recurrence = { unit: 'day', every: 1, atOnce: 1, handOffs: [{ day: 0, minuteOfDay }] }
    const found = some(rotation(zone, `${expected[0]}Z`, each), expected.length)
    expect(found.map((text) => text.split(' ')[0])).toEqual(expected)
  })

  it.each([
    ['the night that is short', '2026-03-28T20:00Z', '2026-03-28T23:00 2026-03-29T03:00'],
    ['the night that is long', '2026-10-24T20:00Z', '2026-10-24T22:00 2026-10-25T04:00'],
  ])('make %s so for who is on call from midnight to five', (_, start, expected) => {
    const nights = { ...daily(0), coverage: covered([6], 0, hour(5)) }
    expect(some(rotation('Europe/Berlin', start, nights), 1)[0]).toMatch(expected)
  })

  it('leave a shift out that lies in the hour they skip', () => {
    const early = { ...daily(0), coverage: covered([5, 6], hour(2), hour(2, 45)) }
    const found = some(rotation('Europe/Berlin', '2026-03-28T00:00Z', early), 3)
    expect(found.map((text) => text.slice(0, 33))).toEqual([
      '2026-03-28T01:00 2026-03-28T01:45',
      '2026-04-04T00:00 2026-04-04T00:45',
      '2026-04-05T00:00 2026-04-05T00:45',
    ])
  })

  it('that are put back over midnight hand nothing over twice', () => {
    // In St. John's a minute after midnight became 23:01 of the day before.
    const days = rotation('America/St_Johns', '2010-11-05T02:30Z', daily(0))
    const again = new Date('2010-11-07T02:45Z')
    expect(some(days, 1, [], again)).toEqual(['2010-11-07T02:30 2010-11-08T03:30 cyd'])
    expect(onCallAt(days, [], again)).toEqual(['cyd'])
    expect(some({ ...days, startTime: again }, 1)).toEqual(['2010-11-07T02:45 2010-11-08T03:30 ann'])
  })

  it('leave no gap and no overlap between hours that follow each other', () => {
    const coverage = [...covered([6], 0, hour(1, 30)), ...covered([6], hour(1, 30), hour(3))]
    expect(some(rotation('America/New_York', '2026-10-31T12:00Z', { ...daily(1), coverage }), 2)).toEqual([
      '2026-11-01T04:00 2026-11-01T05:00 ann',
      '2026-11-01T05:00 2026-11-01T08:00 bob',
    ])
  })
})

describe('Covered hours', () => {
  it('cut a turn into a shift a day', () => {
    const office = { ...weekly(at(9, MONDAY)), coverage: covered(WEEKDAYS, hour(9), hour(17)) }
    expect(some(rotation('Europe/Berlin', '2026-03-26T08:00Z', office), 4)).toEqual([
      '2026-03-26T08:00 2026-03-26T16:00 ann',
      '2026-03-27T08:00 2026-03-27T16:00 ann',
      '2026-03-30T07:00 2026-03-30T15:00 bob',
      '2026-03-31T07:00 2026-03-31T15:00 bob',
    ])
  })

  it('are cut by a hand-off within them', () => {
    const office = { ...daily(12), coverage: covered([0], hour(9), hour(17)) }
    expect(some(rotation('UTC', '2026-03-02T00:00Z', office), 2)).toEqual([
      '2026-03-02T09:00 2026-03-02T12:00 ann',
      '2026-03-02T12:00 2026-03-02T17:00 bob',
    ])
  })

  it('go over midnight, from Sunday to Monday too', () => {
    const nights = { ...weekly(at(12, 2)), coverage: covered([5, 6], hour(22), hour(6)) }
    expect(some(rotation('UTC', '2026-03-04T12:00Z', nights), 3)).toEqual([
      '2026-03-07T22:00 2026-03-08T06:00 ann',
      '2026-03-08T22:00 2026-03-09T06:00 ann',
      '2026-03-14T22:00 2026-03-15T06:00 bob',
    ])
  })

  it('make the same whole shift from wherever it is asked for', () => {
    const weekend = { ...monthly(at(0, 1)), coverage: covered([2, 3, 4, 5, 6, 0], 0, 0) }
    const of = rotation('UTC', '2026-03-01T00:00Z', weekend)
    for (const from of ['2026-03-04T00:00Z', '2026-03-07T13:00Z', '2026-03-08T23:59Z', '2026-03-09T23:59Z'])
      expect(some(of, 1, [], new Date(from))).toEqual(['2026-03-04T00:00 2026-03-10T00:00 ann'])
  })

  it('that overlap or touch are one shift', () => {
    const coverage = [
      ...covered([0], hour(8), hour(12)),
      ...covered([0], hour(10), hour(14)),
      ...covered([0], hour(14), 0),
    ]
    expect(some(rotation('UTC', '2026-03-02T00:00Z', { ...weekly(at(0, 2)), coverage }), 1)).toEqual([
      '2026-03-02T08:00 2026-03-03T00:00 ann',
    ])
  })

  it('that begin and end at the same time are whole days; all of them are no cut at all', () => {
    const always = { ...weekly(at(11, MONDAY)), coverage: covered([0, 1, 2, 3, 4, 5, 6], hour(11), hour(11)) }
    expect(some(rotation('UTC', '2026-03-02T11:00Z', always), 2)).toEqual([
      '2026-03-02T11:00 2026-03-09T11:00 ann',
      '2026-03-09T11:00 2026-03-16T11:00 bob',
    ])
  })

  it('that are none leave nobody on call, and no list without end', () => {
    expect(some(rotation('UTC', '2026-03-02T11:00Z', { ...daily(9), coverage: [] }), 1)).toEqual([])
  })
})

describe('An override', () => {
  const override = (start: string, end: string, ...members: string[]): Override => ({
    members,
    start: new Date(start),
    end: new Date(end),
  })
  const days = rotation('UTC', '2026-03-02T09:00Z', daily(9))

  it('replaces part of a turn, and says whom', () => {
    expect(some(days, 3, [override('2026-03-02T12:00Z', '2026-03-02T18:00Z', 'cyd')])).toEqual([
      '2026-03-02T09:00 2026-03-02T12:00 ann',
      '2026-03-02T12:00 2026-03-02T18:00 cyd for ann',
      '2026-03-02T18:00 2026-03-03T09:00 ann',
    ])
  })

  it('over several turns is a shift in each', () => {
    expect(some(days, 4, [override('2026-03-02T21:00Z', '2026-03-04T10:00Z', 'cyd', 'bob')])).toEqual([
      '2026-03-02T09:00 2026-03-02T21:00 ann',
      '2026-03-02T21:00 2026-03-03T09:00 cyd+bob for ann',
      '2026-03-03T09:00 2026-03-04T09:00 cyd+bob for bob',
      '2026-03-04T09:00 2026-03-04T10:00 cyd+bob for cyd',
    ])
  })

  it('with nobody leaves nobody on call', () => {
    const nobody = [override('2026-03-02T09:00Z', '2026-03-03T09:00Z')]
    expect(some(days, 1, nobody)).toEqual(['2026-03-02T09:00 2026-03-03T09:00  for ann'])
    expect(onCallAt(days, nobody, new Date('2026-03-02T10:00Z'))).toEqual([])
  })

  it('that overlaps another counts where it is the later one', () => {
    const both = [
      override('2026-03-02T10:00Z', '2026-03-02T14:00Z', 'bob'),
      override('2026-03-02T12:00Z', '2026-03-02T13:00Z', 'cyd'),
    ]
    expect(some(days, 5, both).map((text) => text.split(' ')[2])).toEqual(['ann', 'bob', 'cyd', 'bob', 'ann'])
    expect(some(days, 3, both.toReversed()).map((text) => text.split(' ')[2])).toEqual(['ann', 'bob', 'ann'])
  })

  it('that names somebody twice puts them on call once', () => {
    const twice = [override('2026-03-02T09:00Z', '2026-03-03T09:00Z', 'cyd', 'cyd')]
    expect(some(days, 1, twice)).toEqual(['2026-03-02T09:00 2026-03-03T09:00 cyd for ann'])
    expect(onCallAt(days, twice, new Date('2026-03-02T10:00Z'))).toEqual(['cyd'])
  })

  it('may be one of very many that overlap: their shifts are found in a moment', () => {
    const start = Date.parse('2026-03-02T09:00Z')
    const many = Array.from({ length: 18_000 }, (_, second) =>
      override(
        new Date(start + second * 1000).toISOString(),
        new Date(start + second * 1000 + 86_400_000).toISOString(),
        `${second}`,
      ),
    )
    const found = shifts(rotation('UTC', '2026-03-02T09:00Z', monthly(at(9, 2))), many, new Date(start))
    const members = found.take(18_001).map(({ members }) => members.join('+'))
    expect([...members]).toEqual([...many.keys(), 'ann'].map(String))
  })

  it('puts nobody on call where nobody has a shift', () => {
    const office = rotation('UTC', '2026-03-02T09:00Z', { ...daily(9), coverage: covered(WEEKDAYS, hour(9), hour(17)) })
    const weekend = [override('2026-03-06T12:00Z', '2026-03-09T12:00Z', 'bob')]
    expect(some(office, 4, weekend, new Date('2026-03-06T00:00Z'))).toEqual([
      '2026-03-06T09:00 2026-03-06T12:00 bob',
      '2026-03-06T12:00 2026-03-06T17:00 bob for bob',
      '2026-03-09T09:00 2026-03-09T12:00 bob for bob',
      '2026-03-09T12:00 2026-03-09T17:00 bob',
    ])
    expect(onCallAt(office, weekend, new Date('2026-03-07T12:00Z'))).toEqual([])
  })
})
