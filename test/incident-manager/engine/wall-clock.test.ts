// The one place where wall-clock time and instants meet, in every zone that the platform knows.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTimeZone, wallClock } from '../../../lib/incident-manager/engine/wall-clock.ts'

const wall = (text: string): number => Date.parse(`${text}Z`)
const ZONES = Intl.supportedValuesOf('timeZone')

describe('a wall clock', () => {
  it.each([
    ['an ordinary time', 'Europe/Berlin', '2026-03-28T09:00', '2026-03-28T08:00:00.000Z'],
    ['a skipped hour: the instant after the gap', 'Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:00:00.000Z'],
    ['the beginning of the gap', 'Europe/Berlin', '2026-03-29T02:00', '2026-03-29T01:00:00.000Z'],
    ['a doubled hour: the first', 'Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['the end of the doubled hour', 'Europe/Berlin', '2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
    ['a skipped hour', 'America/New_York', '2026-03-08T02:15', '2026-03-08T07:00:00.000Z'],
    ['a doubled hour', 'America/New_York', '2026-11-01T01:15', '2026-11-01T05:15:00.000Z'],
    ['a skipped half hour', 'Australia/Lord_Howe', '2026-10-04T02:10', '2026-10-03T15:30:00.000Z'],
    ['a doubled half hour', 'Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45:00.000Z'],
    ['an hour skipped at the end of Ramadan', 'Africa/Casablanca', '2026-03-22T02:30', '2026-03-22T02:00:00.000Z'],
    ['an hour doubled at its beginning', 'Africa/Casablanca', '2026-02-15T02:30', '2026-02-15T01:30:00.000Z'],
    ['a quarter of an hour from others', 'Asia/Kathmandu', '2026-03-29T02:30', '2026-03-28T20:45:00.000Z'],
    ['UTC', 'UTC', '2026-03-29T02:30', '2026-03-29T02:30:00.000Z'],
    ['a midnight that is skipped', 'America/Santiago', '2026-09-06T00:00', '2026-09-06T04:00:00.000Z'],
    ['a whole day that is skipped', 'Pacific/Apia', '2011-12-30T09:00', '2011-12-30T10:00:00.000Z'],
  ])('shows %s in %s first at the right instant', (_, zone, shown, instant) => {
    expect(wallClock(zone).firstAt(wall(shown)).toISOString()).toBe(instant)
  })

  it('takes every instant there and back in every zone, or to the first instant that showed the same', () => {
    const clocks = ZONES.map((zone) => [zone, wallClock(zone)] as const)
    const instants = fc.date({ min: new Date('1975-01-01'), max: new Date('2050-01-01'), noInvalidDate: true })
    const onSeconds = instants.map((instant) => new Date(Math.floor(instant.getTime() / 1000) * 1000))
    fc.assert(
      fc.property(fc.array(onSeconds, { minLength: 10, maxLength: 10 }), (some) => {
        for (const [zone, clock] of clocks)
          for (const instant of some) {
            const back = clock.firstAt(clock.at(instant))
            if (back.getTime() === instant.getTime()) continue
            expect([zone, back < instant, clock.at(back)]).toEqual([zone, true, clock.at(instant)])
          }
      }),
      { numRuns: 8 },
    )
  })

  it('shows no time first before it has shown all earlier ones', () => {
    const zone = fc.constantFrom(...ZONES)
    const minute = fc.integer({ min: wall('2000-01-01T00:00') / 60_000, max: wall('2040-01-01T00:00') / 60_000 })
    fc.assert(
      fc.property(zone, minute, fc.integer({ min: 0, max: 3000 }), (name, minute, later) => {
        const clock = wallClock(name)
        const [one, other] = [clock.firstAt(minute * 60_000), clock.firstAt((minute + later) * 60_000)]
        expect(one <= other).toBe(true)
        expect(clock.at(one)).toBeGreaterThanOrEqual(minute * 60_000)
        expect(clock.at(new Date(one.getTime() - 1))).toBeLessThan(minute * 60_000)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a time zone', () => {
  it('is every one that the platform lists', () => {
    expect(ZONES.filter((zone) => !isTimeZone(zone))).toEqual([])
  })

  it.each([
    'UTC',
    'GMT',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'US/Pacific',
    'Etc/GMT+5',
    'Europe/Kyiv',
    'EST5EDT',
    'EST',
    'ROC',
    'PRC',
    'UCT',
    'NZ',
  ])('may be %s', (zone) => expect(isTimeZone(zone)).toBe(true))

  it.each(['', 'PST', 'PDT', 'CST', 'IST', '-05:00', '+01:00', 'Mars/Phobos', 'SystemV/PST8', 'Europe', ' UTC'])(
    'is not «%s»',
    (zone) => expect(isTimeZone(zone)).toBe(false),
  )
})
