// The index over many patterns leaves out only what cannot match: it answers as if each pattern were compared in turn.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { firstOf } from '../../../lib/automation/rules/pattern-index.ts'
import { compilePattern, matches, parsePattern, type Pattern } from '../../../lib/automation/rules/pattern.ts'

const text = fc.constantFrom('', 'a', 'A', 'ab', 'abc', 'b', 'bc', 'c', 'cab')
const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, true, null, '1') },
)
const alternative = fc.oneof(
  scalar,
  text.map((prefix) => ({ prefix })),
  text.map((suffix) => ({ suffix })),
  text.map((operand) => ({ 'equals-ignore-case': operand })),
  text.map((operand) => ({ prefix: { 'equals-ignore-case': operand } })),
  fc.constantFrom({ wildcard: 'a*' }, { wildcard: '*b*' }, { numeric: ['<', 1] }, { 'anything-but': ['a', 'b'] }),
  fc.boolean().map((exists) => ({ exists })),
)
const alternatives = fc.array(alternative, { minLength: 1, maxLength: 3 })
const fields = (holding: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
  fc.dictionary(fc.constantFrom('source', 'kind', 'resources', 'constructor'), holding, { minKeys: 1, maxKeys: 3 })
const level = fields(alternatives)
const pattern = fc.oneof(
  level,
  fc.tuple(level, level).map(([top, detail]): object => ({ ...top, detail })),
  fc.tuple(level, level, level).map(([top, one, other]): object => ({ ...top, $or: [one, { detail: other }] })),
)
/** Single values, lists of them, lists in lists, and objects in lists. */
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 2 }), fields(scalar))) },
)
const event = fc.record({
  top: fields(value),
  detail: fc.oneof(fields(value), fc.array(fields(value), { maxLength: 2 }), scalar),
})

it('finds the pattern that comparing one after the other finds', () => {
  let found = 0
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 70 }), fc.array(event, { minLength: 1 }), (written, events) => {
      const patterns: Pattern[] = written.map((json) => parsePattern(json, 'match'))
      const first = firstOf(patterns.map((it) => compilePattern(it, 'match')))
      for (const { top, detail } of events) {
        const whole = { ...top, detail }
        const plain = patterns.findIndex((it) => matches(it, whole))
        if (plain >= 0) found++
        expect(first(whole)).toBe(plain)
      }
    }),
    { numRuns: 1000 },
  )
  expect(found).toBeGreaterThan(1000)
})

it('takes the first of several in their order, however many stand before it', () => {
  const patterns = Array.from({ length: 100 }, (_, at) => ({ source: [at < 63 ? `a${at}` : { prefix: 'z' }] }))
  const first = firstOf(patterns.map((it) => compilePattern(it, 'match')))
  expect([first({ source: 'a0' }), first({ source: 'a62' }), first({ source: 'zz' }), first({})]).toEqual([
    0, 62, 63, -1,
  ])
  expect(firstOf([])({ source: 'a' })).toBe(-1)
})
