// What the port answers to requests that no client makes: the words of the API that was meant, and nothing is taken garbled.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Rehearsal } from '../scenarios/rehearsal.ts'

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
