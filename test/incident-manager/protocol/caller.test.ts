// Who is let in, and under which name.
import { expect, test } from 'vitest'
import type { Environment } from '../../../lib/aws/config.ts'
import { AccessDenied } from '../../../lib/incident-manager/errors.ts'
import { callerOf } from '../../../lib/incident-manager/protocol/caller.ts'

const calling = (headers: Record<string, string>, environment: Environment = { TOCSIN_AUTH: 'loopback' }) =>
  callerOf({ method: 'POST', path: '/', query: '', headers, body: new Uint8Array() }, environment, '111122223333')

const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20251108/us-east-1/ssm-incidents/aws4_request, SignedHeaders=host, Signature=00'

test('a signature names the user of its access key', () => {
  expect(calling({ host: '127.0.0.1:4600', authorization })).toBe('arn:aws:iam::111122223333:user/AKIDEXAMPLE')
})

test('without a signature it is the root of the account', () => {
  expect(calling({})).toBe('arn:aws:iam::111122223333:root')
})

test.each([{}, { TOCSIN_AUTH: 'sigv4' }, { TOCSIN_AUTH: '' }])('with %j nobody is let in', (environment) => {
  expect(() => calling({ authorization }, environment)).toThrow(AccessDenied)
})

test.each([
  [{ host: '127.0.0.1:4600', origin: 'http://127.0.0.1:4600' }],
  [{ host: 'localhost:4600', origin: 'http://localhost:4600' }],
  [{ host: 'ssm-incidents.localhost:4600' }],
  [{ host: '[::1]:4600' }],
])('a page of the system itself is let in: %j', (headers) => {
  expect(calling(headers)).toBe('arn:aws:iam::111122223333:root')
})

test.each([
  [{ host: '127.0.0.1:4600', origin: 'https://evil.example' }],
  [{ host: '127.0.0.1:4600', origin: 'http://127.0.0.1:8080' }],
  [{ host: '127.0.0.1:4600', origin: 'null' }],
  [{ host: 'rebound.example:4600', origin: 'http://rebound.example:4600' }],
  [{ host: 'rebound.example:4600' }],
])('a page from elsewhere is not: %j', (headers) => {
  expect(() => calling(headers)).toThrow(AccessDenied)
})
