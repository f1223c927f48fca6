// One port for everything: tells requests apart as the local contract says, and lets nobody in but this machine's clients.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Clock } from '../aws/clock.ts'
import type { HttpRequest } from '../incident-manager/protocol/http.ts'
import { answerJson, answerQuery, type AwsApi } from './aws-wire.ts'
import { RefusedEvents, putEvents, type Bus } from './bus.ts'
import type { CallGuard } from './call-guard.ts'
import { answerControl, type Control } from './control.ts'
import { fromUrlAnswer, toUrlEvent, type HttpAnswer } from './function-url.ts'
import type { Functions } from './functions.ts'
import { decoded } from './guard.ts'
import { parseJson, WrongJson } from './json.ts'
import { invoke } from './lambda-api.ts'
import { foreignness } from './foreign.ts'
import { outage, unavailable } from './outage.ts'
import { protocolRefusal } from './protocol-refusal.ts'
import { answerSns, type SnsApi } from './sns-api.ts'
import type { Sts } from './sts-api.ts'
import type { FunctionSpec } from './template.ts'

/** What is behind the port. */
export interface Services {
  readonly clock: Clock
  readonly bus: Bus
  readonly sns: SnsApi
  readonly cloudWatch: AwsApi
  readonly sqs: AwsApi
  readonly sts: Sts
  readonly functions: Functions
  readonly control: Control
  /** Of who calls what no function serves; none where nothing is signed. */
  readonly callGuard?: CallGuard | undefined
  /** The function that takes everything else. */
  readonly urlFunction: FunctionSpec | undefined
  /** Whether nothing can be written at the moment. */
  readonly cannotKeep: () => boolean
  readonly failed: (error: unknown) => void
}

interface Request {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly query: string
  readonly target: string
  readonly body: Buffer
  readonly message: IncomingMessage
}

const LOOPBACK = '127.0.0.1'
/** What a function URL takes; the APIs behind it take less, and say so in their own words. */
const MAX_BODY_BYTES = 6 * 1024 * 1024
const INVOKE = /\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/
/** What is told apart by its header, and asked at the root of an endpoint. */
const ROOT_TARGETS = /^(?:AWSEvents|GraniteServiceVersion20100801)\./
const SQS_VERSION = '2012-11-05'
const STS_VERSION = '2011-06-15'
const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1' }

/** The port, and what is done with who comes. */
export interface Door {
  readonly port: number
  readonly serve: (services: Services) => void
  readonly close: () => void
}

/** `own` is for this machine's clients, and has everything; `public` has the console and the two APIs, whoever comes. */
export type Side = 'own' | 'public'

/**
 * Listens on this machine only: before the public side there is a proxy that speaks TLS. Until `serve` is called, every
 * request is told to wait. Rejects when the port is taken.
 */
