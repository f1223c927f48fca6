// The first of many patterns that takes an event: most are ruled out by a few look-ups, and only the others are compared.
import { ABSENT, EventFields, type FieldValue, isList, MANY } from './event-fields.ts'
import { isObject, isScalar, type Scalar } from './operators.ts'
import { type Asked, type CompiledPattern, holds } from './pattern.ts'

/**
 * Answers the position of the first pattern that takes an event, or -1. Each way of a pattern has a bit. Where a field may
 * only have a value, a beginning or an end from a list, the event's own is looked up, and the bits of all other ways go.
 */
export function firstOf(patterns: readonly CompiledPattern[]): (event: object) => number {
  const ways = patterns.flatMap((pattern, position) =>
    pattern.ways.map((asked) => ({
      asked,
      compared: asked.filter((one) => !keysOf(one.alternatives)),
      pattern,
      position,
    })),
  )
  const sieves = sievesOf(ways.map(({ asked }) => asked))
  const all = allBits(ways.length)
  return (event) => {
    const values = new EventFields(event)
    const left = all.slice()
    for (const sieve of sieves) keep(left, sieve, values.get(sieve.field))
    for (let word = 0; word < left.length; word++)
      for (let rest = left[word] ?? 0; rest !== 0; rest &= rest - 1) {
        const way = ways[word * BITS + lowestBit(rest)]
        if (way && mayHold(way.compared, values) && way.pattern.takes(values)) return way.position
      }
    return -1
  }
}

function mayHold(conditions: readonly Asked[], values: EventFields): boolean {
  for (const { field, test } of conditions) {
    const value = values.get(field)
    if (value !== MANY && !holds(test, value)) return false
  }
  return true
}

const BITS = 32
type Bits = number[]

/** What values of one field leave. */
interface Sieve {
  readonly field: number
  /** The ways that do not care. */
  readonly indifferent: Bits
  /** The ways that take that the field is absent, and those that do not care. */
  readonly absent: Bits
  readonly lookUps: LookUp[]
}

interface LookUp extends Pick<Key, 'name' | 'part'> {
  /** The ways that a value leaves. */
  readonly ways: Map<Scalar, Bits>
}

function sievesOf(ways: readonly (readonly Asked[])[]): readonly Sieve[] {
  const sieves = new Map<number, Sieve>()
  for (const [way, asked] of ways.entries())
    for (const { field, test, alternatives } of asked) {
      const keys = keysOf(alternatives)
      if (!keys) continue
      const known = sieves.get(field)
      // A second condition of the way on the same field may only be compared.
      if (known && !has(known.indifferent, way)) continue
      const all = allBits(ways.length)
      const sieve = known ?? { field, indifferent: all, absent: all.slice(), lookUps: [] }
      sieves.set(field, sieve)
      clear(sieve.indifferent, way)
      if (!test.acceptsAbsence) clear(sieve.absent, way)
      for (const { name, part, value } of keys) {
        let lookUp = sieve.lookUps.find((other) => other.name === name)
        if (!lookUp) sieve.lookUps.push((lookUp = { name, part, ways: new Map() }))
        const bits = lookUp.ways.get(value) ?? all.map(() => 0)
        set(bits, way)
        lookUp.ways.set(value, bits)
      }
    }
  return [...sieves.values()]
}

interface Key {
  readonly name: string
  /** The part of a text that must be equal to the value. */
  readonly part: (text: string) => string
  readonly value: Scalar
}

/** A test as look-ups of which one must succeed; undefined where it can only be compared. */
function keysOf(alternatives: readonly unknown[]): readonly Key[] | undefined {
  const keys = alternatives.filter((alternative) => !isAbsence(alternative)).map(keyOf)
  return keys.every((key) => key !== undefined) ? keys : undefined
}

const isAbsence = (alternative: unknown): boolean => isObject(alternative) && alternative['exists'] === false

/** The look-up of a value as it is. */
const VALUE = 'value'

/** An alternative as a look-up; undefined where it can only be compared. */
function keyOf(alternative: unknown): Key | undefined {
  if (isScalar(alternative)) return { name: VALUE, part: (text) => text, value: alternative }
  const [[operator, value] = ['', undefined]] = isObject(alternative) ? Object.entries(alternative) : []
  if (typeof value !== 'string') return undefined
  const { length } = value
  switch (operator) {
    case 'prefix':
      return { name: `prefix ${length}`, part: (text) => text.slice(0, length), value }
    case 'suffix':
      return { name: `suffix ${length}`, part: (text) => text.slice(Math.max(0, text.length - length)), value }
    case 'equals-ignore-case':
      return { name: operator, part: (text) => text.toLowerCase(), value: value.toLowerCase() }
    default:
      return undefined
  }
}

function keep(left: Bits, { indifferent, absent, lookUps }: Sieve, value: FieldValue): void {
  if (value === MANY) return
  if (value === ABSENT) return and(left, absent)
  const fits = indifferent.slice()
  if (isList(value)) for (const one of value) add(fits, lookUps, one)
  else add(fits, lookUps, value)
  and(left, fits)
}

function add(fits: Bits, lookUps: readonly LookUp[], value: Scalar): void {
  for (const { name, part, ways } of lookUps) {
    const found = typeof value === 'string' ? ways.get(part(value)) : name === VALUE ? ways.get(value) : undefined
    if (found) for (let word = 0; word < fits.length; word++) fits[word] = (fits[word] ?? 0) | (found[word] ?? 0)
  }
}

const allBits = (count: number): Bits => Array.from({ length: Math.ceil(count / BITS) }, () => -1)
const has = (bits: Bits, at: number): boolean => ((bits[Math.floor(at / BITS)] ?? 0) & (1 << (at % BITS))) !== 0
const lowestBit = (bits: number): number => BITS - 1 - Math.clz32(bits & -bits)

function set(bits: Bits, at: number): void {
  bits[Math.floor(at / BITS)] = (bits[Math.floor(at / BITS)] ?? 0) | (1 << (at % BITS))
}
function clear(bits: Bits, at: number): void {
  bits[Math.floor(at / BITS)] = (bits[Math.floor(at / BITS)] ?? 0) & ~(1 << (at % BITS))
}
function and(bits: Bits, others: Bits): void {
  for (let word = 0; word < bits.length; word++) bits[word] = (bits[word] ?? 0) & (others[word] ?? 0)
}
