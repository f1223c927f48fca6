// Who is let in, and under which name.
import { describe, expect, test } from 'vitest'
import type { Environment } from '../../../lib/aws/config.ts'
import { automationKey } from '../../../lib/aws/secrets.ts'
import { AccessDenied } from '../../../lib/incident-manager/errors.ts'
import type { HttpRequest } from '../../../lib/incident-manager/protocol/http.ts'
import { callerOf } from '../../../lib/incident-manager/protocol/caller.ts'
import { ACCESS_KEY, CONTACTS, INCIDENTS, recorded } from './signed.ts'

const LOOPBACK: Environment = { TOCSIN_AUTH: 'loopback' }
const place = { account: '111122223333', region: 'us-east-1' }
const secret = async (): Promise<Uint8Array> => new Uint8Array(32).fill(7)

const calling = (headers: Record<string, string>, environment = LOOPBACK): Promise<string> => {
  const request = { method: 'POST', path: '/', query: '', headers, body: new Uint8Array() }
  return callerOf(request, { environment, place, service: 'ssm-incidents', secret })
}

const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20251108/us-east-1/ssm-incidents/aws4_request, SignedHeaders=host, Signature=00'

test('on loopback a signature names the user of its access key', async () => {
  expect(await calling({ host: '127.0.0.1:4600', authorization })).toBe('arn:aws:iam::111122223333:user/AKIDEXAMPLE')
})

test('on loopback it is the root of the account without a signature', async () => {
  expect(await calling({})).toBe('arn:aws:iam::111122223333:root')
})

describe.each([{}, { TOCSIN_AUTH: 'sigv4' }, { TOCSIN_AUTH: '' }])('with %j', (environment: Environment) => {
  const named = (request: HttpRequest, region = 'us-east-1'): Promise<string> => {
    const service = request.headers['x-amz-target'] === undefined ? 'ssm-incidents' : 'ssm-contacts'
    return callerOf(request, { environment, place: { ...place, region }, service, secret })
  }
  const sent = async (accessKey = ACCESS_KEY): Promise<HttpRequest[]> =>
    (await Promise.all([...INCIDENTS, ...CONTACTS].map(([, send]) => recorded(send, accessKey)))).flat()

  test('the automation’s own key is let in, under its name', async () => {
    const requests = await sent(automationKey(await secret()))
    expect(await Promise.all(requests.map((request) => named(request)))).toEqual(
      [...INCIDENTS, ...CONTACTS].map(() => 'arn:aws:iam::111122223333:user/tocsin-automation'),
    )
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
