// What is uploaded works: the bundle of each zip, in a worker of its own with the environment that the template gives it, from
// the alarm to the answer of a person and the end of the incident.
import { rmSync } from 'node:fs'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import {
  ActivateContactChannelCommand,
  CreateContactChannelCommand,
  CreateContactCommand,
  SSMContactsClient,
  UpdateContactCommand,
} from '@aws-sdk/client-ssm-contacts'
import {
  CreateReplicationSetCommand,
  CreateResponsePlanCommand,
  GetIncidentRecordCommand,
  type IncidentRecord,
  ListIncidentRecordsCommand,
  SSMIncidentsClient,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccessKey, automationKey } from '../../lib/aws/secrets.ts'
import type { Json } from '../../lib/local/json.ts'
import { AwsStub } from '../aws-stub/stub.ts'
import { type Bundle, Loaded, unpack } from './bundles.ts'
import { type Deployed, deploy, SECRET } from './deployed.ts'
import { copyOfProject, packageProject, type Parameters } from './package-project.ts'

const VARIANTS: Readonly<Record<'tocsin' | 'aws', Parameters>> = {
  tocsin: { senderEmail: 'tocsin@example.com' },
  aws: { incidentManager: 'aws' },
}
const KEYS = {
  aws: ['accept-page', 'enrich-timeline', 'open-incident', 'sweep'],
  tocsin: ['accept-page', 'enrich-timeline', 'incident-manager', 'open-incident', 'run-engagements', 'sweep'],
}
const MINUTE_MS = 60_000
const SMS = '+12065550101'
const EMAIL = 'primary@example.com'

const projects = new Map<string, string>()
const unpacked = new Map<string, ReturnType<typeof unpack>>()
beforeAll(async () => {
  await Promise.all(
    Object.entries(VARIANTS).map(async ([name, parameters]) => {
      const project = copyOfProject()
      projects.set(name, project)
      const { failed, output } = await packageProject(project, parameters)
      if (failed) throw new Error(output)
      unpacked.set(name, unpack(project))
    }),
  )
}, 120_000)
afterAll(() => {
  for (const { remove } of unpacked.values()) remove()
  for (const project of projects.values()) rmSync(project, { recursive: true, force: true })
})

const bundlesOf = (variant: string): readonly Bundle[] => unpacked.get(variant)?.bundles ?? []
const deployVariant = (variant: string, settings = {}): Promise<Deployed> =>
  deploy(projects.get(variant) ?? '', bundlesOf(variant), settings)

test.each(Object.entries(KEYS))('the bundles of the variant %s load without any environment', async (variant, keys) => {
  expect(bundlesOf(variant).map(({ name }) => name)).toEqual(keys)
  for (const bundle of bundlesOf(variant)) {
    const loaded = await Loaded.load(bundle, {})
    expect(await loaded.close(), bundle.name).toEqual([])
  }
})

