// Issued access keys on a system that checks signatures: who may what, through the official clients, over all operations.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as contactsSdk from '@aws-sdk/client-ssm-contacts'
import * as incidentsSdk from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AccessKey } from '../../lib/aws/secrets.ts'
import { authorizationOf, ordersHeaders } from '../../lib/local/guard.ts'
import { parseJson, type Json } from '../../lib/local/json.ts'
import { startSystem, type System } from '../../lib/local/system.ts'
import { ssmContacts } from '../../lib/incident-manager/model/ssm-contacts.generated.ts'
import { ssmIncidents } from '../../lib/incident-manager/model/ssm-incidents.generated.ts'
import { ROLES_OF } from '../incident-manager/protocol/roles-table.ts'
import { leaksSince, logMark } from '../logs.ts'

const data = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
const mark = logMark()
const secrets: string[] = []
let system: System

const start = (): Promise<System> =>
  startSystem({ port: 0, data, clock: 'real', seed: false, rules: 'rules.yml', region: 'us-east-1', auth: 'sigv4' })

beforeAll(async () => {
  system = await start()
})
afterAll(async () => {
  await system.close()
  rmSync(data, { recursive: true })
})

async function control(
  path: string,
  input?: object,
  headers: Record<string, string> = ordersHeaders(data),
): Promise<{ status: number; json: Json }> {
  const response = await fetch(`${system.url}/_tocsin/keys${path}`, {
    method: input ? 'POST' : 'GET',
    headers,
    ...(input ? { body: JSON.stringify(input) } : {}),
  })
  return { status: response.status, json: parseJson(await response.text(), 'The answer') }
}

async function issued(name: string, role: string): Promise<AccessKey> {
  const { json } = await control('', { name, role })
  const secretAccessKey = json.get('secretAccessKey').string()
  secrets.push(secretAccessKey)
  return { accessKeyId: json.get('accessKeyId').string(), secretAccessKey }
}

const ARN = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/nobody'
const INCIDENT = 'arn:aws:ssm-incidents::111122223333:incident-record/none/0'
/** Members that clients want before they send anything. */
const INPUT = { arn: INCIDENT, resourceArn: INCIDENT, incidentRecordArn: INCIDENT, tagKeys: ['a'], ContactId: ARN }

interface Presigner {
  presign(request: object, options: object): Promise<{ query: Record<string, string> }>
}
const isPresigner = (signer: object): signer is Presigner => 'presign' in signer

type Send = (operation: string) => Promise<string>

/** Calls operations of both APIs by their names; answers the name of the error, or nothing. */
function clientsOf(credentials: AccessKey): Send {
  const settings = { endpoint: system.url, region: 'us-east-1', credentials, maxAttempts: 1 }
  const incidents = new incidentsSdk.SSMIncidents(settings)
  const contacts = new contactsSdk.SSMContacts(settings)
  return async (operation) => {
    const [api, name] = operation.split(' ')
    const method = `${name?.charAt(0).toLowerCase()}${name?.slice(1)}`
    const call: unknown = Reflect.get(api === 'ssm-incidents' ? incidents : contacts, method)
    if (typeof call !== 'function') throw new Error(`The client has no ${operation}`)
    try {
      await Reflect.apply(call, api === 'ssm-incidents' ? incidents : contacts, [INPUT])
      return ''
    } catch (error) {
      return error instanceof Error ? error.name : String(error)
    }
  }
}

const OPERATIONS = [ssmIncidents, ssmContacts].flatMap(({ service, operations }) =>
  Object.keys(operations).map((name) => `${service} ${name}`),
)

describe.each(['reader', 'responder', 'admin'])('a key with the role %s', (role) => {
  test('may do what its role may, and is refused everything else, over all 70 operations', async () => {
    const send = clientsOf(await issued(`a-${role}`, role))
    const refused: string[] = []
    for (const operation of OPERATIONS) if ((await send(operation)) === 'AccessDeniedException') refused.push(operation)
    const expected = OPERATIONS.filter(
      (operation) => role !== 'admin' && !ROLES_OF[operation.split(' ')[1] ?? '']?.split(' ').includes(role),
    )
    expect(refused).toEqual(expected)
    expect(OPERATIONS).toHaveLength(70)
  })
})

