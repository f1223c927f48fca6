// Who calls: the one place where requests are let in, by their signature, or on loopback as whoever they say.
import type { Place } from '../../aws/arn.ts'
import { systemClock } from '../../aws/clock.ts'
import type { Environment } from '../../aws/config.ts'
import { automationKey } from '../../aws/secrets.ts'
import { AccessDenied } from '../errors.ts'
import type { HttpRequest } from './http.ts'
import { verifySignature } from './signature.ts'

export interface Called {
  readonly environment: Environment
  readonly place: Place
  /** By the name to which signatures are scoped. */
  readonly service: string
  readonly secret: () => Promise<Uint8Array>
}

/**
 * The ARN of the caller. Signatures are verified, and only the automation has a key; where TOCSIN_AUTH is `loopback` any
 * signature will do: it stands for the user named as its access key, none for the account's root [inferred]. Throws
 * SignatureRefused, and AccessDenied to web pages from elsewhere.
 */
export async function callerOf(request: HttpRequest, { environment, place, service, secret }: Called): Promise<string> {
  const user = (name: string): string => `arn:aws:iam::${place.account}:user/${name}`
  if (environment['TOCSIN_AUTH'] === 'loopback') {
    refuseForeignPages(request.headers)
    const accessKeyId = /\bCredential=([\w-]+)\//.exec(request.headers['authorization'] ?? '')?.[1]
    return accessKeyId ? user(accessKeyId) : `arn:aws:iam::${place.account}:root`
  }
  const secretOf = async (accessKeyId: string): Promise<string | undefined> => {
    const key = automationKey(await secret())
    return accessKeyId === key.accessKeyId ? key.secretAccessKey : undefined
  }
  // Clients sign by the time of the day, in a rehearsal too.
  await verifySignature(request, { service, region: place.region, now: systemClock.now(), secretOf })
  return user('tocsin-automation')
}

const LOOPBACK = /^(?:localhost|[\w.-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/** A web page from elsewhere must not drive the API of whoever looks at it. */
function refuseForeignPages({ host, origin }: HttpRequest['headers']): void {
  if (host !== undefined && !LOOPBACK.test(host))
    throw new AccessDenied(`On loopback the API has no other name: the Host header says ${host}`)
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host))
    throw new AccessDenied(`The API takes no requests from pages of ${origin}`)
}
