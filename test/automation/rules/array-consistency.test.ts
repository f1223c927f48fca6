// Patterns over arrays of objects and over dotted names mean what they mean on AWS: each is compared with a second model of it.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches, parsePattern } from '../../../lib/automation/rules/pattern.ts'

// ---- The second model: an event as a flat list of values, and every choice of values tried. ----

type Elements = ReadonlyMap<object, number>
interface Held {
  readonly field: string
  readonly value: unknown
  readonly elements: Elements
}

/** Each value with the element of each array that it is inside of; an array's own plain values are inside of none of its elements. */
function flat(value: unknown, field = '', elements: Elements = new Map()): Held[] {
  if (Array.isArray(value))
    return value.flatMap((one: unknown, index) =>
      flat(one, field, typeof one === 'object' && one !== null ? new Map([...elements, [value, index]]) : elements),
    )
  if (typeof value !== 'object' || value === null) return [{ field, value, elements }]
  return Object.entries(value).flatMap(([name, one]) => flat(one, field === '' ? name : `${field}.${name}`, elements))
}

type Conditions = readonly (readonly [field: string, alternatives: readonly unknown[]])[]

function conditionsOf(pattern: object, field = ''): Conditions {
  return Object.entries(pattern).flatMap(([name, value]: [string, unknown]): Conditions => {
    const at = field === '' ? name : `${field}.${name}`
    if (Array.isArray(value)) return [[at, value]]
    return typeof value === 'object' && value !== null ? conditionsOf(value, at) : []
  })
}

const isSame = (one: Elements, other: Elements): boolean =>
  [...one].every(([array, index]) => (other.get(array) ?? index) === index)
const isExists = (alternative: unknown, exists: boolean): boolean =>
  typeof alternative === 'object' && alternative !== null && 'exists' in alternative && alternative.exists === exists

function takesAll(conditions: Conditions, held: readonly Held[], chosen: Elements): boolean {
  const [first, ...others] = conditions
  if (!first) return true
  const [field, alternatives] = first
  const visible = held.filter((one) => one.field === field && isSame(one.elements, chosen))
  const values = visible.filter(({ value }) => alternatives.some((it) => it === value || isExists(it, true)))
  if (values.some(({ elements }) => takesAll(others, held, new Map([...chosen, ...elements])))) return true
  return visible.length === 0 && alternatives.some((it) => isExists(it, false)) && takesAll(others, held, chosen)
}

/** As EventBridge compares: condition by condition in the order of the fields' names. */
const model = (pattern: object, event: object): boolean =>
  takesAll(
    conditionsOf(pattern).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    flat(event),
    new Map(),
  )

const takes = (pattern: object, event: object): boolean => matches(parsePattern(pattern, 'match'), event)
const compare = (pattern: object, event: object): boolean => {
  const expected = model(pattern, event)
  if (takes(pattern, event) !== expected)
    expect.fail(`${JSON.stringify(pattern)} should ${expected ? '' : 'not '}take ${JSON.stringify(event)}`)
  return expected
}

// ---- Comparisons ----

const ALTERNATIVES: readonly (readonly unknown[])[] = [
  [1],
  [2],
  [{ exists: true }],
  [{ exists: false }],
  [1, { exists: false }],
]
const ELEMENTS: readonly unknown[] = [
  {},
  { a: 1 },
  { b: 1 },
  { a: 1, b: 1 },
  { a: 2, b: 1 },
  { a: [1, 2] },
  { a: [], b: [2] },
  1,
  [{ a: 1 }, { b: 1 }],
]
const pairs = <A, B>(ones: readonly A[], others: readonly B[]): [A, B][] =>
  ones.flatMap((one) => others.map((other): [A, B] => [one, other]))