describe('who has no key that is good', () => {
  test('is refused with a wrong secret', async () => {
    const key = await issued('eve', 'admin')
    const send = clientsOf({ ...key, secretAccessKey: `${key.secretAccessKey.slice(1)}x` })
    expect(await send('ssm-incidents ListIncidentRecords')).toBe('InvalidSignatureException')
    expect(await send('ssm-contacts ListContacts')).toBe('InvalidSignatureException')
  })

  test('is refused with a key that was revoked before it was used, as with one that never was', async () => {
    const key = await issued('mallory', 'admin')
    expect((await control('/revoke', { accessKeyId: key.accessKeyId })).status).toBe(200)
    expect(await clientsOf(key)('ssm-contacts ListContacts')).toBe('UnrecognizedClientException')
    expect((await control('/revoke', { accessKeyId: key.accessKeyId })).status).toBe(404)
  })

  test('issues none: that takes the data folder', async () => {
    for (const authorization of ['', 'Bearer x', authorizationOf(data)['authorization']?.slice(0, -1) ?? '']) {
      expect((await control('', { name: 'eve', role: 'admin' }, { authorization })).status).toBe(403)
      expect((await control('', undefined, { authorization })).status).toBe(403)
      for (const order of ['backup', 'failures/redrive']) {
        const sent = {
          method: 'POST',
          headers: { authorization },
          body: JSON.stringify({ file: join(data, 'stolen') }),
        }
        expect((await fetch(`${system.url}/_tocsin/${order}`, sent)).status).toBe(403)
      }
    }
  })
})

test('who means another Tocsin is told which one this is', async () => {
  const headers = { ...ordersHeaders(data), 'x-tocsin-data': encodeURIComponent('/büro') }
  const { status, json } = await control('', { name: 'ann', role: 'reader' }, headers)
  expect([status, json.get('message').string()]).toEqual([
    409,
    `This is Tocsin on ${data}, not on /büro: name the other's port by PORT`,
  ])
})

test('keys are listed without their secrets', async () => {
  const { json } = await control('')
  const [first] = json.get('keys').list()
  expect(Object.keys(first?.members() ?? {}).toSorted()).toEqual(['accessKeyId', 'created', 'name', 'role'])
})

test.each([
  [{ name: 'ann', role: 'root' }, 400, /^A role is reader, responder, admin, but not root$/],
  [{ name: 'ann marie', role: 'reader' }, 400, /^A name has 1 to 64/],
  [{ name: 'tocsin-automation', role: 'reader' }, 400, /automation's own name/],
  [{ role: 'reader' }, 400, /name/],
])('no key is issued for %j', async (input, status, message) => {
  const answer = await control('', input)
  expect([answer.status, answer.json.get('message').string()]).toEqual([status, expect.stringMatching(message)])
})

test('a URL that was presigned with a key may be opened by anybody, within the role of the key', async () => {
  const presign = async (role: string, path: string): Promise<Response> => {
    const credentials = await issued(`presigner-${role}`, role)
    const client = new incidentsSdk.SSMIncidents({ region: 'us-east-1', credentials })
    const signer: object = await client.config.signer()
    if (!isPresigner(signer)) throw new Error('The client cannot presign')
    const { host, hostname } = new URL(system.url)
    const request = { method: 'GET', protocol: 'http:', hostname, path, query: { arn: INCIDENT }, headers: { host } }
    const { query } = await signer.presign(request, { expiresIn: 60 })
    return fetch(`${system.url}${path}?${new URLSearchParams(query).toString()}`)
  }
  const found = await presign('reader', '/getIncidentRecord')
  expect([found.status, found.headers.get('x-amzn-errortype')]).toEqual([404, 'ResourceNotFoundException'])
})

test('keys outlive the system, and no secret is in its files or in a log', async () => {
  const key = await issued('bob', 'reader')
  await system.close()
  system = await start()
  expect(await clientsOf(key)('ssm-incidents ListIncidentRecords')).toBe('')
  expect(secrets.length).toBeGreaterThan(5)
  const files = readdirSync(data).filter((name) => name.startsWith('tocsin.db'))
  expect(files).toContain('tocsin.db')
  for (const file of files) {
    const bytes = readFileSync(join(data, file))
    for (const secret of secrets) expect(bytes.includes(secret), file).toBe(false)
  }
  expect(leaksSince(mark, secrets)).toEqual([])
})
