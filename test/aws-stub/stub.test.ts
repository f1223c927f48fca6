// The stub itself, through the official clients: it refuses what AWS documents as refused, and counts what it was asked.
import {
  CreateTimelineEventCommand,
  GetIncidentRecordCommand,
  SSMIncidentsClient,
  StartIncidentCommand,
  type StartIncidentCommandInput,
  UpdateIncidentRecordCommand,
} from '@aws-sdk/client-ssm-incidents'
import {
  AcceptPageCommand,
  paginateListEngagements,
  SSMContactsClient,
  StartEngagementCommand,
  StopEngagementCommand,
} from '@aws-sdk/client-ssm-contacts'
import { afterEach, expect, it } from 'vitest'
import { AWS_RATES } from './rates.ts'
import { AwsStub, type StubOptions } from './stub.ts'

let now = new Date('2026-03-01T03:00:00.000Z')
let stub: AwsStub
let incidents: SSMIncidentsClient
let contacts: SSMContactsClient
const start = async (options: Omit<StubOptions, 'now'> = {}): Promise<void> => {
  stub = await AwsStub.start({ now: () => now, ...options })
  const settings = {
    endpoint: stub.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  }
  incidents = new SSMIncidentsClient(settings)
  contacts = new SSMContactsClient(settings)
}
afterEach(async () => {
  incidents.destroy()
  contacts.destroy()
  await stub.close()
})

const responsePlanArn = 'arn:aws:ssm-incidents::111122223333:response-plan/default'
const open = async (input: Partial<StartIncidentCommandInput> = {}): Promise<string> =>
  (await incidents.send(new StartIncidentCommand({ responsePlanArn, ...input }))).incidentRecordArn ?? ''
const trigger = (source: string, rawData = '{}') => ({ triggerDetails: { source, timestamp: now, rawData } })

it.each<[string, Partial<StartIncidentCommandInput>, RegExp]>([
  ['a source of AWS', trigger('aws.cloudwatch'), /can't begin with "aws\."/],
  ['a long source', trigger('s'.repeat(51)), /triggerDetails\.source.*less than or equal to 50/],
  ['long raw data', trigger('my.app', 'x'.repeat(10_001)), /rawData.*less than or equal to 10000/],
  ['a long title', { title: 'x'.repeat(201) }, /title.*less than or equal to 200/],
  ['an impact of 6', { impact: 6 }, /impact.*less than or equal to 5/],
  ['a long token', { clientToken: 'x'.repeat(129) }, /clientToken.*less than or equal to 128/],
  [
    'a resource that is no ARN',
    { relatedItems: [{ identifier: { type: 'INVOLVED_RESOURCE', value: { arn: 'arn:mine' } } }] },
    /relatedItems\.1\.member\.identifier\.value\.arn.*pattern/,
  ],
])('refuses %s', async (_name, input, message) => {
  await start()
  await expect(open(input)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message),
  })
})

it('starts once per token, and not at all without a replication set or a plan', async () => {
  await start()
  const once = { clientToken: 'one', title: 'Once' }
  expect(await open(once)).toBe(await open(once))
  await expect(open({ ...once, title: 'Another' })).rejects.toMatchObject({ name: 'ConflictException' })
  await expect(open({ responsePlanArn: `${responsePlanArn}-gone` })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 404 },
  })
  expect(stub.incidents).toHaveLength(1)
})

it("throttles at AWS's own rates, by the clock that it is given", async () => {
  await start({ rates: AWS_RATES })
  const tries = async (): Promise<number> => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => open()))
    return results.filter(({ status }) => status === 'fulfilled').length
  }
  expect(await tries()).toBe(5)
  now = new Date(now.getTime() + 400)
  expect(await tries()).toBe(2)
  now = new Date(now.getTime() + 60_000)
  expect(await tries()).toBe(5)
  await expect(open()).rejects.toMatchObject({
    name: 'ThrottlingException',
    serviceCode: 'ssm-incidents',
    $metadata: { httpStatusCode: 429 },
  })
  expect(stub.mostInOneSecond('StartIncident')).toBe(16)
  expect(stub.callsOf('StartIncident')).toHaveLength(12)
})

it('has quotas: incidents of a plan in a month, events of a timeline', async () => {
  await start({ mostPerPlanAndMonth: 1 })
  const incidentRecordArn = await open()
  await expect(open()).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' })
  const event = { incidentRecordArn, eventTime: now, eventType: 'Custom Event', eventData: '{}' }
  for (let left = 1000 - stub.incident.timeline.length; left > 0; left--)
    stub.change(stub.incident, { impact: 1 + (left % 5) })
  await expect(incidents.send(new CreateTimelineEventCommand(event))).rejects.toMatchObject({
    name: 'ServiceQuotaExceededException',
  })
  await incidents.send(new UpdateIncidentRecordCommand({ arn: incidentRecordArn, status: 'RESOLVED' }))
  const { incidentRecord } = await incidents.send(new GetIncidentRecordCommand({ arn: incidentRecordArn }))
  expect(incidentRecord).toMatchObject({ status: 'RESOLVED', resolvedTime: now, creationTime: now })
})

it('engages, pages, lists page by page, checks codes, and stops', async () => {
  await start()
  const IncidentId = await open()
  const ContactId = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/manager'
  const text = { Sender: 'test', Subject: 'Look', Content: 'Look here' }
  const once = { ContactId, IncidentId, IdempotencyToken: 'one', ...text }
  const { EngagementArn } = await contacts.send(new StartEngagementCommand(once))
  expect((await contacts.send(new StartEngagementCommand(once))).EngagementArn).toBe(EngagementArn)
  await contacts.send(new StartEngagementCommand({ ...once, IdempotencyToken: 'two' }))
  await expect(
    contacts.send(new StartEngagementCommand({ ...once, IdempotencyToken: 'not:this' })),
  ).rejects.toMatchObject({ name: 'ValidationException' })
  await contacts.send(new StopEngagementCommand({ EngagementId: EngagementArn, Reason: 'Enough' }))
  const listed: boolean[][] = []
  for await (const { Engagements = [] } of paginateListEngagements({ client: contacts }, { IncidentId }))
    listed.push(Engagements.map(({ StopTime }) => StopTime !== undefined))
  expect(listed).toEqual([[false, true], [false]])
  const page = stub.pages.at(-1)
  const accept = (AcceptCode: string) =>
    contacts.send(
      new AcceptPageCommand({
        PageId: page?.arn,
        AcceptType: 'READ',
        AcceptCode,
        AcceptCodeValidation: 'ENFORCE',
      }),
    )
  await expect(accept('999999')).rejects.toMatchObject({ name: 'ValidationException' })
  await accept(page?.code ?? '')
  expect(page?.readAt).toEqual(now)
})
