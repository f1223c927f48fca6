// What a client of an AWS API is told, in the protocol of its request, before its API has a say: that nothing can be kept, or that it may not call.
import type { IncomingHttpHeaders } from 'node:http'
import type { HttpAnswer } from './function-url.ts'
import { protocolRefusal } from './protocol-refusal.ts'

const MESSAGE = 'The request could not be kept, and nothing came of it: try again. The log says why'

/** ServiceUnavailable, 503, which every AWS service has (its API reference, "Common errors") and every SDK tries again. */
export const unavailable = (headers: IncomingHttpHeaders, requestId: string, message: string): HttpAnswer =>
  protocolRefusal(headers, requestId, { status: 503, name: 'ServiceUnavailable', message })

/** A disk that is full, say. */
export const outage = (headers: IncomingHttpHeaders, requestId: string): HttpAnswer =>
  unavailable(headers, requestId, MESSAGE)
