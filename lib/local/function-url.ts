// A function URL: an HTTP request as the event that a function gets (payload format 2.0), and its answer as HTTP.
import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import { isObject, Json } from './json.ts'

export interface HttpRequest {
  readonly method: string
  /** The path as it was sent: a function URL decodes nothing. */
  readonly rawPath: string
  readonly rawQuery: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly sourceIp: string
  readonly requestId: string
  readonly at: Date
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer
}

/** Bodies of these types arrive as text; all others, also application/x-amz-json-1.1, in base64, as AWS function URLs do it. */
const TEXT = /^(text\/|application\/(json|xml|javascript)\b)/

export function toUrlEvent({ method, rawPath, rawQuery, headers, body, sourceIp, requestId, at }: HttpRequest): object {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && name !== 'cookie') flat[name] = Array.isArray(value) ? value.join(',') : value
  const query = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const before = query.get(name)
    query.set(name, before === undefined ? value : `${before},${value}`)
  }
  // What is no text, though it is said to be, must reach the function as it was sent: it is signed, and refused there.
  const isBase64Encoded = body.length > 0 && !(TEXT.test(headers['content-type'] ?? '') && isUtf8(body))
  const cookies = headers.cookie?.split('; ')
  const domainName = headers.host ?? ''
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: rawQuery,
    ...(cookies ? { cookies } : {}),
    headers: flat,
    ...(query.size > 0 ? { queryStringParameters: Object.fromEntries(query) } : {}),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'local',
      domainName,
      domainPrefix: 'local',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent'] ?? '' },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: clfTime(at),
      timeEpoch: at.getTime(),
    },
    ...(body.length > 0 ? { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') } : {}),
    isBase64Encoded,
  }
}

/** What the function answered, as HTTP; an answer without a status code is itself the body. */
export function fromUrlAnswer(answer: unknown): HttpAnswer {
  if (!isObject(answer) || typeof answer['statusCode'] !== 'number')
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer ?? null) }
  const json = new Json(answer, 'answer')
  const cookies = json.get('cookies').list()
  const body = json.get('body').optionalString() ?? ''
  return {
    status: answer['statusCode'],
    headers: {
      ...Object.fromEntries(
        json
          .get('headers')
          .entries()
          .map(([name, { value }]) => [name.toLowerCase(), String(value)]),
      ),
      ...(cookies.length > 0 ? { 'set-cookie': cookies.map((cookie) => cookie.string()) } : {}),
    },
    body: answer['isBase64Encoded'] === true ? Buffer.from(body, 'base64') : body,
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** 05/Mar/2026:09:15:00 +0000 */
function clfTime(at: Date): string {
  const iso = at.toISOString()
  return `${iso.slice(8, 10)}/${MONTHS[at.getUTCMonth()]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}