describe('with Tocsin’s own incident manager, the bundles', () => {
  const own = automationKey(new TextEncoder().encode(SECRET))
  let key: AccessKey
  let deployed: Deployed
  let incidents: SSMIncidentsClient
  let contacts: SSMContactsClient
  beforeAll(async () => {
    deployed = await deployVariant('tocsin')
    key = await deployed.issueKey()
    const settings = { ...clientOf(deployed.system.url), credentials: key }
    incidents = new SSMIncidentsClient(settings)
    contacts = new SSMContactsClient(settings)
  })
  afterAll(() => deployed.close())

  test('answer to issued keys and the derived one only, and show the console', async () => {
    const { url } = deployed.system
    const stranger = new SSMIncidentsClient(clientOf(url))
    const refused = { name: 'UnrecognizedClientException' }
    await expect(stranger.send(new ListIncidentRecordsCommand({}))).rejects.toMatchObject(refused)
    expect(await (await fetch(url)).text()).toContain('<!doctype html>')
  })

  test('take an alarm from its first page to its end', async () => {
    const { system, outputs, emails, tick } = deployed
    await setUp(incidents, contacts, deployed)
    await tick('sweep')
    await putAlarm(system.url, 'ALARM', new Date(Date.now() - 30 * MINUTE_MS))
    await system.idle()
    expect(await theIncident(incidents)).toMatchObject({ status: 'OPEN', title: 'checkout-5xx (us-east-1)', impact: 2 })
    const [sms, ...others] = (await texts(deployed)).slice(1)
    expect([sms?.address, sms?.body, others]).toEqual([SMS, expect.stringMatching(/checkout-5xx.*\d{6}/), []])

    await tick('run-engagements')
    expect(emails).toHaveLength(1)
    // Two minutes later the second stage of the contact's plan is due.
    await tick('run-engagements', 2 * MINUTE_MS)
    expect(emails).toHaveLength(2)
    expect(emails[1]?.get('Destination').get('ToAddresses').value).toEqual([EMAIL])

    await replyBySms(system.url, outputs['ReplyTopicArn'], `Ack ${codeIn(sms?.body)}`)
    await system.idle()
    await tick('sweep')
    expect(await theIncident(incidents)).toMatchObject({ status: 'OPEN' })

    await putAlarm(system.url, 'OK', new Date(Date.now() - 11 * MINUTE_MS))
    await system.idle()
    await tick('sweep')
    expect(await theIncident(incidents)).toMatchObject({ status: 'RESOLVED' })
    expect(await system.failures()).toEqual([])
    expect([...deployed.invoked].toSorted()).toEqual(KEYS.tocsin)
  })

  test('have one correlation id in all their logs, measure what they did, and log nothing that is secret', async () => {
    const id = (await theIncident(incidents))?.arn?.split('/').at(-1)
    const codes = [...(await texts(deployed)).map(({ body }) => body), JSON.stringify(deployed.emails)].map(codeIn)
    const logs = await deployed.close()
    expect(new Set(logs.flatMap((line) => line.get('correlation_id').value ?? []))).toEqual(new Set([id]))
    expect(measuredIn(logs)).toEqual([...MEASURED, 'EngagementsHeartbeat', 'Pages'].toSorted())
    expectQuiet(logs, [SMS, EMAIL, SECRET, key.secretAccessKey, own.secretAccessKey, ...codes])
  })
})

describe('with AWS’s incident manager, the bundles', () => {
  let stub: AwsStub
  let deployed: Deployed
  beforeAll(async () => {
    stub = await AwsStub.start({ now: () => new Date(), contacts: [{ alias: 'on-call', sms: SMS, email: EMAIL }] })
    const at = { AWS_ENDPOINT_URL_SSM_INCIDENTS: stub.url, AWS_ENDPOINT_URL_SSM_CONTACTS: stub.url }
    deployed = await deployVariant('aws', at)
  })
  afterAll(async () => {
    await deployed.close()
    await stub.close()
  })

  test('do the same with what AWS documents of it, in the name of their roles', async () => {
    const { system, outputs, tick } = deployed
    await putAlarm(system.url, 'ALARM', new Date(Date.now() - 30 * MINUTE_MS))
    await system.idle()
    expect(stub.incident).toMatchObject({ status: 'OPEN', title: 'checkout-5xx (us-east-1)', impact: 2 })
    expect(stub.incident.createdBy).toContain('ASIAROLE')

    await replyBySms(system.url, outputs['ReplyTopicArn'], `Ack ${stub.pages[0]?.code}`)
    await system.idle()
    expect(stub.pages).toMatchObject([{ readAt: expect.any(Date), note: 'Answered by SMS' }])
    const topics = new SNSClient(clientOf(system.url))
    const answered = 'SSM Contacts Page Acknowledgement for Incident'
    await stub.notify(topics, outputs['NotificationTopicArn'] ?? '', stub.incident, answered)
    topics.destroy()
    await system.idle()
    await tick('sweep')
    expect(stub.incident.status).toBe('OPEN')

    await putAlarm(system.url, 'OK', new Date(Date.now() - 11 * MINUTE_MS))
    await system.idle()
    await tick('sweep')
    expect(stub.incident.status).toBe('RESOLVED')
    expect(await system.failures()).toEqual([])
    expect([...deployed.invoked].toSorted()).toEqual(KEYS.aws)

    const logs = await deployed.close()
    expect(measuredIn(logs)).toEqual(MEASURED)
    expectQuiet(logs, [SMS, EMAIL, stub.pages[0]?.code ?? 'no code'])
  })
})

const MEASURED = [
  'OldestDueSeconds',
  'Opened',
  'Resolved',
  'SweepHeartbeat',
  'SweepLateness',
  'TimeToAcknowledge',
  'TimeToResolve',
]

/** The names of all metrics in the embedded metric format. */
const measuredIn = (logs: readonly Json[]): string[] => {
  const metrics = logs.flatMap((line) => line.get('_aws').get('CloudWatchMetrics').list())
  const names = metrics.flatMap((metric) =>
    metric
      .get('Metrics')
      .list()
      .map((one) => one.get('Name').string()),
  )
  return [...new Set(names)].toSorted()
}

