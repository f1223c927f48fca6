// Random requests made from the model: right ones, ones that are broken in one place, and ones that no client would send.
import fc from 'fast-check'
import { structureOf, type Model } from '../../../lib/incident-manager/model/model.ts'
import { ssmContacts } from '../../../lib/incident-manager/model/ssm-contacts.generated.ts'
import { ssmIncidents } from '../../../lib/incident-manager/model/ssm-incidents.generated.ts'
import type { HttpRequest } from '../../../lib/incident-manager/protocol/http.ts'
import { encode } from './encode.ts'
import { members, resolved, STRANGE, type Known } from './fuzz-values.ts'
import { violationsOf, type Value } from './violations.ts'

export interface Fuzzed {
  readonly model: Model
  /** What it would be, were nothing wrong with the wire. */
  readonly operation: string
  readonly what: string
  readonly request: (known: Known) => HttpRequest
  readonly [fc.toStringMethod]: () => string
}

/** JSON that stands in the body as it is written here. */
const RAW = [
  '1e999',
  '-1e999',
  '-0',
  '1.0',
  '1e2',
  '0.1',
  '9007199254740993',
  '123456789012345678901234567890',
  '1e-400',
]
  .concat(['true', 'false', 'null', '""', '"NaN"', '"\\ud800"', '"\\u0000"', '[]', '{}', '[[]]', '[null]', '{"":""}'])
  .concat(['{"__proto__":{"x":1}}', '{"constructor":{"prototype":1}}', '{"toString":"x","valueOf":1}', '[{"a":[{}]}]'])
  .concat([
    `${'['.repeat(9000)}${']'.repeat(9000)}`,
    `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`,
    `"${'x'.repeat(9000)}"`,
  ])
const raw = fc.nat({ max: RAW.length - 1 }).map((index) => `@raw:${index}@`)

const places = (value: Value, path: string[] = []): string[][] => {
  if (typeof value !== 'object' || value === null || value instanceof Date) return [path]
  return [path, ...Object.entries(value).flatMap(([name, inner]) => places(inner ?? null, [...path, name]))]
}
function replaced(value: Value, [name, ...rest]: string[], by: Value): Value {
  if (name === undefined) return by
  if (Array.isArray(value))
    return value.map((element, index) => (`${index}` === name ? replaced(element, rest, by) : element))
  if (typeof value !== 'object' || value === null || value instanceof Date) return by
  return { ...value, [name]: replaced(value[name] ?? null, rest, by) }
}

const stranger = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'unknown', '', 'length')

/** Requests on which something is wrong outside of the input. */
const WIRES: readonly ((request: HttpRequest, junk: string, at: number) => HttpRequest)[] = [
  (request) => ({ ...request, body: Buffer.alloc(1024 * 1024 + 1, ' ') }),
  (request, junk) => ({ ...request, body: Buffer.from(junk) }),
  (request, _, at) => ({ ...request, body: request.body.subarray(0, at % (request.body.length + 1)) }),
  (request, _, at) => ({ ...request, body: request.body.map((byte, index) => (index === at % 97 ? byte ^ at : byte)) }),
  (request, _, at) => ({ ...request, method: ['PUT', 'PATCH', 'GET', 'DELETE', 'HEAD', ''][at % 6] ?? '' }),
  (request, junk) => ({ ...request, headers: { ...request.headers, 'content-type': junk } }),
  (request) => ({ ...request, headers: { 'x-amz-target': request.headers['x-amz-target'] } }),
  (request, junk) => ({ ...request, headers: { ...request.headers, 'x-amz-target': `SSMContacts.${junk}` } }),
  (request, junk) => ({ ...request, path: `${request.path}${junk}` }),
  (request, junk) => ({ ...request, path: `/tags/${junk}` }),
  (request, junk) => ({
    ...request,
    query: `${request.query}&arn=${junk}&resourceArn=${junk}&tagKeys=${junk}&eventId`,
  }),
  (request, _, at) => ({ ...request, query: request.query.slice(0, at % (request.query.length + 1)) }),
]

const APIS = [ssmIncidents, ssmContacts]
const every = APIS.flatMap((model) => Object.keys(model.operations).map((operation) => ({ model, operation })))

/** Each operation's requests. What deletes comes seldom, and what makes more often. */
export const requests: fc.Arbitrary<Fuzzed> = fc.oneof(
  ...every.map(({ model, operation }) => {
    const input = structureOf(model, model.operations[operation]?.input ?? '')
    const rights = members(model, operation, input)
    const wrongs = violationsOf(model, model.operations[operation]?.input ?? '')
    const make = (what: string, value: Value, wire = (request: HttpRequest): HttpRequest => request): Fuzzed => ({
      model,
      operation,
      what,
      request: (known) => wire(sent(model, operation, value, known)),
      [fc.toStringMethod]: () => `${operation}: ${what}`,
    })
    const weight = /^Create|^Start/u.test(operation) ? 4 : operation.startsWith('Delete') ? 1 : 3
    const arbitrary = fc.oneof(
      { weight: 10, arbitrary: rights.map((value) => make('right', value)) },
      {
        weight: wrongs.length ? 3 : 0,
        arbitrary: fc.nat().map((at) => {
          const { kind = '', broken = {} } = wrongs[at % Math.max(1, wrongs.length)] ?? {}
          return make(kind, broken)
        }),
      },
      {
        weight: 5,
        arbitrary: fc.tuple(rights, raw, fc.nat()).map(([value, by, at]) => {
          const path = places(value)[at % places(value).length] ?? []
          return make(`another value at ${path.join('.')}`, replaced(value, path, by))
        }),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(rights, stranger, fc.oneof(raw, fc.string()))
          .map(([value, name, of]) =>
            make(`a member ${name}`, Object.fromEntries([...Object.entries(value), [name, of]])),
          ),
      },
      {
        weight: 4,
        arbitrary: fc
          .tuple(
            rights,
            fc.nat({ max: WIRES.length - 1 }),
            fc.oneof(fc.constantFrom(...STRANGE), fc.string()),
            fc.nat(),
          )
          .map(([value, wire, junk, at]) =>
            make(`the wire ${wire}`, value, (request) => WIRES[wire]?.(request, junk, at) ?? request),
          ),
      },
    )
    return { weight, arbitrary }
  }),
)

function sent(model: Model, operation: string, value: Value, known: Known): HttpRequest {
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  const whole = resolved(object ? value : {}, known)
  const request = encode(model, operation, Object(whole))
  const body = object ? Buffer.from(request.body).toString() : JSON.stringify(value)
  return { ...request, body: Buffer.from(body.replaceAll(/"@raw:(\d+)@"/gu, (_, index) => RAW[Number(index)] ?? '')) }
}
