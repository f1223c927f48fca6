// TOCSIN_AUTH=sigv4: whoever has only a user on this machine reads no code, moves no time, and puts nothing in.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import type { AccessKey } from '../../lib/aws/secrets.ts'
import { accessKeyOf, authorizationOf, ordersHeaders } from '../../lib/local/guard.ts'
import { parseJson } from '../../lib/local/json.ts'
import { rehearse, ROOT, temporaryFolder } from './rehearsal.ts'

async function guarded(auth: 'sigv4' | 'loopback' = 'sigv4', data = temporaryFolder()) {
  const reports: string[] = []
  const report = (problem: unknown): void => void reports.push(String(problem))
  const { system, invocations } = await rehearse({}, { data, auth, report })
  const order = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${system.url}${path}`, init)
    return { status: response.status, body: await response.text() }
  }
  const issue = async (name: string, role: string): Promise<AccessKey> => {
    const sent = { method: 'POST', headers: ordersHeaders(data), body: JSON.stringify({ name, role }) }
    const answer = parseJson((await order('/_tocsin/keys', sent)).body, 'The answer')
    return {
      accessKeyId: answer.get('accessKeyId').string(),
      secretAccessKey: answer.get('secretAccessKey').string(),
    }
  }
  return { system, invocations, reports, data, order, issue }
}

interface Init {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}
const GET: Init = { method: 'GET', headers: {} }
const post = (headers: Record<string, string>, body: string): Init => ({ method: 'POST', headers, body })
const json = (target: string, body: string): Init =>
  post({ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target }, body)
const form = (body: string): Init => post({ 'content-type': 'application/x-www-form-urlencoded' }, body)

test.each<[what: string, path: string, init: Init]>([
  ['the messages', '/_tocsin/messages', GET],
  ['the failures', '/_tocsin/failures', GET],
  ['the clock', '/_tocsin/clock', GET],
  ['moving the clock', '/_tocsin/clock', post({}, '{"advance":"PT5M"}')],
  ['redriving', '/_tocsin/failures/redrive', post({}, '')],
  ['keys', '/_tocsin/keys', GET],
  ['the bus', '/', json('AWSEvents.PutEvents', '{"Entries":[{"Source":"a"}]}')],
  ['topics', '/', form('Version=2010-03-31&Action=ListTopics')],
  ['queues', '/', json('AmazonSQS.ListQueues', '{}')],
  ['queues in a form', '/', form('Version=2012-11-05&Action=ListQueues')],
  ['alarms', '/', json('GraniteServiceVersion20100801.DescribeAlarms', '{}')],
  ['alarms in a form', '/', form('Version=2010-08-01&Action=DescribeAlarms')],
  ['a function', '/2015-03-31/functions/sweep/invocations', post({}, '{}')],
])('with only a user on this machine nobody gets to %s; who can read the data folder does', async (_, path, init) => {
  const { order, data, invocations } = await guarded()
  for (const authorization of ['', 'Bearer x', 'AWS4-HMAC-SHA256 Credential=local/x'])
    expect(await order(path, { ...init, headers: { ...init.headers, authorization } })).toMatchObject({ status: 403 })
  expect(invocations).toEqual([])
  const headers = { ...init.headers, ...authorizationOf(data) }
  expect(await order(path, { ...init, headers })).toMatchObject({ status: 200 })
})

test('the health is open to everybody', async () => {
  const { order } = await guarded()
  const { status, body } = await order('/_tocsin/health')
  expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ status: 'ok' })])
})

describe('AWS clients', () => {
  const callsOf = (endpoint: string, credentials: AccessKey) => {
    const settings = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }
    const Entries = [{ Source: 'tocsin.test', DetailType: 'Test', Detail: '{}' }]
    const state = { AlarmName: 'pay', StateValue: 'OK', StateReason: 'test' } as const
    return {
      events: () => new EventBridgeClient(settings).send(new PutEventsCommand({ Entries })),
      topics: () => new SNSClient(settings).send(new ListTopicsCommand({})),
      queues: () => new SQSClient(settings).send(new ListQueuesCommand({})),
      alarms: () => new CloudWatchClient(settings).send(new SetAlarmStateCommand(state)),
      functions: () => new LambdaClient(settings).send(new InvokeCommand({ FunctionName: 'sweep' })),
    }
  }

  test('with the key of an admin, or of the data folder, may call the bus, topics, queues, alarms and functions', async () => {
    const { system, issue, data } = await guarded()
    const own = accessKeyOf(data)
    if (!own) throw new Error('The folder has no secret')
    for (const key of [await issue('ann', 'admin'), own])
      for (const call of Object.values(callsOf(system.url, key))) await expect(call()).resolves.toBeDefined()
  })

  test('with a key that is none may not, and are told in their own protocol', async () => {
    const { system, issue } = await guarded()
    const key = await issue('ann', 'admin')
    for (const [other, name] of [
      [{ ...key, secretAccessKey: 'x' }, 'InvalidSignatureException'],
      [{ accessKeyId: 'local', secretAccessKey: 'local' }, 'UnrecognizedClientException'],
    ] as const)
      for (const call of Object.values(callsOf(system.url, other)))
        await expect(call()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 403 } })
  })

  test('with the key of a responder may send events, which open and resolve, and nothing else', async () => {
    const { system, issue } = await guarded()
    const { events, ...others } = callsOf(system.url, await issue('bob', 'responder'))
    await expect(events()).resolves.toBeDefined()
    for (const call of Object.values(others))
      await expect(call()).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const reader = callsOf(system.url, await issue('rob', 'reader'))
    for (const call of Object.values(reader))
      await expect(call()).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})

test('npm run send and npm run redrive do what they do, by the data folder', async () => {
  const { system, data, invocations } = await guarded()
  const run = (script: string, ...args: string[]) =>
    new Promise<{ code: number | null; out: string; problems: string }>((resolve) => {
      const env = { TOCSIN_DATA: data, PORT: new URL(system.url).port }
      const child = execFile(process.execPath, [join(ROOT, 'scripts', script), ...args], { env }, (_, out, problems) =>
        resolve({ code: child.exitCode, out, problems }),
      )
    })
  for (const file of ['cloudwatch/alarm.json', 'sns/alarm-notification.json', 'lambda/alarm-invocation.json'])
    expect(await run('send.ts', join(ROOT, 'events', file))).toMatchObject({ code: 0, problems: '' })
  await system.idle()
  expect(invocations.filter(({ name }) => name === 'open-incident')).toHaveLength(3)
  // The clock of the system stands still, and the alarm is of its time.
  expect(JSON.stringify(invocations)).toContain('2026-03-05T09:15')
  expect(await run('redrive.ts')).toMatchObject({ code: 0, out: expect.stringContaining('0 messages put back') })
  const [name = '', value = ''] = (await run('keys.ts', 'header')).out.trim().split(': ')
  expect((await fetch(`${system.url}/_tocsin/messages`, { headers: { [name]: value } })).status).toBe(200)
}, 60_000)

test('a start that checks signatures lists the admin keys that anybody could have made before', async () => {
  const { system, issue, data, reports } = await guarded('loopback')
  const { accessKeyId } = await issue('eve', 'admin')
  await issue('bob', 'responder')
  expect(reports).toEqual([])
  await system.close()
  const line = expect.stringMatching(`^The admin key ${accessKeyId} of eve .* npm run keys -- revoke ${accessKeyId}`)
  const checked = await guarded('sigv4', data)
  expect(checked.reports).toEqual([line])
  await checked.issue('ann', 'admin')
  await checked.system.close()
  expect((await guarded('sigv4', data)).reports).toEqual([line])
})

test('a folder that is named in no encoding is another one, and no fault of the machine', async () => {
  const { order } = await guarded('loopback')
  expect(await order('/_tocsin/clock', { headers: { 'x-tocsin-data': '%' } })).toMatchObject({ status: 409 })
})
