// Values of the model on their way in: JSON becomes what operations take, and every broken constraint is collected.
import { shapeOf, structureOf, type Dictionary, type List, type Model, type Structure } from '../model/model.ts'
import {
  brokenBy,
  brokenBySize,
  clausesOf,
  MUST_NOT_BE_NULL,
  mustBeOneOf,
  validationFailed,
  type Data,
  type Members,
  type Violation,
} from './constraints.ts'
import { unreadable } from './protocol-error.ts'

/**
 * An operation's input out of JSON. Members that the model does not have are ignored, null is absent, timestamps
 * become Date. Throws a SerializationException for a value of the wrong JSON type, else one ValidationException that
 * names every violation.
 */
export function readInput(model: Model, name: string, json: unknown): Members {
  const reading: Reading = { model, violations: [] }
  const input = readStructure(reading, structureOf(model, name), json, '')
  if (reading.violations.length) throw validationFailed(reading.violations)
  return input
}

interface Reading {
  readonly model: Model
  readonly violations: Violation[]
}

function readStructure(reading: Reading, shape: Structure, json: unknown, path: string): Members {
  if (!isObject(json)) throw wrongType(json, 'a structure', path)
  const value: Record<string, Data> = {}
  for (const member in shape.members) {
    const name = shape.members[member]
    const given = json[member]
    if (name !== undefined && given !== undefined && given !== null)
      value[member] = read(reading, name, given, pathTo(path, member))
    else if (shape.required?.includes(member)) report(reading, pathTo(path, member), undefined, [MUST_NOT_BE_NULL])
  }
  if (shape.union && Object.keys(value).length !== 1)
    report(reading, path, value, [mustBeOneOf(Object.keys(shape.members))])
  return value
}

function read(reading: Reading, name: string, json: unknown, path: string): Data {
  const shape = shapeOf(reading.model, name)
  if (shape.type === 'structure') return readStructure(reading, shape, json, path)
  if (shape.type === 'list') return readList(reading, shape, json, path)
  if (shape.type === 'map') return readMap(reading, shape, json, path)
  const value = readSimple(shape.type, json, path)
  report(reading, path, value, brokenBy(shape, value))
  return value
}

/** More than anybody mends at once; each is told with its value, which may be large. */
const MOST_VIOLATIONS = 50

function report({ violations }: Reading, path: string, value: Data | undefined, clauses: readonly string[]): void {
  for (const clause of clauses) if (violations.length < MOST_VIOLATIONS) violations.push({ path, value, clause })
}

/** Far more than any list or map of the model may have: it is not looked at one by one. */
const MOST_ELEMENTS = 10_000

function refuseMany(size: number, path: string): void {
  if (size > MOST_ELEMENTS) throw unreadable(`${path} has more than ${MOST_ELEMENTS} elements`)
}

function readList(reading: Reading, shape: List, json: unknown, path: string): Data[] {
  if (!Array.isArray(json)) throw wrongType(json, 'a list', path)
  refuseMany(json.length, path)
  const numbered = json.map((element: unknown, index) => [`${index + 1}`, element] as const)
  const value = readElements(reading, shape.member, numbered, path).map(([, element]) => element)
  report(reading, path, value, [
    ...brokenBySize(shape, json.length),
    ...brokenByElement(reading, shape.member, value, 'Member'),
  ])
  return value
}

function readMap(reading: Reading, shape: Dictionary, json: unknown, path: string): Members {
  if (!isObject(json)) throw wrongType(json, 'a map', path)
  refuseMany(Object.keys(json).length, path)
  const elements = readElements(reading, shape.value, Object.entries(json), path)
  const value = Object.fromEntries(elements)
  report(reading, path, value, [
    ...brokenBySize(shape, Object.keys(json).length),
    ...brokenByElement(reading, shape.key, Object.keys(json), 'Map keys'),
    ...brokenByElement(reading, shape.value, Object.values(value), 'Map value'),
  ])
  return value
}

type Simple = 'string' | 'integer' | 'boolean' | 'timestamp'

/** The elements of a list or map: compound ones name their own violations, of simple ones the collection does. */
function readElements(
  reading: Reading,
  name: string,
  json: readonly (readonly [string, unknown])[],
  path: string,
): [string, Data][] {
  const { type } = shapeOf(reading.model, name)
  const compound = type === 'structure' || type === 'list' || type === 'map'
  const elements: [string, Data][] = []
  for (const [key, given] of json) {
    const place = `${path}.${key}.member`
    if (given === null) report(reading, place, undefined, [MUST_NOT_BE_NULL])
    else elements.push([key, compound ? read(reading, name, given, place) : readSimple(type, given, place)])
  }
  return elements
}

function brokenByElement({ model }: Reading, name: string, values: readonly Data[], kind: string): string[] {
  const shape = shapeOf(model, name)
  return values.some((value) => brokenBy(shape, value).length)
    ? [`${kind} must satisfy constraint: [${clausesOf(shape)}]`]
    : []
}

function readSimple(type: Simple, json: unknown, path: string): string | number | boolean | Date {
  switch (type) {
    case 'string':
      if (typeof json === 'string') return json
      break
    case 'integer':
      if (typeof json === 'number' && (json | 0) === json) return json
      break
    case 'boolean':
      if (typeof json === 'boolean') return json
      break
    case 'timestamp':
      if (typeof json === 'number' && json >= FIRST_SECOND && json <= LAST_SECOND)
        return new Date(Math.round(json * 1000))
      break
  }
  throw wrongType(json, `${type === 'integer' ? 'an' : 'a'} ${type}`, path)
}

/** Years 1 to 9999: instants whose ISO form has 24 characters, so that it sorts. */
const FIRST_SECOND = Date.parse('0001-01-01T00:00:00Z') / 1000
const LAST_SECOND = Date.parse('9999-12-31T23:59:59Z') / 1000

/** AWS names members in messages by a lower-case first letter, in both APIs [inferred for contacts]. */
function pathTo(path: string, member: string): string {
  const name = member.charAt(0).toLowerCase() + member.slice(1)
  return path === '' ? name : `${path}.${name}`
}

const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

function wrongType(json: unknown, expected: string, path: string) {
  const found = json === null ? 'NULL' : Array.isArray(json) ? 'LIST' : isObject(json) ? 'STRUCTURE' : typeof json
  return unreadable(`${found.toUpperCase()}_VALUE can not be converted to ${expected}${path && ` at '${path}'`}`)
}
