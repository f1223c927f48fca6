// Keys for different purposes from one secret: whoever learns one of them learns nothing of another.
import { hash, hkdfSync } from 'node:crypto'

export type KeyLabel = 'page-token' | 'link' | 'access-key' | 'stored-secrets' | 'control'

/** 32 bytes, by HKDF-SHA256 (RFC 5869) with the label as its info; the same secret and label always give the same key. */
export const deriveKey = (secret: Uint8Array, label: KeyLabel): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, 'tocsin', label, 32))

export interface AccessKey {
  /** TOCSIN and 14 of A-Z2-7. */
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The access key with which the automation signs its calls of Tocsin's APIs: both sides derive it, nobody hands it over. */
export function automationKey(secret: Uint8Array): AccessKey {
  const key = deriveKey(secret, 'access-key')
  // The id is public. Only a hash of the key goes into it; it changes with the secret, so that an old key is named as unknown.
  const digest = hash('sha256', key, 'buffer').subarray(0, 14)
  return {
    accessKeyId: `TOCSIN${lettersOf(digest)}`,
    secretAccessKey: Buffer.from(key).toString('base64url'),
  }
}

/** One of A-Z2-7 for each byte. */
export const lettersOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => BASE32.charAt(byte % BASE32.length)).join('')

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
