// What the port answers to faults of the sender, to a browser that sniffs or keeps, and while it is closing.
import { describe, expect, it, test } from 'vitest'
import { rehearse } from './rehearsal.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:own'
const deep = `{"default":"x","sms":${'['.repeat(5000)}${']'.repeat(5000)}}`
const entry = (time: unknown) => [{ Source: 'tocsin.test', DetailType: 'Test', Detail: '{}', Time: time }]

describe('a fault of the sender is a 400', () => {
  it.each([1e20, -1, 253_402_300_800, '2026-03-05', true])('for an event of the time %j', async (time) => {
    const { post, system } = await rehearse()
    const headers = { 'x-amz-target': 'AWSEvents.PutEvents' }
    expect(await post('/', { Entries: entry(time) }, headers)).toMatchObject({
      status: 400,
      body: { __type: 'SerializationException', message: expect.stringContaining('The body.Entries[0].Time must be') },
    })
    expect(await system.failures()).toEqual([])
  })

  it.each([deep, '{"default":"x","email":{}}', '{"default":1}', '[]', '{'])('for the message %.30j', async (text) => {
    const { system } = await rehearse()
    const call = async (fields: Record<string, string>) =>
      (await fetch(system.url, { method: 'POST', headers: FORM, body: new URLSearchParams(fields).toString() })).status
    const about = { Version: '2010-03-31', TopicArn: TOPIC }
    expect(await call({ ...about, Action: 'CreateTopic', Name: 'own' })).toBe(200)
    const subscription = { Action: 'Subscribe', Protocol: 'email', Endpoint: 'ann@example.com' }
    expect(await call({ ...about, ...subscription })).toBe(200)
    expect(await call({ ...about, Action: 'Publish', Message: text, MessageStructure: 'json' })).toBe(400)
  })
})

test('no browser keeps what is JSON, or takes it for something else', async () => {
  const { system } = await rehearse()
  for (const [path, method] of [
    ['/_tocsin/health', 'GET'],
    ['/_tocsin/messages', 'GET'],
    ['/_tocsin/nothing', 'GET'],
    ['/2015-03-31/functions/none/invocations', 'POST'],
  ] as const) {
    const { headers } = await fetch(system.url + path, { method })
    expect([headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual(['nosniff', 'no-store'])
  }
})

test('while it is closing it is not healthy', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  const { system, putEvents, get } = await rehearse({ 'open-incident': () => held })
  await putEvents({ Source: 'tocsin.test', DetailType: 'Test', Detail: '{}' })
  expect(await get('/_tocsin/health')).toMatchObject({ status: 200 })
  const closed = system.close()
  expect(await get('/_tocsin/health')).toEqual({ status: 503, body: { status: 'closing' } })
  letGo()
  await closed
})
