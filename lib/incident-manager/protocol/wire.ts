// What the two protocols have in common: a request is read by the model, one operation answers it, nothing leaks.
import { randomUUID } from 'node:crypto'
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Context } from '../context.ts'
import { ValidationFailed } from '../errors.ts'
import { structureOf, type Model, type OperationModel } from '../model/model.ts'
import type { HttpRequest, HttpResponse } from './http.ts'
import { ProtocolError, unreadable } from './protocol-error.ts'
import { readInput } from './read.ts'
import { refusalOf, type Refusal } from './refusal.ts'
import { writeStructure, type Json } from './write.ts'

/** One protocol with the model it serves. */
export interface Wire {
  readonly model: Model
  /** Which operation is called, and its input as JSON. Throws ProtocolError. */
  read(request: HttpRequest): Call
  answer(operation: OperationModel, output: { [name: string]: Json }): HttpResponse
  refuse(refusal: Refusal): HttpResponse
}

export interface Call {
  readonly name: string
  readonly operation: OperationModel
  readonly input: unknown
}

/** An `Operation` whose input the model describes: `never` accepts each of them. */
export type Handler = (input: never, context: Context) => Promise<object>
export type Handlers = Readonly<Record<string, Handler | undefined>>

const BODY_LIMIT_BYTES = 1024 * 1024

/** A caller who was let in. */
export interface Admitted {
  readonly context: Context
  /** Throws AccessDenied or Throttled when this caller may not make this call, or not now. */
  readonly permit?: (call: Call) => void
}

/**
 * Serves the API of `wire` with `handlers`; operations that have none answer that they are not implemented yet.
 * `admit` knows the caller, or rejects with AccessDenied or SignatureRefused.
 */
export function apiServer(
  wire: Wire,
  handlers: Handlers,
  admit: (request: HttpRequest, service: Model['service']) => Promise<Admitted>,
  logger: Logger,
): (request: HttpRequest) => Promise<HttpResponse> {
  const respond = async (request: HttpRequest): Promise<HttpResponse> => {
    const { context, permit } = await admit(request, wire.model.service)
    if (request.body.byteLength > BODY_LIMIT_BYTES)
      throw new ProtocolError('RequestEntityTooLargeException', 413, `A body has at most ${BODY_LIMIT_BYTES} bytes`)
    const call = wire.read(request)
    permit?.(call)
    const { name, operation, input } = call
    const handler = handlers[name]
    if (!handler) throw new ValidationFailed(`Tocsin does not implement ${name} yet.`, 'UNKNOWN_OPERATION')
    const members = withToken(wire.model, operation, readInput(wire.model, operation.input, input))
    // The model has just said that these are the members of the handler's own input type.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const output = await handler(members as never, context)
    return wire.answer(operation, writeStructure(wire.model, operation.output, output))
  }
  return async (request) => {
    const requestId = randomUUID()
    const response = await respond(request).catch((error: unknown) =>
      wire.refuse(refusalOf(wire.model, error, requestId, logger)),
    )
    return { ...response, headers: { ...response.headers, 'x-amzn-requestid': requestId } }
  }
}

/** A call without an idempotency token gets one here, as the SDKs do for their users. */
function withToken(model: Model, { input }: OperationModel, members: object): object {
  const { token } = structureOf(model, input)
  return token === undefined || token in members ? members : { ...members, [token]: randomUUID() }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The JSON of a body, an empty one being `{}`; `mediaType` is what the protocol sends it as. */
export function jsonBody({ body, headers }: HttpRequest, mediaType: string): unknown {
  if (!body.byteLength) return {}
  const given = headers['content-type']
  if (given !== undefined && given.split(';', 1)[0]?.trim().toLowerCase() !== mediaType)
    throw new ProtocolError('UnsupportedMediaTypeException', 415, `The content type of a body is ${mediaType}`)
  try {
    return JSON.parse(utf8.decode(body))
  } catch {
    throw unreadable('The body is not valid JSON')
  }
}
