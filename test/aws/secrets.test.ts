// Keys that derive from one secret.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deriveKey, type KeyLabel } from '../../lib/aws/secrets.ts'

const LABELS: readonly KeyLabel[] = ['page-token', 'link', 'access-key', 'stored-secrets']
const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex')

describe('a derived key', () => {
  const secret = new Uint8Array(32).fill(1)

  it('has 32 bytes and is always the same for its secret and label, and never for another', () => {
    const keys = LABELS.flatMap((label) =>
      [secret, new Uint8Array(32).fill(2)].map((from) => hex(deriveKey(from, label))),
    )
    expect(new Set(keys).size).toBe(LABELS.length * 2)
    for (const key of keys) expect(key).toHaveLength(64)
    expect(hex(deriveKey(secret, 'link'))).toBe(hex(deriveKey(new Uint8Array(32).fill(1), 'link')))
  })

  it('is HKDF’s (RFC 5869) with a salt and an info, so that any other tool can derive it too', () => {
    const extracted = createHmac('sha256', 'tocsin').update(secret).digest()
    const expanded = createHmac('sha256', extracted)
      .update('link')
      .update(new Uint8Array([1]))
      .digest()
    expect(hex(deriveKey(secret, 'link'))).toBe(hex(expanded))
  })
})
