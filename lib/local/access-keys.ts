// The `_tocsin/keys` endpoints: access keys of the incident manager on this machine, issued, listed and revoked.
import { timingSafeEqual } from 'node:crypto'
import type { Runtime } from '../aws/runtime.ts'
import { deriveKey } from '../aws/secrets.ts'
import {
  createAccessKey,
  isRole,
  KeyRefused,
  type KeyStore,
  listAccessKeys,
  revokeAccessKey,
  ROLES,
} from '../incident-manager/store/access-keys.ts'
import type { ControlAnswer } from './control.ts'
import { type Json, parseJson, WrongJson } from './json.ts'
import type { FunctionSpec } from './template.ts'

export interface LocalKeys {
  readonly store: KeyStore
  /** Whether callers must show that they can read the data folder: where signatures are checked, no key is had without one. */
  readonly guarded: boolean
  readonly dataFolder: string
}

/** Those of the incident manager behind `urlFunction`, if the template has one. */
export function localKeys(
  urlFunction: FunctionSpec | undefined,
  { table, secret, environment }: Runtime,
  dataFolder: string,
): LocalKeys | undefined {
  const name = urlFunction?.environment['TOCSIN_INCIDENTS_TABLE']
  if (name === undefined) return undefined
  return { store: { table: table(name), secret }, guarded: environment['TOCSIN_AUTH'] === 'sigv4', dataFolder }
}

/** What shows that somebody can read the data folder: derived from its secret, sent as a bearer token. */
export const controlToken = (secret: Uint8Array): string =>
  Buffer.from(deriveKey(secret, 'control')).toString('base64url')

/**
 * `POST /_tocsin/keys` with `{name, role}` answers the key with its secret, `{accessKeyId}` at `/_tocsin/keys/revoke` what
 * was revoked, and a GET all keys. `data`, where given, is the data folder that the sender believes this to be.
 */
export async function answerKeys(
  call: string,
  body: string,
  authorization: string | undefined,
  keys: LocalKeys,
): Promise<ControlAnswer> {
  if (keys.guarded && !(await isToken(authorization, keys)))
    return refused(403, 'With TOCSIN_AUTH=sigv4 only who can read the data folder issues keys: npm run keys')
  try {
    if (call === 'GET /_tocsin/keys') return ok({ keys: await listAccessKeys(keys.store) })
    const wanted = parseJson(body, 'The body')
    const data = wanted.get('data').optionalString() ?? keys.dataFolder
    if (data !== keys.dataFolder)
      return refused(409, `This is Tocsin on ${keys.dataFolder}, not on ${data}: name the other's port by PORT`)
    return call === 'POST /_tocsin/keys' ? await create(wanted, keys) : await revoke(wanted, keys)
  } catch (error) {
    if (error instanceof WrongJson || error instanceof KeyRefused) return refused(400, error.message)
    throw error
  }
}

async function create(wanted: Json, { store }: LocalKeys): Promise<ControlAnswer> {
  const role = wanted.get('role').string()
  if (!isRole(role)) throw new KeyRefused(`A role is ${ROLES.join(', ')}, but not ${role}`)
  // Keys are of the day, as signatures are, also where time stands still.
  return ok(await createAccessKey(store, { name: wanted.get('name').string(), role, now: new Date() }))
}

async function revoke(wanted: Json, { store }: LocalKeys): Promise<ControlAnswer> {
  const accessKeyId = wanted.get('accessKeyId').string()
  if (await revokeAccessKey(store, accessKeyId)) return ok({ accessKeyId })
  return refused(404, `There is no key ${accessKeyId}`)
}

async function isToken(authorization = '', { store }: LocalKeys): Promise<boolean> {
  const [given, wanted] = [Buffer.from(authorization), Buffer.from(`Bearer ${controlToken(await store.secret())}`)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const ok = (body: object): ControlAnswer => ({ status: 200, body })
const refused = (status: number, message: string): ControlAnswer => ({ status, body: { message } })
