// Who calls: the one place where requests are let in. Signatures are not verified yet, so only a loopback system lets any in.
import type { Environment } from '../../aws/config.ts'
import { AccessDenied } from '../errors.ts'
import type { HttpRequest } from './http.ts'

/**
 * The ARN of the caller: the user that the access key of the signature stands for, the account's root without one
 * [inferred]. Throws AccessDenied unless TOCSIN_AUTH is `loopback`.
 */
export function callerOf({ headers }: HttpRequest, environment: Environment, account: string): string {
  if (environment['TOCSIN_AUTH'] !== 'loopback')
    throw new AccessDenied('Tocsin does not verify signatures yet, so it accepts API requests on loopback only')
  refuseForeignPages(headers)
  const accessKeyId = /\bCredential=([\w-]+)\//.exec(headers['authorization'] ?? '')?.[1]
  return accessKeyId ? `arn:aws:iam::${account}:user/${accessKeyId}` : `arn:aws:iam::${account}:root`
}

const LOOPBACK = /^(?:localhost|[\w.-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/** A web page from elsewhere must not drive the API of whoever looks at it. */
function refuseForeignPages({ host, origin }: HttpRequest['headers']): void {
  if (host !== undefined && !LOOPBACK.test(host))
    throw new AccessDenied(`On loopback the API has no other name: the Host header says ${host}`)
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host))
    throw new AccessDenied(`The API takes no requests from pages of ${origin}`)
}
