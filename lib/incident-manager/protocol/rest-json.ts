// restJson1, the protocol of the incidents API: operations by method and path, errors by header and body.
import { shapeOf, structureOf, type Model, type OperationModel } from '../model/model.ts'
import type { HttpRequest, HttpResponse } from './http.ts'
import { ProtocolError, unreadable } from './protocol-error.ts'
import { jsonBody, type Call, type Wire } from './wire.ts'

const JSON_TYPE = 'application/json'

export function restJson(model: Model): Wire {
  const find = router(model)
  return {
    model,
    read: (request) => {
      const { label, ...route } = find(request)
      return { ...route, input: inputOf(model, route.operation, request, label) }
    },
    answer: ({ status }, output) => (status === 204 ? { status, headers: {}, body: '' } : json(status, output)),
    // The header is what the protocol asks for; some clients and proxies leave only the body.
    refuse: ({ name, status, members }) => json(status, { __type: name, ...members }, { 'x-amzn-errortype': name }),
  }
}

const json = (status: number, body: object, headers: HttpResponse['headers'] = {}): HttpResponse => ({
  status,
  headers: { 'content-type': JSON_TYPE, ...headers },
  body: JSON.stringify(body),
})

type Route = Omit<Call, 'input'> & { readonly label?: string }

/** A label is one encoded segment, or several where a proxy has decoded it (api-facts, ssm-incidents). */
function router(model: Model): (request: HttpRequest) => Route {
  const exact = new Map<string, Route>()
  const prefixed = new Map<string, Route>()
  for (const [name, operation] of Object.entries(model.operations)) {
    const [prefix = '', label] = operation.path.split('{')
    const routes = label === undefined ? exact : prefixed
    routes.set(`${operation.method} ${prefix}`, { name, operation })
  }
  return ({ method, path }) => {
    const route = exact.get(`${method} ${path}`)
    if (route) return route
    const labelStart = path.indexOf('/', 1) + 1
    const label = path.slice(labelStart)
    const labelled = labelStart > 0 && label ? prefixed.get(`${method} ${path.slice(0, labelStart)}`) : undefined
    if (!labelled) {
      const name = path.slice(path.lastIndexOf('/'))
      // A client was given an endpoint with a path.
      const words = exact.has(`${method} ${name}`) ? `, but ${name}: take the path out of the endpoint` : ''
      throw new ProtocolError('UnknownOperationException', 404, `There is no operation ${method} ${path}${words}`)
    }
    return { ...labelled, label: decoded(label) }
  }
}

function decoded(label: string): string {
  try {
    return decodeURIComponent(label)
  } catch {
    throw unreadable('The path is not properly percent-encoded')
  }
}

/** The members of the body together with those that travel in the path and the query string. */
function inputOf(model: Model, operation: OperationModel, request: HttpRequest, label: string | undefined): unknown {
  const input = structureOf(model, operation.input)
  const elsewhere = [...(input.query ?? []), ...(input.label === undefined ? [] : [input.label])]
  const body = elsewhere.length < Object.keys(input.members).length ? jsonBody(request, JSON_TYPE) : {}
  if (!elsewhere.length) return body
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw unreadable('The body is not a JSON object')
  const query = new URLSearchParams(request.query)
  const located = elsewhere.map((name) => {
    if (name === input.label) return [name, label]
    const list = shapeOf(model, input.members[name] ?? name).type === 'list'
    return [name, list && query.has(name) ? query.getAll(name) : query.get(name)]
  })
  return { ...body, ...Object.fromEntries(located) }
}
