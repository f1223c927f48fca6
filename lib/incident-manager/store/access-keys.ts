// The access keys that were issued, and the role of each. A secret is kept encrypted: it is shown when its key is made, and never again.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type AccessKey, deriveKey, lettersOf } from '../../aws/secrets.ts'
import type { Item, Table } from '../../aws/table/table.ts'
import { deleteIf } from './conditional.ts'
import { ACCESS_KEYS, accessKeyKey } from './keys.ts'
import { decode, encodeItem } from './stored.ts'

/** From the least to the most. */
export const ROLES = ['reader', 'responder', 'admin'] as const
export type Role = (typeof ROLES)[number]

export interface IssuedKey {
  readonly accessKeyId: string
  /** Whoever signs with it is the user of this name. */
  readonly name: string
  readonly role: Role
  readonly created: Date
}

/** Whose keys they are: the table they are in, and the secret from which their encryption key derives. */
export interface KeyStore {
  readonly table: Table
  readonly secret: () => Promise<Uint8Array>
}

/** What a person has asked for cannot be done; the message says why. */
export class KeyRefused extends Error {
  override readonly name = 'KeyRefused'
}

/** The name of the automation, which has a key without being issued one. */
export const AUTOMATION = 'tocsin-automation'
/** As IAM has it for users. */
const NAME = /^[\w+=,.@-]{1,64}$/u
/** TOCS and 16 of A-Z2-7. */
export const isIssuedId = (accessKeyId: string): boolean => /^TOCS[A-Z2-7]{16}$/u.test(accessKeyId)
export const isRole = (text: string): text is Role => ROLES.some((role) => role === text)

export interface Wanted {
  readonly name: string
  readonly role: Role
  readonly now: Date
  /** Whether it took the right to read the secret, or to write the table, to ask for it; it counts as no, left out. */
  readonly guarded?: boolean
}

/** Issues a key; its secret can be read from the answer only. Throws KeyRefused for a name that no user can have. */
export async function createAccessKey(
  { table, secret }: KeyStore,
  { name, role, now, guarded }: Wanted,
): Promise<IssuedKey & AccessKey> {
  if (!NAME.test(name)) throw new KeyRefused(`A name has 1 to 64 letters, digits and _+=,.@-: ${name.slice(0, 100)}`)
  if (name === AUTOMATION) throw new KeyRefused(`${AUTOMATION} is the automation's own name`)
  const accessKeyId = `TOCS${lettersOf(randomBytes(16))}`
  const secretAccessKey = randomBytes(30).toString('base64url')
  const issued: IssuedKey = { accessKeyId, name, role, created: now }
  const sealed = seal(await secret(), accessKeyId, secretAccessKey)
  const listed = { listKey: ACCESS_KEYS, listSort: `${now.toISOString()}#${accessKeyId}` }
  await table.put(
    { ...encodeItem(accessKeyKey(accessKeyId), { ...issued, sealed, guarded }), ...listed },
    { absent: true },
  )
  return { ...issued, secretAccessKey }
}

/** All keys, oldest first; one just issued may be missing on DynamoDB. */
export async function listAccessKeys({ table }: Pick<KeyStore, 'table'>): Promise<IssuedKey[]> {
  const { items } = await table.query({ index: 'list', partition: ACCESS_KEYS })
  return items.map((item) => issuedIn(item))
}

/** The admin keys that anybody could have asked for, oldest first; those of before it was put down count as such. */
export async function unguardedAdminKeys({ table }: Pick<KeyStore, 'table'>): Promise<IssuedKey[]> {
  const { items } = await table.query({ index: 'list', partition: ACCESS_KEYS })
  return items.filter((item) => item['guarded'] !== true && item['role'] === 'admin').map((item) => issuedIn(item))
}

/** Whether there was such a key: its signatures are taken for half a minute more at most (protocol/key-ring.ts). */
export const revokeAccessKey = ({ table }: Pick<KeyStore, 'table'>, accessKeyId: string): Promise<boolean> =>
  deleteIf(table, accessKeyKey(accessKeyId), { equals: { accessKeyId } })

/** The key with its secret; undefined when there is none, or when it was made under another secret of the installation. */
export async function findAccessKey(
  { table, secret }: KeyStore,
  accessKeyId: string,
): Promise<(IssuedKey & AccessKey) | undefined> {
  if (!isIssuedId(accessKeyId)) return undefined
  const item = await table.get(accessKeyKey(accessKeyId))
  const sealed = item?.['sealed']
  if (!item || typeof sealed !== 'string') return undefined
  const secretAccessKey = unseal(await secret(), accessKeyId, sealed)
  return secretAccessKey === undefined ? undefined : { ...issuedIn(item), secretAccessKey }
}

function issuedIn(item: Item): IssuedKey {
  const { accessKeyId, name, role, created } = decode<IssuedKey>(item, ['created'])
  return { accessKeyId, name, role, created }
}

const CIPHER = 'aes-256-gcm'
const [NONCE_BYTES, TAG_BYTES] = [12, 16]

/** The id belongs to it: a sealed secret that is moved to another key cannot be opened. */
function seal(secret: Uint8Array, accessKeyId: string, secretAccessKey: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, deriveKey(secret, 'stored-secrets'), nonce).setAAD(Buffer.from(accessKeyId))
  const locked = Buffer.concat([cipher.update(secretAccessKey, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), locked]).toString('base64url')
}

function unseal(secret: Uint8Array, accessKeyId: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  const key = deriveKey(secret, 'stored-secrets')
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(accessKeyId))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}
