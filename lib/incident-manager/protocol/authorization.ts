// The signature in the Authorization header of a request, taken apart: what is missing or malformed is refused in the words of AWS.
import { hash } from 'node:crypto'
import { SignatureRefused } from '../errors.ts'
import type { HttpRequest } from './http.ts'

export interface Authorization {
  readonly algorithm: string
  readonly accessKeyId: string
  /** Day, region, service and terminator. */
  readonly scope: readonly string[]
  readonly signedHeaders: readonly string[]
  /** In hex, when it is one. */
  readonly signature: string
  /** When it was signed, and the header that says so, if one does. */
  readonly at: Date
  readonly dateHeader?: string
  /** In a presigned URL: how long it is good, what of its query is signed, and whether it brings a session token. */
  readonly presigned?: { readonly expiresSeconds: number; readonly query: string; readonly hasToken: boolean }
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/** Throws SignatureRefused. */
export function readAuthorization(headers: HttpRequest['headers']): Authorization {
  const header = headers['authorization']
  if (!header) throw new SignatureRefused('MissingAuthenticationTokenException', 'Missing Authentication Token')
  const [algorithm = '', ...pairs] = header.trim().split(/[\s,]+/)
  const parameters = new Map(pairs.map((pair) => readPair(pair, header)))
  const [credential = '', signature = '', signedHeaders = ''] = PARAMETERS.map((name) => parameters.get(name))
  const dateHeader = headers['x-amz-date'] === undefined ? 'date' : 'x-amz-date'
  const date = headers[dateHeader]
  const missing = PARAMETERS.filter((name) => !parameters.get(name)).map(
    (name) => `Authorization header requires '${name}' parameter.`,
  )
  if (!date) missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
  if (!date || missing.length > 0)
    throw incomplete(
      `${missing.join(' ')} (Hashed with SHA-256 and encoded with Base64) Authorization=${hashed(header)}`,
    )
  return {
    ...scopeOf(algorithm, credential),
    signedHeaders: signedHeaders.split(';'),
    signature,
    at: readDate(date),
    dateHeader,
  }
}

/** Whose key was used, and for what. */
export function scopeOf(
  algorithm: string,
  credential: string,
): Pick<Authorization, 'algorithm' | 'accessKeyId' | 'scope'> {
  if (algorithm !== ALGORITHM) throw incomplete(`Unsupported AWS 'algorithm': '${algorithm}'.`)
  const [accessKeyId = '', ...scope] = credential.split('/')
  if (scope.length !== 4)
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'.`,
    )
  return { algorithm, accessKeyId, scope }
}

const PARAMETERS = ['Credential', 'Signature', 'SignedHeaders']

export const incomplete = (message: string): SignatureRefused =>
  new SignatureRefused('IncompleteSignatureException', message)

/** The header may be of another scheme and hold what is secret there: only its hash is repeated. */
const hashed = (header: string): string => hash('sha256', header, 'base64')

function readPair(pair: string, header: string): [string, string] {
  const equals = pair.indexOf('=')
  if (equals < 0)
    throw incomplete(
      `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hashed(header)}'.`,
    )
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}

/** ISO 8601's basic format, and in a Date header also HTTP's own. */
export function readDate(date: string): Date {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  const at = new Date(year === undefined ? date : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(at.getTime()) || (year === undefined && !date.endsWith(' GMT')))
    throw incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    )
  return at
}

/** 20150830T123600Z */
export const compact = (instant: Date): string => `${instant.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
