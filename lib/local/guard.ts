// Who may look into a running system and give it orders: who means its data folder and no other, and can read that where signatures are checked.
import { timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { type AccessKey, automationKey, deriveKey } from '../aws/secrets.ts'
import { type DataFolder, filesIn } from './data-folder.ts'

export interface Refusal {
  readonly status: 403 | 409
  readonly message: string
}

/** Why who sends these headers may not give orders; undefined when they may. */
export type Guard = (headers: IncomingHttpHeaders) => Refusal | undefined

const FOLDER = 'x-tocsin-data'

const token = (secret: Uint8Array): string =>
  `Bearer ${Buffer.from(deriveKey(secret, 'control')).toString('base64url')}`

/** Where nothing is signed, everybody on this machine may; a header that names a data folder must name this one. */
export function guardOf(auth: 'loopback' | 'sigv4', { path, secret }: Pick<DataFolder, 'path' | 'secret'>): Guard {
  const isReader = readerOf(secret)
  return ({ authorization = '', [FOLDER]: named = encodeURIComponent(path) }) => {
    if (named !== encodeURIComponent(path))
      return {
        status: 409,
        message: `This is Tocsin on ${path}, not on ${decoded(String(named))}: name the other's port by PORT`,
      }
    if (auth === 'loopback' || isReader(authorization)) return undefined
    return { status: 403, message: 'With TOCSIN_AUTH=sigv4 this is only for who can read the data folder' }
  }
}

/** Whether an Authorization header comes from who can read the data folder with this secret. */
export function readerOf(secret: Uint8Array): (authorization: string) => boolean {
  const wanted = Buffer.from(token(secret))
  return (authorization) => {
    const given = Buffer.from(authorization)
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }
}

/** A name that is not encoded as it should be stands for itself. */
export function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** What orders to the system that works in `folder` (or `:memory:`), and to no other, are sent with. */
export const ordersHeaders = (folder: string): Record<string, string> => ({
  [FOLDER]: encodeURIComponent(folder),
  ...authorizationOf(folder),
})

/** The same for whatever system is there. */
export function authorizationOf(folder: string): Record<string, string> {
  const { secret } = filesIn(folder)
  return existsSync(secret) ? { authorization: token(readFileSync(secret)) } : {}
}

/** What AWS's clients sign with so that the system of `folder` takes it; undefined where it has no secret. */
export function accessKeyOf(folder: string): AccessKey | undefined {
  const { secret } = filesIn(folder)
  return existsSync(secret) ? automationKey(readFileSync(secret)) : undefined
}
