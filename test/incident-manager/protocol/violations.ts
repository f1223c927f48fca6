// Every way to break one constraint of an input, made from the model, and what AWS says about it: the words are written
// down here a second time, from AWS's documentation, so that they are compared with something.
import {
  shapeOf,
  type Model,
  type Shape,
  type Structure,
  type Text,
} from '../../../lib/incident-manager/model/model.ts'
import { sample } from './samples.ts'

export type Value = string | number | boolean | null | Date | Value[] | Members
interface Members {
  readonly [name: string]: Value | undefined
}

/** Of a refusal. `value` is undefined where there is none. */
interface Sentence {
  readonly path: string
  readonly value: Value | undefined
  readonly clause: string
}

export interface Violation {
  readonly kind: string
  /** The whole input, right but for one place. */
  readonly broken: Value
  /** What a ValidationException names, or what a SerializationException says. */
  readonly says: readonly Sentence[] | string
}

/** Every violation of an input's shape. */
export const violationsOf = (model: Model, input: string): Violation[] =>
  within(model, input, sample(model, input, 'full'), '')

/** The words of a ValidationException, as api-facts has them from the real service. */
export function messageOf(sentences: readonly Sentence[]): string {
  const said = ({ path, value, clause }: Sentence): string =>
    `Value ${value === undefined ? 'null' : `'${shown(value)}'`} at '${path}' failed to satisfy constraint: ${clause}`
  const plural = sentences.length === 1 ? '' : 's'
  return `${sentences.length} validation error${plural} detected: ${sentences.map(said).join('; ')}`
}

function within(model: Model, name: string, value: Value, path: string): Violation[] {
  const shape = shapeOf(model, name)
  const typed = wrongTypes(shape).map(({ broken, says }) => ({
    kind: 'wrong type',
    broken,
    says: path ? `${says} at '${path}'` : says,
  }))
  switch (shape.type) {
    case 'structure':
      return [...typed, ...inStructure(model, shape, value, path)]
    case 'list': {
      const element = Array.isArray(value) ? (value[0] ?? '') : ''
      return [
        ...typed,
        ...bySize(shape, path, (size) => Array.from({ length: size }, () => element)),
        ...inElement(model, shape.member, element, path, { place: '1', words: 'Member', around: (broken) => [broken] }),
      ]
    }
    case 'map': {
      const [key = '', element = ''] = isMembers(value) ? (Object.entries(value)[0] ?? []) : []
      const keys = shapeOf(model, shape.key)
      const around = (broken: Value): Value => ({ [key]: broken })
      return [
        ...typed,
        ...bySize(shape, path, (size) =>
          Object.fromEntries(Array.from({ length: size }, (_, n) => [`${key}${n}`, element])),
        ),
        ...inSimple(keys, key).map(({ broken: badKey }) => {
          const broken = { [String(badKey)]: element }
          const clause = `Map keys must satisfy constraint: [${clausesOf(keys)}]`
          return { kind: 'map key', broken, says: [{ path, value: broken, clause }] }
        }),
        ...inElement(model, shape.value, element, path, { place: key, words: 'Map value', around }),
      ]
    }
    case 'string':
    case 'integer':
    case 'boolean':
    case 'timestamp':
      return [
        ...typed,
        ...inSimple(shape, value).map(({ kind, broken }) => {
          const says = clausesBrokenBy(shape, broken).map((clause) => ({ path, value: broken, clause }))
          return { kind, broken, says }
        }),
      ]
  }
}

