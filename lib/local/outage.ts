// What a client of an AWS API is told when its request could not be kept, such as on a disk that is full: to try again.
import type { IncomingHttpHeaders } from 'node:http'
import type { HttpAnswer } from './function-url.ts'

const MESSAGE = 'The request could not be kept, and nothing came of it: try again. The log says why'

/**
 * ServiceUnavailable, 503, which every AWS service has (its API reference, "Common errors") and every SDK tries again; in
 * the protocol in which the request came.
 */
export function outage(headers: IncomingHttpHeaders, requestId: string): HttpAnswer {
  const type = headers['content-type'] ?? ''
  if (type.startsWith('application/x-www-form-urlencoded'))
    return {
      status: 503,
      headers: { 'content-type': 'text/xml' },
      body: `<ErrorResponse><Error><Type>Receiver</Type><Code>ServiceUnavailable</Code><Message>${MESSAGE}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    }
  return {
    status: 503,
    headers: {
      'content-type': type.startsWith('application/x-amz-json') ? type : 'application/json',
      'x-amzn-errortype': 'ServiceUnavailable',
    },
    body: JSON.stringify({ __type: 'ServiceUnavailable', message: MESSAGE }),
  }
}
