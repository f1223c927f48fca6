// What a client of an AWS API is told where no API of its own answers: in the protocol in which its request came.
import type { IncomingHttpHeaders } from 'node:http'
import { toXml } from './aws-wire.ts'
import type { HttpAnswer } from './function-url.ts'

/** From 500 on it is the receiver's, below the sender's. */
export interface Fault {
  readonly status: number
  /** As AWS's services name it. */
  readonly name: string
  readonly message: string
}

/** Forms are answered in XML, all else in JSON, the name in its header and its body. */
export function protocolRefusal(
  headers: IncomingHttpHeaders,
  requestId: string,
  { status, name, message }: Fault,
): HttpAnswer {
  const type = headers['content-type'] ?? ''
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const Error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: name, Message: message }
    const body = toXml({ ErrorResponse: { Error, RequestId: requestId } })
    return { status, headers: { 'content-type': 'text/xml' }, body }
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
