// Keys that derive from one secret.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { automationKey, deriveKey, type KeyLabel } from '../../lib/aws/secrets.ts'

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

describe('the automation’s access key', () => {
  const secrets = Array.from({ length: 50 }, (_, byte) => new Uint8Array(32).fill(byte))

  it('has the shape of AWS’s own, is told from one at sight, and differs with the secret', () => {
    const keys = secrets.map(automationKey)
    for (const { accessKeyId, secretAccessKey } of keys) {
      expect(accessKeyId).toMatch(/^TOCSIN[A-Z2-7]{14}$/)
      expect(secretAccessKey).toMatch(/^[\w-]{43}$/)
    }
    expect(new Set(keys.map(({ accessKeyId }) => accessKeyId)).size).toBe(secrets.length)
    expect(new Set(keys.map(({ secretAccessKey }) => secretAccessKey)).size).toBe(secrets.length)
    expect(automationKey(new Uint8Array(32).fill(3))).toEqual(keys[3])
  })
})
