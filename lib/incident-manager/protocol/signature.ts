// AWS Signature Version 4, in the Authorization header or in the query of a presigned URL: verified over the raw request, and refused in the words of AWS.
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { plusMinutes, plusSeconds } from '../../aws/instants.ts'
import { SignatureRefused } from '../errors.ts'
import { type Authorization, compact, readAuthorization } from './authorization.ts'
import { canonicalRequest } from './canonical-request.ts'
import type { HttpRequest } from './http.ts'
import { isPresigned, readPresigned } from './presigned.ts'

export interface Expected {
  /** The name to which signatures are scoped: `ssm-incidents` or `ssm-contacts`. */
  readonly service: string
  readonly region: string
  readonly now: Date
  /** The secret access key that belongs to an id; undefined when nobody has that id. */
  readonly secretOf: (accessKeyId: string) => Promise<string | undefined>
}

/** How far the clocks of the two sides may be apart, as AWS's services with JSON protocols name it in their refusals. */
const SKEW_MINUTES = 5
const TERMINATOR = 'aws4_request'

/**
 * Answers the access key id of who signed `request`. Throws SignatureRefused. A signature covers the host, every
 * `x-amz-` header and the body itself, whatever hash of it the request claims.
 */
export async function verifySignature(request: HttpRequest, expected: Expected): Promise<string> {
  const authorization = isPresigned(request) ? readPresigned(request) : readAuthorization(request.headers)
  const { accessKeyId, presigned } = authorization
  refuseUnsigned(request.headers, authorization)
  refuseOtherTime(authorization.at, presigned ? presigned.expiresSeconds / 60 : SKEW_MINUTES, expected.now)
  refuseOtherScope(authorization, expected)
  const secret = await expected.secretOf(accessKeyId)
  // A session token belongs to temporary keys, and none are issued.
  if (secret === undefined || request.headers['x-amz-security-token'] !== undefined || presigned?.hasToken)
    throw unknownKey()
  if (!isSignedWith(secret, request, authorization))
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    )
  return accessKeyId
}

/** How AWS refuses a key that it does not know, or no longer. */
export const unknownKey = (): SignatureRefused =>
  new SignatureRefused('UnrecognizedClientException', 'The security token included in the request is invalid.')

const invalid = (message: string): SignatureRefused => new SignatureRefused('InvalidSignatureException', message)

function refuseUnsigned(headers: HttpRequest['headers'], { signedHeaders, dateHeader }: Authorization): void {
  const named = new Set(signedHeaders)
  // Each is signed once: named again and again, a long header would be hashed as often.
  if (named.size < signedHeaders.length) throw invalid('SignedHeaders must name each header once.')
  if (!named.has('host')) throw invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
  const unsigned = [
    ...(dateHeader ? [dateHeader] : []),
    ...Object.keys(headers).filter((name) => name.startsWith('x-amz-')),
  ].find((name) => !named.has(name))
  if (unsigned !== undefined) throw invalid(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`)
}

/** `goodForMinutes` is how old it may be: as far as clocks may be apart, or as long as a presigned URL says. */
function refuseOtherTime(at: Date, goodForMinutes: number, now: Date): void {
  const [earliest, latest] = [plusSeconds(now, -60 * goodForMinutes), plusMinutes(now, SKEW_MINUTES)]
  const [signed, here] = [compact(at), compact(now)]
  if (signed < compact(earliest))
    throw invalid(
      `Signature expired: ${signed} is now earlier than ${compact(earliest)} (${here} - ${Number(goodForMinutes.toFixed(2))} min.)`,
    )
  if (signed > compact(latest))
    throw invalid(
      `Signature not yet current: ${signed} is still later than ${compact(latest)} (${here} + ${SKEW_MINUTES} min.)`,
    )
}

function refuseOtherScope({ scope, at }: Authorization, { region, service }: Expected): void {
  const [day, ofRegion, ofService, terminator] = scope
  const today = compact(at).slice(0, 8)
  const reasons = [
    ofRegion === region ? '' : `Credential should be scoped to a valid region, not '${ofRegion}'.`,
    ofService === service ? '' : `Credential should be scoped to correct service: '${service}'.`,
    terminator === TERMINATOR
      ? ''
      : `Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'.`,
    day === today
      ? ''
      : `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${today}', from '${compact(at)}'.`,
  ].filter((reason) => reason !== '')
  if (reasons.length > 0) throw invalid(reasons.join(' '))
}

function isSignedWith(secret: string, request: HttpRequest, authorization: Authorization): boolean {
  const { algorithm, at, scope, signedHeaders, signature, presigned } = authorization
  const payloadHash = hash('sha256', request.body)
  const claimed = request.headers['x-amz-content-sha256'] ?? payloadHash
  const query = presigned?.query ?? request.query
  const canonical = canonicalRequest({ ...request, query }, signedHeaders, payloadHash)
  if (claimed !== payloadHash || canonical === undefined || !/^[0-9a-f]{64}$/.test(signature)) return false
  const toSign = [algorithm, compact(at), scope.join('/'), hash('sha256', canonical)].join('\n')
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secret}`)
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'))
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
