// What the page signs is what a system that checks signatures takes, letter by letter.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ordersHeaders } from '../../lib/local/guard.ts'
import { parseJson } from '../../lib/local/json.ts'
import { startSystem, type System } from '../../lib/local/system.ts'

const { queryOf, signedHeaders } = await import(new URL('../../console/sign.js', import.meta.url).href)
const { regionOf } = await import(new URL('../../console/access-key.js', import.meta.url).href)

const data = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
const region = 'eu-central-1'
let system: System
let key: object
beforeAll(async () => {
  system = await startSystem({ port: 0, data, clock: 'real', seed: true, rules: 'rules.yml', region, auth: 'sigv4' })
  const body = JSON.stringify({ name: 'ann', role: 'reader' })
  const answer = await fetch(`${system.url}/_tocsin/keys`, { method: 'POST', headers: ordersHeaders(data), body })
  const issued = parseJson(await answer.text(), 'The answer')
  const [accessKeyId, secretAccessKey] = ['accessKeyId', 'secretAccessKey'].map((name) => issued.get(name).string())
  key = { accessKeyId, secretAccessKey, region }
})
afterAll(async () => {
  await system.close()
  rmSync(data, { recursive: true })
})

interface Sent {
  readonly service: string
  readonly method: string
  readonly path: string
  readonly query?: string
  readonly headers: Record<string, string>
  readonly body?: string
}

async function ask(request: Sent, by = key): Promise<number> {
  const headers = await signedHeaders({ ...request, host: new URL(system.url).host }, by)
  const { method, path, query = '', body } = request
  return (await fetch(`${system.url}${path}?${query}`, { method, headers, ...(body ? { body } : {}) })).status
}

const LIST: Sent = {
  service: 'ssm-incidents',
  method: 'POST',
  path: '/listIncidentRecords',
  headers: { 'content-type': 'application/json' },
  body: '{"maxResults":50}',
}

describe('a call that the page signs', () => {
  it('of the incidents API is taken', async () => {
    expect(await ask(LIST)).toBe(200)
  })

  it('with a query of any characters is taken, and about the incident that it names', async () => {
    const arn = "arn:aws:ssm-incidents::111122223333:incident-record/pay *!'()~/a"
    const query = queryOf({ arn, 'a b': '' })
    expect(await ask({ service: 'ssm-incidents', method: 'GET', path: '/getIncidentRecord', query, headers: {} })).toBe(
      404,
    )
  })

  it('of the contacts API is taken', async () => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'SSMContacts.ListContacts' }
    expect(await ask({ service: 'ssm-contacts', method: 'POST', path: '/', headers, body: '{}' })).toBe(200)
  })

  it('with another secret, or for another region, is refused', async () => {
    expect(await ask(LIST, { ...key, secretAccessKey: 'x' })).toBe(403)
    expect(await ask(LIST, { ...key, region: 'eu-west-1' })).toBe(403)
  })
})

it.each([
  ['abc123.lambda-url.eu-west-1.on.aws', 'eu-west-1'],
  ['127.0.0.1:4600', 'us-east-1'],
])('the page at %s is in %s', (host, where) => {
  expect(regionOf(host)).toBe(where)
})
