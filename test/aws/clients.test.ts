// The clients of the incident manager: signed with Tocsin's own key where Tocsin's own is spoken to, else with the function's.
import { createServer } from 'node:http'
import { ListContactsCommand } from '@aws-sdk/client-ssm-contacts'
import { ListResponsePlansCommand } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contactsClient } from '../../lib/aws/clients/contacts.ts'
import { incidentsClient } from '../../lib/aws/clients/incidents.ts'
import { systemClock } from '../../lib/aws/clock.ts'
import type { Environment } from '../../lib/aws/config.ts'
import type { Runtime } from '../../lib/aws/runtime.ts'
import { automationKey } from '../../lib/aws/secrets.ts'

const signers: string[] = []
const server = createServer((request, response) => {
  signers.push(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? 'nobody')
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))

const secret = new Uint8Array(32).fill(7)
const derived = automationKey(secret).accessKeyId

/** Which commands went through `onCall`, and who signed them. */
async function callsWith(environment: Environment): Promise<{ calls: string[]; signers: string[] }> {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const calls: string[] = []
  const unused = (): never => {
    throw new Error('a client needs no table')
  }
  const runtime: Runtime = {
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'ASIAROLE',
      AWS_SECRET_ACCESS_KEY: 'test',
      ...environment,
    },
    clock: systemClock,
    table: unused,
    idempotency: unused,
    secret: () => Promise.resolve(secret),
    onCall: (name, call) => {
      calls.push(name)
      return call()
    },
  }
  signers.length = 0
  const [incidents, contacts] = [incidentsClient(runtime), contactsClient(runtime)]
  await incidents.send(new ListResponsePlansCommand({}))
  await contacts.send(new ListContactsCommand({}))
  incidents.destroy()
  contacts.destroy()
  return { calls, signers: [...signers] }
}

test.each([
  ['the function’s own key, for AWS’s incident manager', {}, 'ASIAROLE'],
  ['the key that derives from the secret, for Tocsin’s', { TOCSIN_SECRET_ARN: 'arn:secret' }, derived],
  ['any key on loopback', { TOCSIN_SECRET_ARN: 'arn:secret', TOCSIN_AUTH: 'loopback' }, 'ASIAROLE'],
  ['the derived key where signatures are checked', { TOCSIN_SECRET_ARN: 'arn:secret', TOCSIN_AUTH: 'sigv4' }, derived],
])('sign with %s', async (_, environment: Environment, signer) => {
  expect(await callsWith(environment)).toEqual({
    calls: ['ListResponsePlansCommand', 'ListContactsCommand'],
    signers: [signer, signer],
  })
})
