// Which access keys there are: the automation's own, and those that were issued, each remembered for half a minute.
import type { Clock } from '../../aws/clock.ts'
import { plusSeconds } from '../../aws/instants.ts'
import { automationKey } from '../../aws/secrets.ts'
import { AUTOMATION, findAccessKey, isIssuedId, type KeyStore } from '../store/access-keys.ts'
import type { CallerRole } from './roles.ts'

export interface KeyHolder {
  readonly name: string
  readonly role: CallerRole
  readonly secretAccessKey: string
}

/** Who has the key with this id; undefined when nobody has. */
export type KeyRing = (accessKeyId: string) => Promise<KeyHolder | undefined>

/** A key that was revoked is refused at the latest after this. */
const REMEMBERED_SECONDS = 30
/** Whoever tries ids at random must not fill the memory. */
const MOST_REMEMBERED = 1000

/** `clock` is that of the day: a key is revoked in a rehearsal, too, whose time stands still. */
export function keyRing(store: KeyStore, clock: Clock): KeyRing {
  const remembered = new Map<string, { readonly holder: Promise<KeyHolder | undefined>; readonly until: Date }>()
  const lookUp = async (accessKeyId: string): Promise<KeyHolder | undefined> => {
    const own = automationKey(await store.secret())
    if (accessKeyId === own.accessKeyId)
      return { name: AUTOMATION, role: 'automation', secretAccessKey: own.secretAccessKey }
    return findAccessKey(store, accessKeyId)
  }
  return (accessKeyId) => {
    if (!isIssuedId(accessKeyId)) return Promise.resolve(undefined)
    const now = clock.now()
    const known = remembered.get(accessKeyId)
    if (known && now < known.until) return known.holder
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    const holder = lookUp(accessKeyId)
    remembered.set(accessKeyId, { holder, until: plusSeconds(now, REMEMBERED_SECONDS) })
    // What could not be read is asked for again.
    holder.catch(() => remembered.delete(accessKeyId))
    return holder
  }
}
