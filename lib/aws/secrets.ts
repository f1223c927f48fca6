// Keys for different purposes from one secret: whoever learns one of them learns nothing of another.
import { hkdfSync } from 'node:crypto'

export type KeyLabel = 'page-token' | 'link' | 'access-key' | 'stored-secrets'

/** 32 bytes, by HKDF-SHA256 (RFC 5869) with the label as its info; the same secret and label always give the same key. */
export const deriveKey = (secret: Uint8Array, label: KeyLabel): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, 'tocsin', label, 32))
