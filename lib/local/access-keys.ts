// The `_tocsin/keys` endpoints: access keys of the incident manager on this machine, issued, listed and revoked.
import type { Runtime } from '../aws/runtime.ts'
import {
  createAccessKey,
  isRole,
  KeyRefused,
  type KeyStore,
  listAccessKeys,
  revokeAccessKey,
  unguardedAdminKeys,
  ROLES,
} from '../incident-manager/store/access-keys.ts'
import type { ControlAnswer } from './control.ts'
import { type Json, parseJson, WrongJson } from './json.ts'
import type { FunctionSpec } from './template.ts'

/** Where keys are, and whether only who can read the data folder may make one. */
export interface LocalKeys extends KeyStore {
  readonly guarded: boolean
}

/** Those of the incident manager behind `urlFunction`, if the template has one. */
export function localKeys(
  urlFunction: FunctionSpec | undefined,
  { table, secret }: Runtime,
  guarded: boolean,
): LocalKeys | undefined {
  const name = urlFunction?.environment['TOCSIN_INCIDENTS_TABLE']
  if (name === undefined) return undefined
  return { table: table(name), secret, guarded }
}

/**
 * `POST /_tocsin/keys` with `{name, role}` answers the key with its secret, `{accessKeyId}` at `/_tocsin/keys/revoke` what
 * was revoked, and a GET all keys.
 */
export async function answerKeys(call: string, body: string, keys: LocalKeys): Promise<ControlAnswer> {
  try {
    if (call === 'GET /_tocsin/keys') return ok({ keys: await listAccessKeys(keys) })
    const wanted = parseJson(body, 'The body')
    return call === 'POST /_tocsin/keys' ? await create(wanted, keys) : await revoke(wanted, keys)
  } catch (error) {
    if (error instanceof WrongJson || error instanceof KeyRefused) return refused(400, error.message)
    throw error
  }
}

async function create(wanted: Json, keys: LocalKeys): Promise<ControlAnswer> {
  const role = wanted.get('role').string()
  if (!isRole(role)) throw new KeyRefused(`A role is ${ROLES.join(', ')}, but not ${role}`)
  // Keys are of the day, as signatures are, also where time stands still.
  const { guarded } = keys
  return ok(await createAccessKey(keys, { name: wanted.get('name').string(), role, now: new Date(), guarded }))
}

async function revoke(wanted: Json, keys: KeyStore): Promise<ControlAnswer> {
  const accessKeyId = wanted.get('accessKeyId').string()
  if (await revokeAccessKey(keys, accessKeyId)) return ok({ accessKeyId })
  return refused(404, `There is no key ${accessKeyId}`)
}

/** A line for each admin key that anybody on this machine could have made: nobody knows whose it is. */
export const doubtfulKeys = async (keys: KeyStore): Promise<string[]> =>
  (await unguardedAdminKeys(keys)).map(
    ({ accessKeyId, name, created }) =>
      `The admin key ${accessKeyId} of ${name} was made at ${created.toISOString()}, when signatures were not checked and any user of this machine could make one: npm run keys -- revoke ${accessKeyId}, and create another`,
  )

const ok = (body: object): ControlAnswer => ({ status: 200, body })
const refused = (status: number, message: string): ControlAnswer => ({ status, body: { message } })