const isMembers = (value: Value | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

function inStructure(model: Model, shape: Structure, value: Value, path: string): Violation[] {
  const whole = isMembers(value) ? value : {}
  const names = Object.keys(shape.members)
  const sampleOf = (name: string): Value => whole[name] ?? sample(model, shape.members[name] ?? '', 'full')
  const inMembers = names.flatMap((name) => {
    const place = `${path && `${path}.`}${name.charAt(0).toLowerCase()}${name.slice(1)}`
    const others = shape.union ? {} : whole
    const found = within(model, shape.members[name] ?? '', sampleOf(name), place)
    const inside = found.map((violation) => ({ ...violation, broken: { ...others, [name]: violation.broken } }))
    if (!shape.required?.includes(name)) return inside
    const { [name]: _, ...rest } = whole
    const sentence = { path: place, value: undefined, clause: 'Member must not be null' }
    return [{ kind: 'required', broken: rest, says: [sentence] }, ...inside]
  })
  if (!shape.union) return inMembers
  const clause = `Member must have exactly one of [${names.join(', ')}]`
  const several = Object.fromEntries(names.slice(0, 2).map((name) => [name, sampleOf(name)]))
  return [
    ...inMembers,
    { kind: 'union without a member', broken: {}, says: [{ path, value: {}, clause }] },
    ...(names.length > 1
      ? [{ kind: 'union with two members', broken: several, says: [{ path, value: several, clause }] }]
      : []),
  ]
}

interface Collection {
  readonly place: string
  readonly words: string
  readonly around: (element: Value) => Value
}

/** Elements that are compound name their own violations; of simple ones the collection does. */
function inElement(model: Model, name: string, value: Value, path: string, collection: Collection): Violation[] {
  const { place, words, around } = collection
  const shape = shapeOf(model, name)
  const at = `${path}.${place}.member`
  const compound = shape.type === 'structure' || shape.type === 'list' || shape.type === 'map'
  const missing = { path: at, value: undefined, clause: 'Member must not be null' }
  const found = within(model, name, value, at).map((violation) => {
    const broken = around(violation.broken)
    if (compound || typeof violation.says === 'string') return { ...violation, broken }
    const clause = `${words} must satisfy constraint: [${clausesOf(shape)}]`
    return { ...violation, broken, says: [{ path, value: broken, clause }] }
  })
  return [{ kind: 'null element', broken: around(null), says: [missing] }, ...found]
}

interface Limits {
  readonly min?: number
  readonly max?: number
}
const AT_LEAST = (what: string, { min }: Limits): string => `Member must have ${what} greater than or equal to ${min}`
const AT_MOST = (what: string, { max }: Limits): string => `Member must have ${what} less than or equal to ${max}`
const MATCHING = ({ pattern }: Text): string => `Member must satisfy regular expression pattern: ${pattern}`
const ONE_OF = (values: readonly string[]): string => `Member must satisfy enum value set: [${values.join(', ')}]`

function bySize(shape: Limits, path: string, ofSize: (size: number) => Value): Violation[] {
  const { min = 0, max } = shape
  const violation = (kind: string, value: Value, clause: string): Violation => ({
    kind,
    broken: value,
    says: [{ path, value, clause }],
  })
  return [
    ...(min > 0 ? [violation('too few', ofSize(min - 1), AT_LEAST('length', shape))] : []),
    ...(max === undefined ? [] : [violation('too many', ofSize(max + 1), AT_MOST('length', shape))]),
  ]
}

const MISFITS = ['☃☃☃☃☃☃', '      ', 'aws:☃']

/** Values near `right` that break a constraint of a simple shape. */
function inSimple(shape: Shape, right: Value): { kind: string; broken: string | number }[] {
  if (shape.type === 'integer')
    return [
      ...(shape.min === undefined ? [] : [{ kind: 'too small', broken: shape.min - 1 }]),
      ...(shape.max === undefined ? [] : [{ kind: 'too great', broken: shape.max + 1 }]),
    ]
  if (shape.type !== 'string' || typeof right !== 'string') return []
  const { min = 0, max } = shape
  const misfit = MISFITS.find((text) => !fits(shape, text))
  return [
    ...(shape.enum ? [{ kind: 'enum', broken: 'NO_SUCH_VALUE' }] : []),
    ...(misfit === undefined ? [] : [{ kind: 'pattern', broken: misfit }]),
    ...(max === undefined
      ? []
      : [{ kind: 'too long', broken: right + 'x'.repeat(max + 1 - Array.from(right).length) }]),
    ...(min > 0 ? [{ kind: 'too short', broken: right.slice(0, min - 1) }] : []),
  ]
}

/** Whole values match, but what asks for `\S` searches (api-facts, Both). */
const fits = ({ pattern = '' }: Text, text: string): boolean =>
  new RegExp(pattern.includes('.*\\S.*') ? pattern : `^(?:${pattern || '[^]*'})$`, 'u').test(text)

function clausesBrokenBy(shape: Shape, value: string | number): string[] {
  if (shape.type === 'integer')
    return [value === (shape.max ?? 0) + 1 ? AT_MOST('value', shape) : AT_LEAST('value', shape)]
  if (shape.type !== 'string' || typeof value !== 'string') return []
  const length = Array.from(value).length
  return [
    ...(shape.enum ? [ONE_OF(shape.enum)] : []),
    ...(fits(shape, value) ? [] : [MATCHING(shape)]),
    ...(length > (shape.max ?? Infinity) ? [AT_MOST('length', shape)] : []),
    ...(length < (shape.min ?? 0) ? [AT_LEAST('length', shape)] : []),
  ]
}

/** Of elements AWS names every clause of their shape, whichever is broken. */
function clausesOf(shape: Shape): string {
  if (shape.type !== 'string' && shape.type !== 'integer') return ''
  const what = shape.type === 'string' ? 'length' : 'value'
  return [
    ...(shape.max === undefined ? [] : [AT_MOST(what, shape)]),
    ...(shape.min === undefined ? [] : [AT_LEAST(what, shape)]),
    ...(shape.type === 'string' && shape.pattern !== undefined ? [MATCHING(shape)] : []),
    ...(shape.type === 'string' && shape.enum ? [ONE_OF(shape.enum)] : []),
  ].join(', ')
}

const WRONG: Readonly<Record<Shape['type'], readonly { broken: Value; says: string }[]>> = {
  structure: [{ broken: 'x', says: 'STRING_VALUE can not be converted to a structure' }],
  list: [{ broken: {}, says: 'STRUCTURE_VALUE can not be converted to a list' }],
  map: [{ broken: [], says: 'LIST_VALUE can not be converted to a map' }],
  string: [{ broken: 7, says: 'NUMBER_VALUE can not be converted to a string' }],
  integer: [
    { broken: '7', says: 'STRING_VALUE can not be converted to an integer' },
    { broken: 1.5, says: 'NUMBER_VALUE can not be converted to an integer' },
  ],
  boolean: [{ broken: 'true', says: 'STRING_VALUE can not be converted to a boolean' }],
  timestamp: [{ broken: '2025-11-08T03:04:05Z', says: 'STRING_VALUE can not be converted to a timestamp' }],
}
const wrongTypes = ({ type }: Shape): (typeof WRONG)[Shape['type']] => WRONG[type]

function shown(value: Value | undefined): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (value instanceof Date) return value.toISOString()
  if (!isMembers(value)) return String(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}=${shown(member)}`)
    .join(', ')}}`
}
