// Who may call the event bus, topics, queues, CloudWatch and the functions where signatures are checked: who has an admin's key, or can read the data folder.
import { systemClock } from '../aws/clock.ts'
import { automationKey } from '../aws/secrets.ts'
import { SignatureRefused } from '../incident-manager/errors.ts'
import type { HttpRequest } from '../incident-manager/protocol/http.ts'
import { type KeyRing, keyRing } from '../incident-manager/protocol/key-ring.ts'
import type { CallerRole } from '../incident-manager/protocol/roles.ts'
import { verifySignature } from '../incident-manager/protocol/signature.ts'
import { AUTOMATION, type KeyStore } from '../incident-manager/store/access-keys.ts'
import { readerOf } from './guard.ts'
import type { Fault } from './protocol-refusal.ts'

/** Why a call of an API may not be made; undefined when it may. `service` is the name to which signatures are scoped. */
export type CallGuard = (request: HttpRequest, service: string) => Promise<Fault | undefined>

/** That of a system that checks signatures; `keys` are absent where the template has no incident manager. */
export function callGuard(secret: Uint8Array, region: string, keys: KeyStore | undefined): CallGuard {
  const isReader = readerOf(secret)
  const holderOf = keys ? keyRing(keys, systemClock) : automationOnly(secret)
  const secretOf = async (id: string): Promise<string | undefined> => (await holderOf(id))?.secretAccessKey
  return async (request, service) => {
    if (isReader(request.headers['authorization'] ?? '')) return undefined
    try {
      const now = systemClock.now()
      const holder = await holderOf(await verifySignature(request, { service, region, now, secretOf }))
      if (holder && mayCallService(holder.role, service)) return undefined
      const message = `${holder?.name} may not call ${service} here: with TOCSIN_AUTH=sigv4 that takes a key of an admin`
      return { status: 403, name: 'AccessDeniedException', message }
    } catch (error) {
      if (!(error instanceof SignatureRefused)) throw error
      return { status: 403, name: error.name, message: error.message }
    }
  }
}

/** Events open and resolve incidents, which a responder may do anyway. */
const mayCallService = (role: CallerRole, service: string): boolean =>
  role === 'admin' || role === 'automation' || (role === 'responder' && service === 'events')

function automationOnly(secret: Uint8Array): KeyRing {
  const own = automationKey(secret)
  return async (id) => (id === own.accessKeyId ? { ...own, name: AUTOMATION, role: 'automation' } : undefined)
}
