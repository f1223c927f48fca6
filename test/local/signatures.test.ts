// TOCSIN_AUTH=sigv4 on one machine: everything signs, everything is checked, and an alarm still wakes somebody.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AcceptPageCommand,
  DescribePageCommand,
  ListContactsCommand,
  SSMContactsClient,
} from '@aws-sdk/client-ssm-contacts'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetIncidentRecordCommand, ListIncidentRecordsCommand, SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccessKey } from '../../lib/aws/secrets.ts'
import { authorizationOf } from '../../lib/local/guard.ts'
import { parseJson } from '../../lib/local/json.ts'
import { startSystem, type System } from '../../lib/local/system.ts'
import { ROOT, temporaryFolder } from './rehearsal.ts'

let system: System
let key: AccessKey
const problems: unknown[] = []

beforeEach(async () => {
  const data = temporaryFolder()
  problems.length = 0
  const report = (problem: unknown): void => void problems.push(problem)
  const rehearsed = {
    port: 0,
    clock: 'simulated',
    startAt: new Date('2026-03-01T12:04:02Z'),
    region: 'us-east-1',
    report,
  } as const
  system = await startSystem({ ...rehearsed, data, seed: true, rules: 'rules.yml', auth: 'sigv4' })
  const response = await fetch(`${system.url}/_tocsin/keys`, {
    method: 'POST',
    headers: authorizationOf(data),
    body: JSON.stringify({ name: 'ann', role: 'responder' }),
  })
  const issued = parseJson(await response.text(), 'The answer')
  key = {
    accessKeyId: issued.get('accessKeyId').string(),
    secretAccessKey: issued.get('secretAccessKey').string(),
  }
})
afterEach(() => system.close())

function clients(credentials: AccessKey) {
  const settings = { endpoint: system.url, region: 'us-east-1', credentials, maxAttempts: 1 }
  return { incidents: new SSMIncidentsClient(settings), contacts: new SSMContactsClient(settings) }
}

async function putAlarm(): Promise<void> {
  const text = readFileSync(join(ROOT, 'events', 'cloudwatch', 'alarm.json'), 'utf8')
  const { source, resources, 'detail-type': type, detail } = JSON.parse(text)
  const entry = { Source: source, Resources: resources, DetailType: type, Detail: JSON.stringify(detail) }
  const settings = { endpoint: system.url, region: 'us-east-1', credentials: key }
  const { FailedEntryCount } = await new EventBridgeClient(settings).send(new PutEventsCommand({ Entries: [entry] }))
  expect(FailedEntryCount).toBe(0)
  await system.idle()
}

test('an alarm opens an incident, pages, and is acknowledged, in the name of the automation', async () => {
  const { incidents, contacts } = clients(key)
  await putAlarm()
  const { incidentRecordSummaries: [summary] = [] } = await incidents.send(new ListIncidentRecordsCommand({}))
  const { incidentRecord } = await incidents.send(new GetIncidentRecordCommand({ arn: summary?.arn }))
  expect(incidentRecord).toMatchObject({
    status: 'OPEN',
    incidentRecordSource: { createdBy: 'arn:aws:iam::111122223333:user/tocsin-automation' },
  })
  const [page] = (await system.messages()).filter(({ pageArn }) => pageArn !== undefined)
  const answer = { AcceptType: 'READ', AcceptCode: page?.code, AcceptCodeValidation: 'ENFORCE' } as const
  await contacts.send(new AcceptPageCommand({ PageId: page?.pageArn, ...answer }))
  const { DeliveryTime, ReadTime } = await contacts.send(new DescribePageCommand({ PageId: page?.pageArn }))
  expect([DeliveryTime, ReadTime]).toEqual([expect.any(Date), expect.any(Date)])
  await system.advance(60_000)
  expect(problems).toEqual([])
  expect(await system.failures()).toEqual([])
})

describe('who has not the key', () => {
  test.each<[what: string, of: (right: AccessKey) => AccessKey, name: string]>([
    ['any key', () => ({ accessKeyId: 'local', secretAccessKey: 'local' }), 'UnrecognizedClientException'],
    ['its id only', (right) => ({ ...right, secretAccessKey: 'local' }), 'InvalidSignatureException'],
  ])('is refused with %s', async (_, of, name) => {
    const { incidents, contacts } = clients(of(key))
    await expect(incidents.send(new ListIncidentRecordsCommand({}))).rejects.toMatchObject({ name })
    await expect(contacts.send(new ListContactsCommand({}))).rejects.toMatchObject({ name })
  })

  test('is refused without a signature, but sees the console', async () => {
    const listing = await fetch(`${system.url}/listIncidentRecords`, { method: 'POST' })
    expect([listing.status, await listing.json()]).toEqual([
      403,
      { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
    ])
    expect((await fetch(system.url)).status).toBe(200)
  })
})