export async function listen(port: number, side: Side = 'own'): Promise<Door> {
  let services: Services | undefined
  let hosts: readonly string[] = []
  const server = createServer((message, response) => {
    const id = randomUUID()
    answer(message, id, side === 'own' ? hosts : undefined, services).then(
      (reply) => send(response, withId(id, reply)),
      (error: unknown) => {
        services?.failed(error)
        send(response, withId(id, outage(message.headers, id)))
      },
    )
  })
  // A page is never late because a kept connection has just been closed.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, resolve)
  })
  const bound = boundPort(server)
  hosts = [LOOPBACK, 'localhost', '[::1]'].map((name) => `${name}:${bound}`)
  return {
    port: bound,
    serve: (ready) => (services = ready),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function boundPort(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

async function answer(
  message: IncomingMessage,
  id: string,
  hosts: readonly string[] | undefined,
  services: Services | undefined,
): Promise<HttpAnswer> {
  const foreign = hosts && foreignness(message, hosts)
  if (foreign) return problem(403, foreign)
  if (!services) return unavailable(message.headers, id, 'Tocsin is starting')
  const body = await readBody(message)
  if (!body) return problem(413, 'The body is larger than 6 MiB', { connection: 'close' })
  const url = message.url ?? '/'
  const mark = url.indexOf('?')
  const target = message.headers['x-amz-target']
  const request: Request = {
    id,
    // A HEAD is a GET whose body stays here.
    method: message.method === 'HEAD' ? 'GET' : (message.method ?? 'GET'),
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    target: typeof target === 'string' ? target : '',
    body,
    message,
  }
  return hosts ? route(request, services) : callUrl(request, services)
}

async function route(request: Request, services: Services): Promise<HttpAnswer> {
  const { method, path, query, body, message } = request
  if (path.startsWith('/_tocsin/')) {
    const asked = { method, path, query, body: body.toString(), headers: message.headers }
    const reply = await answerControl(asked, services.control)
    return { status: reply.status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(reply.body) }
  }
  const call = ownCall(request, services)
  if (!call) return callUrl(request, services)
  const fault = call.service && (await services.callGuard?.(asRequest(request), call.service))
  if (fault) return protocolRefusal(message.headers, request.id, fault)
  const answer = await call.answer()
  // A function that could not keep what it did says so as its own error.
  const hasFailed = answer.status >= 500 || 'x-amz-function-error' in answer.headers
  return hasFailed && services.cannotKeep() ? outage(message.headers, request.id) : answer
}

/** A call of what no function serves, by the name of its service in signatures. */
interface OwnCall {
  /** None of what checks signatures itself. */
  readonly service?: 'events' | 'monitoring' | 'sqs' | 'sns' | 'lambda'
  readonly answer: () => Promise<HttpAnswer>
}

const CONFIRMS = /^Action=ConfirmSubscription&/u

/** Undefined where the function URL is meant. */
function ownCall(request: Request, services: Services): OwnCall | undefined {
  const { method, path, query, target, body, message, id } = request
  const { cloudWatch, sqs } = services
  // What endpoints follow that a topic asks to confirm: its token is the proof.
  if (method === 'GET' && path === '/' && CONFIRMS.test(query))
    return { answer: () => callSns(new URLSearchParams(query), services, id) }
  if (method !== 'POST' || target.startsWith('SSMContacts.')) return undefined
  if (path !== '/' && ROOT_TARGETS.test(target)) return misplaced(request, '/')
  if (target.startsWith('AWSEvents.')) return { service: 'events', answer: () => callBus(target, body, services) }
  if (target.startsWith('GraniteServiceVersion20100801.'))
    return { service: 'monitoring', answer: () => answerJson(target, body.toString(), cloudWatch) }
  if (target.startsWith('AmazonSQS.')) return { service: 'sqs', answer: () => answerJson(target, body.toString(), sqs) }
  if (message.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(body.toString())
    const version = form.get('Version') ?? ''
    if (path !== '/' && version !== SQS_VERSION) return misplaced(request, '/')
    if (version === STS_VERSION) return { answer: async () => answerQuery(form, services.sts(asRequest(request)), id) }
    if (version === '2010-08-01') return { service: 'monitoring', answer: () => answerQuery(form, cloudWatch, id) }
    if (version === SQS_VERSION) return { service: 'sqs', answer: () => answerQuery(form, sqs, id) }
    return { service: 'sns', answer: () => callSns(form, services, id) }
  }
  const invocation = INVOKE.exec(path)
  const [, name] = invocation ?? []
  if (name === undefined) return undefined
  if (invocation?.index) return misplaced(request, path.slice(invocation.index))
  return { service: 'lambda', answer: () => callFunction(name, request, services) }
}

/** A client was given an endpoint with a path: what it asks for would be at `path`. */
const misplaced = ({ id, path, message }: Request, wanted: string): OwnCall => ({
  answer: async () =>
    protocolRefusal(message.headers, id, {
      status: 404,
      name: 'UnknownOperationException',
      message: `There is nothing at ${path}, but at ${wanted}: take the path out of the endpoint`,
    }),
})

async function callSns(form: URLSearchParams, { sns }: Services, id: string): Promise<HttpAnswer> {
  return { ...(await answerSns(form, sns, id)), headers: { 'content-type': 'text/xml' } }
}

function callFunction(name: string, { message, body }: Request, { functions, bus }: Services): Promise<HttpAnswer> {
  const type = message.headers['x-amz-invocation-type']
  const request = { name: decoded(name), type: typeof type === 'string' ? type : undefined, payload: body.toString() }
  return invoke(request, functions, bus.send, bus.hear)
}

function asRequest({ method, path, query, body, message }: Request): HttpRequest {
  const flat = Object.entries(message.headers).map(([name, value]) => [name, value?.toString()])
  return { method, path, query, headers: Object.fromEntries(flat), body }
}

async function callBus(target: string, body: Buffer, { bus }: Services): Promise<HttpAnswer> {
  if (target !== 'AWSEvents.PutEvents')
    return refused('UnknownOperationException', `${target} is not served on one machine`)
  try {
    const result = await putEvents(parseJson(body.toString(), 'The body'), bus)
    return { status: 200, headers: JSON_1_1, body: JSON.stringify(result) }
  } catch (error) {
    if (error instanceof RefusedEvents) return refused(error.name, error.message)
    if (error instanceof WrongJson) return refused('SerializationException', error.message)
    throw error
  }
}

const refused = (type: string, message: string): HttpAnswer => ({
  status: 400,
  headers: JSON_1_1,
  body: JSON.stringify({ __type: type, message }),
})

async function callUrl(
  request: Request,
  { functions, urlFunction, clock, cannotKeep, failed }: Services,
): Promise<HttpAnswer> {
  if (!urlFunction) return problem(404, 'The compiled template has no function URL')
  const { id, method, path, query, body, message } = request
  const event = toUrlEvent({
    method,
    rawPath: path,
    rawQuery: query,
    headers: message.headers,
    body,
    sourceIp: message.socket.remoteAddress ?? LOOPBACK,
    requestId: id,
    at: clock.now(),
  })
  try {
    const answer = fromUrlAnswer(await functions.invoke(urlFunction.arn, event))
    return answer.status >= 500 && cannotKeep() ? outage(message.headers, id) : answer
  } catch (error) {
    failed(error)
    if (cannotKeep()) return outage(message.headers, id)
    return { status: 502, headers: { 'content-type': 'application/json' }, body: '{"Message":"Internal Server Error"}' }
  }
}

/** The whole body; undefined when it is too large. */
function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>()
  const chunks: Buffer[] = []
  let size = 0
  message.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
    else resolve(undefined)
  })
  message.on('end', () => resolve(Buffer.concat(chunks)))
  message.on('error', reject)
  return promise
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.statusCode = status
  // Said also where only the head of an answer is sent.
  if (response.req.method === 'HEAD') response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}

const withId = (id: string, reply: HttpAnswer): HttpAnswer => ({
  ...reply,
  headers: {
    'x-amzn-requestid': id,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...reply.headers,
  },
})

const problem = (status: number, message: string, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ message }),
})
