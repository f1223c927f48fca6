// A page token says where a list goes on, to the list that gave it and to nobody else.
import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Value } from '../../../lib/aws/table/table.ts'
import { ValidationFailed } from '../../../lib/incident-manager/errors.ts'
import { pageTokens } from '../../../lib/incident-manager/store/page-tokens.ts'

const SECRET = new Uint8Array(32).fill(7)
const tokens = pageTokens(() => Promise.resolve(SECRET))
const AFTER: Value = { pk: 'incident#1', sk: 'record', listKey: 'incidents', listSort: '2026-01-01T00:00:00.000Z' }

/** What opening the token is refused with. */
const refusal = (scope: string, token: string, by = tokens): Promise<unknown> =>
  by.open(scope, token).then(
    (after) => `opened: ${JSON.stringify(after)}`,
    (error: unknown) => error,
  )
const INVALID = new ValidationFailed('Invalid value provided - nextToken is invalid')

describe('a page token', () => {
  it('gives back what was sealed, for the same list, in characters and a length that both APIs take', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 }), async (scope, value) => {
        const after: Value = JSON.parse(JSON.stringify(value))
        const token = await tokens.seal(scope, after)
        expect(token).toMatch(/^[\\/a-zA-Z0-9_+=-]*$/u)
        expect(await tokens.open(scope, token)).toEqual(after)
      }),
    )
    const longest = await tokens.seal('ListPagesByContact', {
      pk: 'x'.repeat(300),
      sk: 'x'.repeat(300),
      list: 'x'.repeat(300),
    })
    expect(longest.length).toBeLessThanOrEqual(2000)
    await expect(tokens.seal('List', 'x'.repeat(2000))).rejects.toThrow('characters long')
  })

  it('is good for no other list', async () => {
    const token = await tokens.seal('ListIncidentRecords status=OPEN', AFTER)
    for (const scope of [
      'ListIncidentRecords',
      'ListIncidentRecords status=RESOLVED',
      'ListIncidentRecords status=OPEN ',
      '',
    ])
      expect(await refusal(scope, token)).toEqual(INVALID)
  })

  it('is good for no other system', async () => {
    const others = pageTokens(() => Promise.resolve(new Uint8Array(32).fill(8)))
    expect(await refusal('List', await tokens.seal('List', AFTER), others)).toEqual(INVALID)
  })

  it('is refused when any character of it is changed, missing or added', async () => {
    const token = await tokens.seal('List', AFTER)
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'B' : 'A'
      expect(await refusal('List', token.slice(0, at) + other + token.slice(at + 1))).toEqual(INVALID)
      expect(await refusal('List', token.slice(0, at) + token.slice(at + 1))).toEqual(INVALID)
    }
    for (const extra of ['=', 'A', ' ', '.', '/', '\n']) {
      expect(await refusal('List', token + extra)).toEqual(INVALID)
      expect(await refusal('List', extra + token)).toEqual(INVALID)
    }
  })

  it.each(['', 'x', 'null', '{}', 'AAAA', 'a'.repeat(2000), '😀', Buffer.from('{"pk":"a"}').toString('base64url')])(
    'is not %j, which nobody sealed',
    (token) => expect(refusal('List', token)).resolves.toEqual(INVALID),
  )

  it('cannot be made with the secret itself: its key is derived', async () => {
    const text = JSON.stringify(AFTER)
    const mac = createHmac('sha256', SECRET)
      .update(JSON.stringify(['List', text]))
      .digest()
      .subarray(0, 16)
    expect(await refusal('List', Buffer.concat([mac, Buffer.from(text)]).toString('base64url'))).toEqual(INVALID)
  })

  it('asks for the secret again when it could not be read', async () => {
    let asked = 0
    const late = pageTokens(async () => {
      if (asked++ === 0) throw new Error('not yet')
      return SECRET
    })
    await expect(late.seal('List', AFTER)).rejects.toThrow('not yet')
    expect(await tokens.open('List', await late.seal('List', AFTER))).toEqual(AFTER)
    await late.seal('List', AFTER)
    expect(asked).toBe(2)
  })
})
