// Page tokens: where a list goes on, signed so that nobody can make one up or use it for another list.
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { deriveKey } from '../../aws/secrets.ts'
import type { Value } from '../../aws/table/table.ts'
import { ValidationFailed } from '../errors.ts'

export interface PageTokens {
  /** `scope` names the list (operation and filters); `after` is where it goes on. Only base64url characters. */
  seal(scope: string, after: Value): Promise<string>
  /** ValidationFailed for a token that was damaged, forged, or sealed for another list. */
  open(scope: string, token: string): Promise<Value>
  /** Whether it was sealed for this list. */
  isOf(scope: string, token: string): Promise<boolean>
}

const SIGNATURE_BYTES = 16
/** The longest that the APIs' models take. */
const LONGEST = 2000

export function pageTokens(secret: () => Promise<Uint8Array>): PageTokens {
  let key: KeyObject | undefined
  const sign = async (scope: string, text: string): Promise<Buffer> => {
    // As bytes it would be made a key again for each page of a list.
    key ??= createSecretKey(deriveKey(await secret(), 'page-token'))
    const signed = JSON.stringify([scope, text])
    return createHmac('sha256', key).update(signed).digest().subarray(0, SIGNATURE_BYTES)
  }
  const read = async (scope: string, token: string): Promise<string | undefined> => {
    const bytes = Buffer.from(token, 'base64url')
    const signature = bytes.subarray(0, SIGNATURE_BYTES)
    const text = bytes.subarray(SIGNATURE_BYTES).toString()
    const expected = await sign(scope, text)
    // Node's decoder passes over what is no base64url: a token is good only letter by letter.
    const whole = signature.length === SIGNATURE_BYTES && bytes.toString('base64url') === token
    return whole && timingSafeEqual(signature, expected) ? text : undefined
  }
  return {
    async seal(scope, after) {
      const text = JSON.stringify(after)
      const token = Buffer.concat([await sign(scope, text), Buffer.from(text)]).toString('base64url')
      if (token.length > LONGEST) throw new Error(`A page token of ${scope} would be ${token.length} characters long`)
      return token
    },
    async open(scope, token) {
      const text = await read(scope, token)
      if (text === undefined) throw new ValidationFailed('Invalid value provided - nextToken is invalid')
      return JSON.parse(text)
    },
    isOf: async (scope, token) => (await read(scope, token)) !== undefined,
  }
}
