// Who calls: the one place where requests are let in, by their signature, or on loopback as whoever they say.
import type { Place } from '../../aws/arn.ts'
import { systemClock } from '../../aws/clock.ts'
import type { Environment } from '../../aws/config.ts'
import { AccessDenied } from '../errors.ts'
import { isIssuedId } from '../store/access-keys.ts'
import type { HttpRequest } from './http.ts'
import type { KeyRing } from './key-ring.ts'
import type { Caller } from './roles.ts'
import { unknownKey, verifySignature } from './signature.ts'

export interface Called {
  readonly environment: Environment
  readonly place: Place
  /** By the name to which signatures are scoped. */
  readonly service: string
  readonly keys: KeyRing
}

/**
 * The caller, by a signature that is verified with the key of who has it. Where TOCSIN_AUTH is `loopback` any signature will
 * do: it stands for the user named as its access key, none for the account's root, and both are admins [inferred]; but a key
 * that was issued has its own user and role there too, so that roles can be rehearsed. Throws SignatureRefused, and
 * AccessDenied to web pages from elsewhere.
 */
export async function callerOf(request: HttpRequest, called: Called): Promise<Caller> {
  const { environment, place, service, keys } = called
  if (environment['TOCSIN_AUTH'] === 'loopback') {
    refuseForeignPages(request.headers)
    const accessKeyId = claimedId(request)
    if (accessKeyId === undefined) return { arn: `arn:aws:iam::${place.account}:root`, role: 'admin' }
    return isIssuedId(accessKeyId) ? holderOf(called, accessKeyId) : { arn: user(place, accessKeyId), role: 'admin' }
  }
  const secretOf = async (accessKeyId: string): Promise<string | undefined> =>
    (await keys(accessKeyId))?.secretAccessKey
  // Clients sign by the time of the day, in a rehearsal too.
  const now = systemClock.now()
  return holderOf(
    called,
    await verifySignature(asSent(request, environment), { service, region: place.region, now, secretOf }),
  )
}

/** Clients sign the host that they know; a proxy in front of it may have put another in its place. */
function asSent(request: HttpRequest, environment: Environment): HttpRequest {
  const base = environment['TOCSIN_PUBLIC_URL']
  return base ? { ...request, headers: { ...request.headers, host: new URL(base).host } } : request
}

const user = (place: Place, name: string): string => `arn:aws:iam::${place.account}:user/${name}`

async function holderOf({ place, keys }: Called, accessKeyId: string): Promise<Caller> {
  const holder = await keys(accessKeyId)
  if (!holder) throw unknownKey()
  return { arn: user(place, holder.name), role: holder.role }
}

/** The id of the key with which a request says that it is signed. */
export const claimedId = ({ headers, query }: HttpRequest): string | undefined =>
  /\bCredential=([\w-]+)\//.exec(headers['authorization'] ?? '')?.[1] ??
  /^([\w-]+)\//.exec(new URLSearchParams(query).get('X-Amz-Credential') ?? '')?.[1]

const LOOPBACK = /^(?:localhost|[\w.-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/** A web page from elsewhere must not drive the API of whoever looks at it. */
function refuseForeignPages({ host, origin }: HttpRequest['headers']): void {
  if (host !== undefined && !LOOPBACK.test(host))
    throw new AccessDenied(`On loopback the API has no other name: the Host header says ${host}`)
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host))
    throw new AccessDenied(`The API takes no requests from pages of ${origin}`)
}
