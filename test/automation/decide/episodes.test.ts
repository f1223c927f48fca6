// What an episode promises, whatever order, delay or repetition its alarm changes arrive in.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlarmStateChange } from '../../../lib/automation/sources/signal.ts'
import { after, alarmChange, isFiring, Outside } from './outside.ts'

const state = fc.constantFrom('OK' as const, 'ALARM' as const, 'INSUFFICIENT_DATA' as const)
const changes = fc
  .array(fc.record({ state, second: fc.integer({ min: 0, max: 120 }), alarm: fc.constantFrom('one', 'two') }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((list) => list.map(({ state: value, second, alarm }) => alarmChange(value, after(second), alarm)))
/** What happened, in an order of delivery with repetitions. */
const deliveries = changes.chain((facts) =>
  fc
    .tuple(
      fc.shuffledSubarray(facts, { minLength: facts.length }),
      fc.array(fc.nat({ max: facts.length - 1 }), { maxLength: 6 }),
    )
    .map(([order, again]) => ({
      facts,
      order: again.reduce<AlarmStateChange[]>((list, at, index) => insert(list, facts[at], index * 2), [...order]),
    })),
)
const insert = <T>(list: T[], element: T | undefined, at: number): T[] =>
  element ? list.toSpliced(at, 0, element) : list
const runs = { numRuns: 500 }

/** Delivers everything two minutes after it began (so within the quiet time), one after the other. */
function delivered(order: readonly AlarmStateChange[]): Outside {
  const outside = new Outside()
  order.forEach((change, index) => outside.signal(change, after(125 + index / 100)))
  return outside
}

const finalState = (outside: Outside) => ({
  subjects: outside.episode.subjects,
  fires: isFiring(outside.episode),
  open: outside.incidents.filter(({ status }) => status === 'OPEN').length > 0,
})

describe('an episode', () => {
  it('has at most one open incident per key, and opens one whenever its last word is ALARM', () => {
    fc.assert(
      fc.property(deliveries, ({ order }) => {
        const outside = delivered(order)
        expect(outside.incidents.filter(({ status }) => status === 'OPEN').length).toBeLessThanOrEqual(1)
        if (isFiring(outside.episode)) expect(outside.episode.incident?.arn).toBeDefined()
      }),
      runs,
    )
  })

  it('ends in the same state for every order of delivery of the same facts', () => {
    fc.assert(
      fc.property(deliveries, ({ facts, order }) => {
        const inOrder = facts.toSorted((a, b) => a.at.getTime() - b.at.getTime())
        const expected = finalState(delivered(inOrder))
        const actual = finalState(delivered(order))
        expect(actual.subjects).toEqual(expected.subjects)
        expect(actual.fires).toBe(expected.fires)
        // Whether an incident is open follows from the facts alone where something fires at the end.
        if (actual.fires) expect(actual.open).toBe(true)
      }),
      runs,
    )
  })

  it('tells every change once on the timeline of an incident that is open', () => {
    fc.assert(
      fc.property(deliveries, ({ facts, order }) => {
        const outside = delivered(order)
        const told = outside.incidents.flatMap(({ timeline }) => timeline)
        expect(new Set(told).size).toBe(told.length)
        const distinct = new Set(facts.map((fact) => `${fact.alarm.arn} ${fact.state} ${fact.at.getTime()}`))
        if (outside.incidents.length) expect(told.length).toBe(distinct.size)
      }),
      runs,
    )
  })

  it('never resolves while something fires or on missing data, and resolves after OK and the quiet time', () => {
    fc.assert(
      fc.property(deliveries, fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 8 }), ({ order }, sweeps) => {
        const outside = new Outside()
        order.forEach((change, index) => {
          outside.signal(change, after(125 + index * 60))
          if (sweeps.includes(index)) outside.sweep(after(126 + index * 60))
        })
        const resolved = (): number => outside.incidents.filter(({ status }) => status === 'RESOLVED').length
        const before = resolved()
        for (let minute = 0; minute < 60; minute++) outside.sweep(after(125 + order.length * 60 + minute * 60))
        expect(outside.resolvedWhileFiring).toEqual([])
        const states = Object.values(outside.episode.subjects).map((subject) => subject.state)
        expect(resolved()).toBe(states.every((each) => each === 'OK') ? outside.incidents.length : before)
      }),
      runs,
    )
  })

  it('opens a new incident for the next firing after a human resolved it, and none for anything else', () => {
    const outside = new Outside()
    outside.signal(alarmChange('ALARM', after(0)), after(1))
    outside.record('incident-1').status = 'RESOLVED'
    outside.signal(alarmChange('INSUFFICIENT_DATA', after(10)), after(11))
    expect(outside.incidents).toHaveLength(1)
    outside.signal(alarmChange('ALARM', after(20)), after(21))
    expect(outside.incidents).toHaveLength(2)
  })
})
