// What a signature is made over: the request as sent, in the one form on which both sides agree ("Create a canonical request",
// Signature Version 4, IAM User Guide).
import type { HttpRequest } from './http.ts'

/**
 * The canonical request for services other than S3, whose paths are normalised and encoded once more than they were sent.
 * `signed` names the headers as the signature lists them. A path or query that is badly encoded has none.
 */
export function canonicalRequest(
  request: HttpRequest,
  signed: readonly string[],
  payloadHash: string,
): string | undefined {
  try {
    return [
      request.method,
      canonicalPath(request.path),
      canonicalQuery(request.query),
      ...signed.map((name) => `${name}:${canonicalHeader(request, name)}`),
      '',
      signed.join(';'),
      payloadHash,
    ].join('\n')
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

/** RFC 3986: everything but letters, digits and `-._~` in percent-encoding, in capitals. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

function canonicalPath(path: string): string {
  const [start, ...rest] = path.split('/')
  if (start !== '') throw new URIError('A path begins with a slash')
  const segments: string[] = []
  for (const segment of rest)
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(encoded(segment))
  const end = segments.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${segments.join('/')}${end}`
}

/** A plus is a space, as whoever reads the query takes it: otherwise it could be altered without being noticed. */
const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
      return { name: encoded(decoded(name)), value: encoded(decoded(value)) }
    })
  return pairs
    .toSorted((one, other) => order(one.name, other.name) || order(one.value, other.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join('&')
}

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** Headers of the same name arrive joined by commas. Whoever passes a request on may have left out its length. */
function canonicalHeader({ headers, body }: HttpRequest, name: string): string {
  const value = headers[name] ?? (name === 'content-length' ? String(body.byteLength) : '')
  return value.trim().replace(/\s+/g, ' ')
}
