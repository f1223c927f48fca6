// A signature in the query string, as presigned URLs have it: taken apart, and refused in the words of AWS.
import { type Authorization, incomplete, readDate, scopeOf } from './authorization.ts'
import type { HttpRequest } from './http.ts'

const SIGNATURE = 'X-Amz-Signature'
const REQUIRED = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  SIGNATURE,
] as const
/** A week, in seconds. */
const LONGEST = 604_800

/** A request with an Authorization header is signed by that, whatever its query says. */
export const isPresigned = ({ headers, query }: HttpRequest): boolean =>
  headers['authorization'] === undefined && /X-Amz-(?:Algorithm|Credential|Signature)=/.test(query)

/** Throws SignatureRefused. */
export function readPresigned({ query }: HttpRequest): Authorization {
  const parameters = new URLSearchParams(query)
  const missing = REQUIRED.filter((name) => !parameters.get(name))
  if (missing.length > 0)
    throw incomplete(
      `AWS query-string parameters must include ${missing.map((name) => `'${name}'`).join(', ')}. Re-examine the query-string parameters.`,
    )
  const [algorithm = '', credential = '', date = '', expires = '', signedHeaders = '', signature = ''] = REQUIRED.map(
    (name) => parameters.get(name) ?? '',
  )
  return {
    ...scopeOf(algorithm, credential),
    signedHeaders: signedHeaders.split(';'),
    signature,
    at: readDate(date),
    presigned: {
      expiresSeconds: readExpires(expires),
      query: withoutSignature(query),
      hasToken: parameters.has('X-Amz-Security-Token'),
    },
  }
}

function readExpires(text: string): number {
  const seconds = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(seconds)) throw incomplete('X-Amz-Expires should be a number')
  if (seconds < 0) throw incomplete('X-Amz-Expires must be non-negative')
  if (seconds > LONGEST)
    throw incomplete(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${LONGEST} seconds`,
    )
  return seconds
}

/** The rest is what was signed. However its name is encoded, it is the signature that others would read there, too. */
const withoutSignature = (query: string): string =>
  query
    .split('&')
    .filter((pair) => !new URLSearchParams(pair).has(SIGNATURE))
    .join('&')
