// An operation's input as the bytes that a client sends, also where no client would send such a thing.
import { structureOf, type Model } from '../../../lib/incident-manager/model/model.ts'
import type { HttpRequest } from '../../../lib/incident-manager/protocol/http.ts'

/** The request of `operation`: members that travel in the path and the query there, a Date as epoch seconds. */
export function encode(model: Model, operation: string, input: object): HttpRequest {
  const { method = '', path = '', input: shape = '' } = model.operations[operation] ?? {}
  const { label, query: inQuery = [], members: known } = structureOf(model, shape)
  const query = new URLSearchParams()
  const body: Record<string, unknown> = {}
  let labelText = ''
  for (const [name, value] of Object.entries<unknown>({ ...input })) {
    if (name === label) labelText = String(value)
    else if (!inQuery.includes(name)) body[name] = value
    else for (const one of [value].flat()) query.append(name, String(one))
  }
  const hasBody = method !== 'GET' && inQuery.length + (label === undefined ? 0 : 1) < Object.keys(known).length
  return {
    method,
    path: path.replace(/\{.*\}/u, () => encodeURIComponent(labelText.toWellFormed())),
    query: query.toString(),
    headers: headersOf(model, operation),
    body: Buffer.from(hasBody ? JSON.stringify(inSeconds(body)) : ''),
  }
}

const headersOf = ({ service }: Model, operation: string): HttpRequest['headers'] =>
  service === 'ssm-incidents'
    ? { 'content-type': 'application/json' }
    : { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `SSMContacts.${operation}` }

function inSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  if (Array.isArray(value)) return value.map(inSeconds)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inSeconds(member)]))
}
