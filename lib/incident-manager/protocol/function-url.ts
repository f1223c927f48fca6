// A Lambda function URL's events (payload format 2.0) and results, as plain requests and responses.
import type { APIGatewayProxyStructuredResultV2, LambdaFunctionURLEvent } from 'aws-lambda'
import type { HttpRequest, HttpResponse } from './http.ts'

/** `rawPath` keeps its percent-encoding; bodies that are not known to be text arrive in base64. */
export const fromFunctionUrl = (event: LambdaFunctionURLEvent): HttpRequest => ({
  method: event.requestContext.http.method,
  path: event.rawPath,
  query: event.rawQueryString,
  headers: Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value])),
  body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
})

export const toFunctionUrl = ({ status, headers, body }: HttpResponse): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { ...headers },
  body,
})
