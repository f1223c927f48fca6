// What a client of an AWS API is told, in the protocol of its request, before its API has a say: that nothing can be kept, or that it may not call.
import type { IncomingHttpHeaders } from 'node:http'
import { toXml } from './aws-wire.ts'
import type { HttpAnswer } from './function-url.ts'

/** From 500 on it is the receiver's, below the sender's. */
export interface Fault {
  readonly status: number
  readonly name: string
  readonly message: string
}

/**
 * ServiceUnavailable, 503, which every AWS service has (its API reference, "Common errors") and every SDK tries again; a
 * disk that is full, say.
 */
const OUTAGE: Fault = {
  status: 503,
  name: 'ServiceUnavailable',
  message: 'The request could not be kept, and nothing came of it: try again. The log says why',
}

export const outage = (headers: IncomingHttpHeaders, requestId: string): HttpAnswer =>
  faultAnswer(OUTAGE, headers, requestId)

/** The fault in the protocol in which the request came. */
export function faultAnswer(
  { status, name, message }: Fault,
  headers: IncomingHttpHeaders,
  requestId: string,
): HttpAnswer {
  const type = headers['content-type'] ?? ''
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const answer = { Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: name, Message: message } }
    return {
      status,
      headers: { 'content-type': 'text/xml' },
      body: `<ErrorResponse>${toXml({ ...answer, RequestId: requestId })}</ErrorResponse>`,
    }
  }
  return {
    status,
    headers: {
      'content-type': type.startsWith('application/x-amz-json') ? type : 'application/json',
      'x-amzn-errortype': name,
    },
    body: JSON.stringify({ __type: name, message }),
  }
}