describe('a pattern over an array of objects', () => {
  it('takes what AWS takes, for every pair of conditions and every two and three elements', () => {
    const lists = pairs(ELEMENTS, ELEMENTS).flatMap((two) => [
      [...two],
      ...ELEMENTS.slice(0, 5).map((third) => [...two, third]),
    ])
    let taken = 0
    for (const [a, b] of pairs(ALTERNATIVES, ALTERNATIVES))
      for (const list of lists) if (compare({ d: { a, b } }, { d: list })) taken++
    expect(ALTERNATIVES.length ** 2 * lists.length).toBe(12_150)
    expect(taken).toBeGreaterThan(2000)
  })

  it.each([
    ['the element that a condition before has chosen', { a: [1], b: [{ exists: false }] }, true],
    ['every element where none has chosen', { a: [{ exists: false }], b: [1] }, false],
  ])('asks for absence in %s', (_, d, expected) => {
    const event = { d: [{ a: 1 }, { b: 1 }] }
    expect([takes({ d }, event), model({ d }, event)]).toEqual([expected, expected])
  })

  const name = fc.constantFrom('a', 'b', 'c', 'a.b', 'b.c', 'a.b.c')
  const alternatives = fc.constantFrom(...ALTERNATIVES)
  const { pattern, json } = fc.letrec<{ pattern: object; json: unknown }>((tie) => ({
    pattern: fc.dictionary(name, fc.oneof({ maxDepth: 2 }, alternatives, tie('pattern')), { minKeys: 1, maxKeys: 3 }),
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(1, 2),
      fc.dictionary(name, tie('json'), { maxKeys: 4 }),
      fc.array(tie('json'), { maxLength: 3 }),
    ),
  }))
  const asksOnce = (one: object): boolean => {
    const fields = conditionsOf(one).map(([field]) => field)
    return new Set(fields).size === fields.length
  }

  it('takes what AWS takes, however arrays, objects and dotted names are nested', () => {
    let taken = 0
    fc.assert(
      fc.property(pattern.filter(asksOnce), fc.dictionary(name, json, { maxKeys: 4 }), (one, event) => {
        if (compare(one, event)) taken++
      }),
      { numRuns: 5000 },
    )
    expect(taken).toBeGreaterThan(300)
  })

  it('means the same however its names and those of the event are written', () => {
    const dotted = (value: object): object =>
      Object.fromEntries(
        Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
          typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.keys(inner).length > 0
            ? Object.entries(dotted(inner)).map(([rest, leaf]) => [`${key}.${rest}`, leaf])
            : [[key, inner]],
        ),
      )
    const plain = fc.constantFrom('a', 'b', 'c')
    const nested = (leaf: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
      fc.dictionary(plain, fc.oneof(leaf, fc.dictionary(plain, leaf, { minKeys: 1, maxKeys: 2 })), {
        minKeys: 1,
        maxKeys: 3,
      })
    const leaf = fc.oneof(fc.constantFrom(1, 2), fc.array(fc.dictionary(plain, fc.constant(1)), { maxLength: 2 }))
    fc.assert(
      fc.property(nested(alternatives), nested(leaf), (one, event) => {
        const answers = pairs([one, dotted(one)], [event, dotted(event)]).map(([p, e]) => takes(p, e))
        expect(new Set(answers).size).toBe(1)
      }),
    )
  })

  it('finds dotted names on both sides', () => {
    for (const detail of [{ 'a.b': 'x' }, { a: { b: 'x' } }])
      for (const asked of [{ 'a.b': ['x'] }, { a: { b: ['x'] } }]) {
        expect(takes({ detail: asked }, { detail })).toBe(true)
        expect(takes({ detail: asked }, { 'detail.a.b': 'x' })).toBe(true)
        expect(takes({ detail: { 'a.b': ['y'] } }, { detail })).toBe(false)
      }
  })
})

describe('the time a comparison takes', () => {
  const best = (work: () => void): number =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const started = performance.now()
        work()
        return performance.now() - started
      }),
    )
  const some = (count: number, element: (index: number) => unknown): unknown[] =>
    Array.from({ length: count }, (_, index) => element(index))
  it.each([
    [
      'absence in each element',
      { d: { a: [1], b: [{ exists: false }] } },
      (n: number) => ({ d: some(n, () => ({ a: 1, b: 1 })) }),
    ],
    ['absence before', { d: { a: [{ exists: false }], b: [1] } }, (n: number) => ({ d: some(n, () => ({ b: 1 })) })],
    [
      'arrays side by side that fit, and a last condition that does not',
      { a: { x: [1] }, b: { x: [1] }, c: { x: [1] } },
      (n: number) => ({ a: some(n, () => ({ x: 1 })), b: some(n, () => ({ x: 1 })), c: [{ x: 2 }] }),
    ],
    [
      'one field written in every way',
      { d: { 'a.b.c': [1], 'a.b.d': [2], 'a.b.e': [{ exists: false }] } },
      (n: number) => ({ d: some(n, (at) => ({ 'a.b': [{ c: 1 }], a: { 'b.d': at, b: [{ d: 2 }, { e: at }] } })) }),
    ],
  ])('grows as the event does: %s', (_, pattern, eventOf) => {
    const [small, large] = [eventOf(20_000), eventOf(40_000)]
    const one = best(() => takes(pattern, small))
    expect(one).toBeLessThan(500)
    expect(best(() => takes(pattern, large))).toBeLessThan(Math.max(50, one * 5))
  })
})