/** Nothing failed, and nothing that nobody may read is in the logs. */
function expectQuiet(logs: readonly Json[], secrets: readonly string[]): void {
  // The rules that ship name contacts that this incident manager does not have: that is said, as it should be.
  const isWrong = (line: Json): boolean =>
    ['WARN', 'ERROR'].includes(line.get('level').optionalString() ?? '') &&
    !line.get('message').optionalString()?.startsWith('What the rules or the fallback name does not exist')
  expect(logs.filter(isWrong)).toEqual([])
  const text = JSON.stringify(logs.map(({ value }) => value))
  for (const secret of secrets) expect(text).not.toContain(secret)
}

const clientOf = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
})

/** What has left by SMS, oldest first. */
const texts = async ({ system }: Deployed) =>
  (await system.messages()).filter(({ type }) => type === 'SMS').toReversed()
const codeIn = (words: string | undefined): string => /\d{6}/.exec(words ?? '')?.[0] ?? 'no code'

/** As docs/deploy.md says it: a replication set, a person with two channels, and the response plan `default`. */
async function setUp(incidents: SSMIncidentsClient, contacts: SSMContactsClient, deployed: Deployed): Promise<void> {
  await incidents.send(new CreateReplicationSetCommand({ regions: { 'us-east-1': {} } }))
  const { ContactArn = '' } = await contacts.send(
    new CreateContactCommand({ Alias: 'primary', Type: 'PERSONAL', Plan: { Stages: [] } }),
  )
  const channel = async (Type: 'SMS' | 'EMAIL', SimpleAddress: string): Promise<string> => {
    const { ContactChannelArn = '' } = await contacts.send(
      new CreateContactChannelCommand({ ContactId: ContactArn, Name: Type, Type, DeliveryAddress: { SimpleAddress } }),
    )
    const [text] = await texts(deployed)
    const sent = Type === 'SMS' ? text?.body : JSON.stringify(deployed.emails[0]?.value)
    await contacts.send(
      new ActivateContactChannelCommand({ ContactChannelId: ContactChannelArn, ActivationCode: codeIn(sent) }),
    )
    return ContactChannelArn
  }
  const [sms, email] = [await channel('SMS', SMS), await channel('EMAIL', EMAIL)]
  const Stages = [sms, email].map((ContactChannelId) => ({
    DurationInMinutes: 1,
    Targets: [{ ChannelTargetInfo: { ContactChannelId } }],
  }))
  await contacts.send(new UpdateContactCommand({ ContactId: ContactArn, Plan: { Stages } }))
  const notificationTargets = [{ snsTopicArn: deployed.outputs['NotificationTopicArn'] ?? '' }]
  await incidents.send(
    new CreateResponsePlanCommand({
      name: 'default',
      incidentTemplate: { title: 'Something is wrong', impact: 3, notificationTargets },
      engagements: [ContactArn],
    }),
  )
}

async function theIncident(incidents: SSMIncidentsClient): Promise<IncidentRecord | undefined> {
  const { incidentRecordSummaries: [summary, ...others] = [] } = await incidents.send(
    new ListIncidentRecordsCommand({}),
  )
  expect(others).toEqual([])
  return (await incidents.send(new GetIncidentRecordCommand({ arn: summary?.arn }))).incidentRecord
}

async function putAlarm(url: string, value: 'OK' | 'ALARM', at: Date): Promise<void> {
  const detail = {
    alarmName: 'checkout-5xx',
    state: { value, reason: 'Threshold Crossed', timestamp: at.toISOString() },
  }
  const entry = {
    Source: 'aws.cloudwatch',
    DetailType: 'CloudWatch Alarm State Change',
    Resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:checkout-5xx'],
    Detail: JSON.stringify({ ...detail, previousState: { value: value === 'OK' ? 'ALARM' : 'OK' } }),
  }
  const bus = new EventBridgeClient(clientOf(url))
  expect(await bus.send(new PutEventsCommand({ Entries: [entry] }))).toMatchObject({ FailedEntryCount: 0 })
  bus.destroy()
}

async function replyBySms(url: string, TopicArn: string | undefined, messageBody: string): Promise<void> {
  const Message = JSON.stringify({ originationNumber: SMS, messageBody, inboundMessageId: 'reply-1' })
  const topics = new SNSClient(clientOf(url))
  await topics.send(new PublishCommand({ TopicArn, Message }))
  topics.destroy()
}
