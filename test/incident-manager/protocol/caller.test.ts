// Who is let in, and under which name.
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../lib/aws/clock.ts'
import type { Environment } from '../../../lib/aws/config.ts'
import { automationKey } from '../../../lib/aws/secrets.ts'
import { INDEXES } from '../../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../../lib/aws/table/sqlite.ts'
import { AccessDenied } from '../../../lib/incident-manager/errors.ts'
import type { HttpRequest } from '../../../lib/incident-manager/protocol/http.ts'
import { callerOf } from '../../../lib/incident-manager/protocol/caller.ts'
import { keyRing } from '../../../lib/incident-manager/protocol/key-ring.ts'
import type { Caller } from '../../../lib/incident-manager/protocol/roles.ts'
import { createAccessKey, revokeAccessKey } from '../../../lib/incident-manager/store/access-keys.ts'
import { ACCESS_KEY, CONTACTS, INCIDENTS, recorded } from './signed.ts'

const LOOPBACK: Environment = { TOCSIN_AUTH: 'loopback' }
const place = { account: '111122223333', region: 'us-east-1' }
const secret = async (): Promise<Uint8Array> => new Uint8Array(32).fill(7)

const store = { table: sqliteTable(openDatabase(':memory:'), 'Incidents', INDEXES), secret }
const keysNow = () => keyRing(store, systemClock)

const admitted = (headers: Record<string, string>, environment = LOOPBACK, query = ''): Promise<Caller> => {
  const request = { method: 'POST', path: '/', query, headers, body: new Uint8Array() }
  return callerOf(request, { environment, place, service: 'ssm-incidents', keys: keysNow() })
}
const calling = async (headers: Record<string, string>, environment = LOOPBACK): Promise<string> =>
  (await admitted(headers, environment)).arn

const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20251108/us-east-1/ssm-incidents/aws4_request, SignedHeaders=host, Signature=00'

test('on loopback a signature names the user of its access key', async () => {
  expect(await calling({ host: '127.0.0.1:4600', authorization })).toBe('arn:aws:iam::111122223333:user/AKIDEXAMPLE')
})

test('on loopback whoever has no issued key may do everything', async () => {
  expect((await admitted({ authorization })).role).toBe('admin')
  expect((await admitted({})).role).toBe('admin')
})

test('on loopback a key that was issued has its own user and role, whatever its signature; revoked, it is refused', async () => {
  const { accessKeyId } = await createAccessKey(store, { name: 'ann', role: 'reader', now: new Date() })
  const ann = { arn: 'arn:aws:iam::111122223333:user/ann', role: 'reader' }
  const header = authorization.replace('AKIDEXAMPLE', accessKeyId)
  expect(await admitted({ authorization: header })).toEqual(ann)
  const query = `X-Amz-Credential=${accessKeyId}%2F20251108%2Fus-east-1%2Fssm-incidents%2Faws4_request`
  expect(await admitted({}, LOOPBACK, query)).toEqual(ann)
  await revokeAccessKey(store, accessKeyId)
  await expect(admitted({ authorization: header })).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
})

test('on loopback it is the root of the account without a signature', async () => {
  expect(await calling({})).toBe('arn:aws:iam::111122223333:root')
})

describe.each([{}, { TOCSIN_AUTH: 'sigv4' }, { TOCSIN_AUTH: '' }])('with %j', (environment: Environment) => {
  const named = async (request: HttpRequest, region = 'us-east-1'): Promise<string> => {
    const service = request.headers['x-amz-target'] === undefined ? 'ssm-incidents' : 'ssm-contacts'
    const called = { environment, place: { ...place, region }, service, keys: keysNow() }
    const { arn, role } = await callerOf(request, called)
    return `${role} ${arn}`
  }
  const sent = async (accessKey = ACCESS_KEY): Promise<HttpRequest[]> =>
    (await Promise.all([...INCIDENTS, ...CONTACTS].map(([, send]) => recorded(send, accessKey)))).flat()

  test('the automation’s own key is let in, under its name', async () => {
    const requests = await sent(automationKey(await secret()))
    expect(await Promise.all(requests.map((request) => named(request)))).toEqual(
      [...INCIDENTS, ...CONTACTS].map(() => 'automation arn:aws:iam::111122223333:user/tocsin-automation'),
    )
  })

  test('a key that was issued is let in, as its user with its role', async () => {
    const key = await createAccessKey(store, { name: 'bob', role: 'responder', now: new Date() })
    const requests = await sent(key)
    expect(await Promise.all(requests.map((request) => named(request)))).toEqual(
      requests.map(() => 'responder arn:aws:iam::111122223333:user/bob'),
    )
    for (const request of await sent({ ...key, secretAccessKey: 'secret' }))
      await expect(named(request)).rejects.toMatchObject({ name: 'InvalidSignatureException' })
  })

  test('its key is not let in where the system is in another region', async () => {
    for (const request of await sent(automationKey(await secret())))
      await expect(named(request, 'eu-west-1')).rejects.toThrow('scoped to a valid region')
  })

  test('no other key is let in', async () => {
    for (const request of await sent())
      await expect(named(request)).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
    await expect(calling({}, environment)).rejects.toMatchObject({ name: 'MissingAuthenticationTokenException' })
  })

  test('a wrong secret is not let in with the right id', async () => {
    const { accessKeyId } = automationKey(await secret())
    for (const request of await sent({ accessKeyId, secretAccessKey: 'secret' }))
      await expect(named(request)).rejects.toMatchObject({ name: 'InvalidSignatureException' })
  })
})

test.each([
  [{ host: '127.0.0.1:4600', origin: 'http://127.0.0.1:4600' }],
  [{ host: 'localhost:4600', origin: 'http://localhost:4600' }],
  [{ host: 'ssm-incidents.localhost:4600' }],
  [{ host: '[::1]:4600' }],
])('on loopback a page of the system itself is let in: %j', async (headers) => {
  expect(await calling(headers)).toBe('arn:aws:iam::111122223333:root')
})

test.each([
  [{ host: '127.0.0.1:4600', origin: 'https://evil.example' }],
  [{ host: '127.0.0.1:4600', origin: 'http://127.0.0.1:8080' }],
  [{ host: '127.0.0.1:4600', origin: 'null' }],
  [{ host: 'rebound.example:4600', origin: 'http://rebound.example:4600' }],
  [{ host: 'rebound.example:4600' }],
])('on loopback a page from elsewhere is not: %j', async (headers) => {
  await expect(calling(headers)).rejects.toThrow(AccessDenied)
})
