// What the port answers to requests that no client makes: the words of the API that was meant, and nothing is taken garbled.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../lib/local/server.ts'
import { startSystem } from '../../lib/local/system.ts'
import { Rehearsal } from '../scenarios/rehearsal.ts'

const SETTINGS = {
  port: 0,
  data: ':memory:',
  clock: 'simulated',
  seed: false,
  rules: 'rules.yml',
  region: 'us-east-1',
} as const
let on: Rehearsal
beforeAll(async () => {
  on = await Rehearsal.start('sqlite')
})
afterAll(() => on.close())

async function post(path: string, headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) {
  const response = await fetch(on.system.url + path, { method: 'POST', headers, body })
  return { status: response.status, name: response.headers.get('x-amzn-errortype'), text: await response.text() }
}

const LIST_CONTACTS = { 'x-amz-target': 'SSMContacts.ListContacts' }
const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1' }
const LONG = `"${'x'.repeat(1024 * 1024)}"`

describe('a body of more than a MiB', () => {
  it('is refused by the incidents API in its own words', async () => {
    const name = 'RequestEntityTooLargeException'
    expect(await post('/startIncident', { 'content-type': 'application/json' }, LONG)).toMatchObject({
      status: 413,
      name,
    })
  })

  it('is refused by the contacts API, which names the error in the body too', async () => {
    const { status, name, text } = await post('/', { ...LIST_CONTACTS, ...JSON_1_1 }, LONG)
    expect([status, name]).toEqual([413, 'RequestEntityTooLargeException'])
    expect(JSON.parse(text)).toMatchObject({ __type: 'RequestEntityTooLargeException' })
  })
})

it('takes a call of the contacts API for one, whatever content type it claims', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const { status, text } = await post('/', { ...LIST_CONTACTS, ...form }, 'Action=ListTopics')
  expect([status, JSON.parse(text)]).toEqual([
    415,
    expect.objectContaining({ __type: 'UnsupportedMediaTypeException' }),
  ])
})

it('refuses text that is no UTF-8, and keeps none of it', async () => {
  const body = Buffer.from('{"name":"latin","incidentTemplate":{"title":"caf\xe9","impact":1}}', 'latin1')
  const answer = await post('/createResponsePlan', { 'content-type': 'application/json' }, new Uint8Array(body))
  expect(answer).toMatchObject({ status: 400, name: 'SerializationException' })
})

describe('GetCallerIdentity of STS', () => {
  const identity = async (url: string, client?: { accessKeyId: string; secretAccessKey: string }) => {
    const body = new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' })
    const Credential = `${client?.accessKeyId}/20260305/us-east-1/sts/aws4_request`
    const authorization = `AWS4-HMAC-SHA256 Credential=${Credential}, SignedHeaders=host, Signature=00`
    const response = await fetch(url, { method: 'POST', body, headers: client ? { authorization } : {} })
    return { status: response.status, text: await response.text() }
  }
  const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'any' }

  it('answers the account, and the user that the other APIs take the caller for', async () => {
    const { status, text } = await identity(on.system.url, key)
    expect(status).toBe(200)
    expect(text).toContain(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/AKIDEXAMPLE</Arn><UserId>AKIDEXAMPLE</UserId><Account>111122223333</Account></GetCallerIdentityResult>',
    )
    expect((await identity(on.system.url)).text).toContain('<Arn>arn:aws:iam::111122223333:root</Arn>')
  })

  it('refuses, where signatures are checked, who only says to be somebody', async () => {
    const checked = await startSystem({ ...SETTINGS, auth: 'sigv4' })
    try {
      const refusals = [await identity(checked.url), await identity(checked.url, key)]
      expect(refusals.map(({ status, text }) => [status, /<Code>(\w+)/.exec(text)?.[1]])).toEqual([
        [403, 'MissingAuthenticationToken'],
        [403, 'IncompleteSignature'],
      ])
    } finally {
      await checked.close()
    }
  })
})

describe('HEAD', () => {
  it.each(['/', '/_tocsin/clock', '/listReplicationSets', '/console/none.js'])(
    'answers at %s what GET does, without a body',
    async (path) => {
      const [got, head] = await Promise.all([
        fetch(on.system.url + path),
        fetch(on.system.url + path, { method: 'HEAD' }),
      ])
      expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
        got.status,
        got.headers.get('content-type'),
        '',
      ])
      expect(head.headers.get('content-length')).toBe(String((await got.arrayBuffer()).byteLength))
    },
  )
})

describe('an endpoint with a path is said to be one', () => {
  const words = 'take the path out of the endpoint'
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

  it.each([
    ['the contacts API', '/foo', { ...LIST_CONTACTS, ...JSON_1_1 }, '{}'],
    ['the incidents API', '/foo/listIncidentRecords', { 'content-type': 'application/json' }, '{}'],
    ['EventBridge', '/foo/', { 'x-amz-target': 'AWSEvents.PutEvents', ...JSON_1_1 }, '{}'],
    ['CloudWatch', '/foo', { 'x-amz-target': 'GraniteServiceVersion20100801.DescribeAlarms', ...JSON_1_1 }, '{}'],
    ['CloudWatch of old', '/foo', FORM, 'Action=DescribeAlarms&Version=2010-08-01'],
    ['SNS', '/foo', FORM, 'Action=ListTopics&Version=2010-03-31'],
    ['STS', '/foo/', FORM, 'Action=GetCallerIdentity&Version=2011-06-15'],
    ['Lambda', '/foo/2015-03-31/functions/sweep/invocations', { 'content-type': 'application/json' }, '{}'],
  ])('by %s', async (_, path, headers, body) => {
    const { status, text } = await post(path, headers, body)
    expect([400, 404]).toContain(status)
    expect(text).toContain(words)
    expect(text).toContain('UnknownOperationException')
  })
})

describe('while it starts', () => {
  it.each([
    ['XML to forms', { 'content-type': 'application/x-www-form-urlencoded' }, '<Code>ServiceUnavailable</Code>'],
    ['JSON of the same kind', JSON_1_1, '"__type":"ServiceUnavailable"'],
    ['JSON', {}, '"message":"Tocsin is starting"'],
  ])('says so in %s', async (_, headers, words) => {
    const door = await listen(0)
    const answer = await fetch(`http://127.0.0.1:${door.port}/`, { method: 'POST', headers, body: '' })
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining(words)])
    door.close()
  })
})
