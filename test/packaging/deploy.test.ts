// A whole life of a stack on moto: the real `serverless deploy` and `remove`, and between them an alarm that becomes an incident by
// the code of the zips. `npm run test:deploy` does all of it, with both incident managers; `npm test` and CI the shorter half.
import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager'
import { PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs'
import {
  ActivateContactChannelCommand,
  CreateContactChannelCommand,
  CreateContactCommand,
  DescribePageCommand,
  ListPagesByContactCommand,
  SSMContactsClient,
  UpdateContactCommand,
} from '@aws-sdk/client-ssm-contacts'
import {
  CreateReplicationSetCommand,
  CreateResponsePlanCommand,
  ListIncidentRecordsCommand,
  SSMIncidentsClient,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import type { Environment } from '../../lib/aws/config.ts'
import { readTemplate } from '../../lib/local/template.ts'
import { AwsStub } from '../aws-stub/stub.ts'
import { unpack } from './bundles.ts'
import { LambdaDriver } from './lambda-driver.ts'
import { LACKING, STAND_INS } from './moto-plugin.ts'
import { ACCOUNT, Moto, projectForMoto, REGION, STACK } from './moto.ts'
import { type Parameters, templateOf } from './package-project.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const MINUTE_MS = 60_000
const EMAIL = 'primary@example.com'
const SMS = '+12065550101'
const ALARM = 'disk-full'
const ALARM_ARN = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${ALARM}`

const isMissing = spawnSync('moto_server', ['--help']).status !== 0
if (isMissing) console.log('SKIPPED: the deployment to moto needs moto_server (Python: moto[server])')
const isWhole = process.env['npm_lifecycle_event'] === 'test:deploy' && !process.env['CI']

/** Who plays the incident manager of a variant, and the person who answers its pages. */
interface Manager {
  /** What the functions need to find it, besides what the stack gives them. */
  readonly settings: Environment
  /** Makes what its users make: a contact and the plan `default`. */
  readonly prepare: (driver: LambdaDriver, moto: Moto, notificationTopic: string) => Promise<void>
  /** The incidents there are. */
  readonly incidents: () => Promise<readonly { readonly title: string; readonly status: string }[]>
  /** A reply to the newest page, as it arrives at the reply topic. */
  readonly reply: (driver: LambdaDriver) => object
  /** Whether the reply was taken; where nobody else does, it tells the notification topic. */
  readonly answered: (moto: Moto, notificationTopic: string) => Promise<boolean>
  readonly close: () => Promise<void>
}

interface Variant {
  readonly parameters: Parameters
  readonly manager: () => Promise<Manager>
  /** The functions that the story must have invoked. */
  readonly functions: readonly string[]
  /** What must outlive the stack: incidents, and what locks their secrets. */
  readonly kept: readonly string[]
}

const AUTOMATION = ['accept-page', 'enrich-timeline', 'open-incident', 'sweep']
const VARIANTS: Readonly<Record<string, Variant>> = {
  tocsin: {
    parameters: { senderEmail: 'tocsin@example.com' },
    manager: () => Promise.resolve(tocsinsOwn()),
    functions: [...AUTOMATION, 'incident-manager', 'run-engagements'].toSorted(),
    kept: ['Episodes', 'Incidents', 'Secret'],
  },
  aws: { parameters: { incidentManager: 'aws' }, manager: awsStub, functions: AUTOMATION, kept: ['Episodes'] },
}

const chosen = Object.entries(VARIANTS).filter(([name]) => isWhole || name === 'tocsin')

describe.skipIf(isMissing).each(chosen)('with incidentManager=%s, on moto', (_, variant) => {
  const { parameters, manager, functions, kept } = variant
  let project = ''
  let moto: Moto
  let driver: LambdaDriver
  let incidents: Manager
  let env: Readonly<Record<string, string>>
  /** What has been deployed last. */
  let given = parameters
  beforeAll(async () => {
    project = projectForMoto()
    moto = await Moto.start()
    driver = await LambdaDriver.start(moto)
    incidents = await manager()
    const SecretString = createHash('sha256').update('what CloudFormation would make').digest('hex')
    const { ARN } = await moto.secrets.send(new CreateSecretCommand({ Name: 'tocsin', SecretString }))
    const standIns = { Secret: ARN, IncidentDashmanagerLambdaFunctionUrl: driver.url }
    env = { [STAND_INS]: JSON.stringify(standIns) }
  })
  afterAll(async () => {
    await incidents?.close()
    await driver?.close()
    await moto?.close()
    rmSync(project, { recursive: true, force: true })
  })

  const deploy = (more: Parameters = {}): Promise<string> => {
    given = { ...given, ...more }
    return moto.serverless('deploy', project, given, env)
  }
  /** What Lambda has of each function. */
  const functionsNow = async () =>
    Object.fromEntries(
      await Promise.all(
        functions.map(async (key) => {
          const FunctionName = `${STACK}-${key}`
          const found = await moto.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
          return [key, { code: found.CodeSha256, variables: found.Environment?.Variables ?? {} }] as const
        }),
      ),
    )

  const resourcesOfTemplate = () => {
    const resources = templateOf(project).get('Resources').entries()
    return resources.map(([id, resource]) => ({
      id,
      type: resource.get('Type').string(),
      isRetained: resource.get('DeletionPolicy').optionalString()?.startsWith('Retain') ?? false,
    }))
  }
  /** Nothing of the template is missing but what LACKING names; each service has what is its own, with the code of the zips. Answers the types that are missing. */
  async function expectWhole(): Promise<Set<string>> {
    const there = new Set(await moto.stackResources())
    const missing = resourcesOfTemplate().filter(({ id }) => !there.has(id))
    expect(missing.filter(({ type }) => !(type in LACKING))).toEqual([])
    const inventory = Object.entries(await moto.inventory()).map(([type, { length }]) => [type, length])
    const countOf = (type: unknown): number => resourcesOfTemplate().filter((one) => one.type === type).length
    expect(inventory).toEqual(inventory.map(([type]) => [type, countOf(type)]))
    for (const [key, { code }] of Object.entries(await functionsNow()))
      expect([key, code]).toEqual([key, sha256Of(join(project, '.serverless', `${key}.zip`))])
    return new Set(missing.map(({ type }) => type))
  }

  test('it is created, with all that moto can make', async () => {
    await deploy()
    const missing = [...(await expectWhole())].map((type) => `  ${type}: ${LACKING[type]}`)
    console.log(['moto passes over', ...missing].join('\n'))
    const { status, outputs } = (await moto.stack()) ?? {}
    // osls creates a stack with nothing but its bucket first, and updates that.
    expect(status).toBe('UPDATE_COMPLETE')
    const wanted = templateOf(project).get('Outputs').entries()
    expect(Object.keys(outputs ?? {}).toSorted()).toEqual(wanted.map(([name]) => name).toSorted())
    expect(Object.values(outputs ?? {})).not.toContain('')
  }, 120_000)

  test.runIf(isWhole)(
    'deployed again unchanged, it stays as it is',
    async () => {
      const before = [await functionsNow(), await moto.inventory()]
      expect(await deploy()).toContain('No changes to deploy')
      expect([await functionsNow(), await moto.inventory()]).toEqual(before)
    },
    120_000,
  )

  test.runIf(isWhole)(
    'other parameters change what they are about, and nothing else',
    async () => {
      const [before, inventory] = [await functionsNow(), await moto.inventory()]
      // No retention of logs: moto forgets a log group that changes.
      await deploy({ quietTime: '20m', healthRegions: 'all', alarmEmail: 'ann@example.com' })
      await expectWhole()
      const subscriptions = resourcesOfTemplate().filter(({ type }) => type === 'AWS::SNS::Subscription')
      expect(subscriptions).toHaveLength(5)
      const after = await functionsNow()
      const withOtherCode = functions.filter((key) => before[key]?.code !== after[key]?.code)
      // The quiet time is compiled into the rules.
      expect(withOtherCode).toEqual(['open-incident', 'sweep'])
      for (const key of functions) {
        const changed = key === 'open-incident' ? { TOCSIN_HEALTH_REGIONS: 'all' } : {}
        expect(after[key]?.variables).toEqual({ ...before[key]?.variables, ...changed })
      }
      expect(await moto.inventory()).toEqual(inventory)
    },
    120_000,
  )

  test('an alarm becomes an incident, somebody answers, and its recovery resolves it', async () => {
    const { outputs = {} } = (await moto.stack()) ?? {}
    const { NotificationTopicArn = '', ReplyTopicArn } = outputs
    const { bundles, remove } = unpack(project)
    onTestFailed(async () => console.log(`Logged: ${JSON.stringify((await driver.close()).map(({ value }) => value))}`))
    try {
      await driver.take(bundles, incidents.settings)
      await subscribe()
      await incidents.prepare(driver, moto, NotificationTopicArn)
      await driver.tick('sweep')

      await alarm('ALARM')
      await driver.drain()
      expect(await incidents.incidents()).toEqual([{ title: ALARM, status: 'OPEN' }])
      if (functions.includes('run-engagements')) await driver.tick('run-engagements')

      const Message = JSON.stringify(incidents.reply(driver))
      await moto.sns.send(new PublishCommand({ TopicArn: ReplyTopicArn, Message }))
      await driver.drain()
      expect(await incidents.answered(moto, NotificationTopicArn)).toBe(true)
      await driver.drain()

      await alarm('OK')
      await driver.drain()
      const quietMs = (isWhole ? 20 : 10) * MINUTE_MS
      await driver.tick('sweep', quietMs - MINUTE_MS)
      expect(await incidents.incidents()).toEqual([{ title: ALARM, status: 'OPEN' }])
      await driver.tick('sweep', quietMs + MINUTE_MS)
      expect(await incidents.incidents()).toEqual([{ title: ALARM, status: 'RESOLVED' }])
      await driver.drain()

      expect(driver.invoked).toEqual(functions)
      expect(await messagesLeft()).toEqual([])
      const logs = await driver.close()
      expect(logs.filter((line) => ['WARN', 'ERROR'].includes(line.get('level').optionalString() ?? ''))).toEqual([])
    } finally {
      remove()
    }
  }, 60_000)

  test('removed, nothing is left of it but what is to be kept', async () => {
    const retained = resourcesOfTemplate().filter(({ isRetained }) => isRetained)
    expect(retained.map(({ id }) => id).toSorted()).toEqual(kept)
    await moto.serverless('remove', project, given, env)
    expect(await moto.stack()).toBeUndefined()
    const left = Object.entries(await moto.inventory()).filter(([, names]) => names.length > 0)
    expect(left).toEqual([['AWS::DynamoDB::Table', expect.any(Array)]])
    const byMoto = retained.flatMap(({ id, type }) => (type in LACKING ? [] : [id]))
    // A table's name is that of the stack, its logical id and what makes it unique.
    expect(left[0]?.[1].map((name) => name.split('-').at(-2))).toEqual(byMoto.toSorted())
  }, 60_000)

  /** What moto's CloudFormation leaves out, by its SNS: each queue hears its topic. */
  async function subscribe(): Promise<void> {
    const { subscriptions } = readTemplate(templateOf(project), { account: ACCOUNT, region: REGION, url: driver.url })
    const queues = subscriptions.filter(({ protocol }) => protocol === 'sqs')
    for (const { topicArn: TopicArn, protocol: Protocol, endpoint: Endpoint } of queues)
      await moto.sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }))
  }

  /** As CloudWatch has an alarm and tells of it: moto changes the state, and tells nobody. */
  async function alarm(StateValue: 'ALARM' | 'OK'): Promise<void> {
    const { cloudwatch, bus } = moto
    const metric = {
      Namespace: 'disk',
      MetricName: 'full',
      Period: 60,
      Statistic: 'Maximum',
      EvaluationPeriods: 1,
    } as const
    const compared = { Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' } as const
    if (StateValue === 'ALARM')
      await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: ALARM, ...metric, ...compared }))
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: ALARM, StateValue, StateReason: 'test' }))
    const state = { value: StateValue, reason: 'test', timestamp: new Date().toISOString() }
    const previousState = { value: StateValue === 'OK' ? 'ALARM' : 'OK' }
    const entry = {
      Source: 'aws.cloudwatch',
      DetailType: 'CloudWatch Alarm State Change',
      Resources: [ALARM_ARN],
      Detail: JSON.stringify({ alarmName: ALARM, state, previousState }),
    }
    expect(await bus.send(new PutEventsCommand({ Entries: [entry] }))).toMatchObject({ FailedEntryCount: 0 })
  }

  /** The queues that are not empty, dead letters too. */
  async function messagesLeft(): Promise<string[]> {
    const { QueueUrls = [] } = await moto.sqs.send(new ListQueuesCommand({}))
    const names = ['ApproximateNumberOfMessages' as const, 'ApproximateNumberOfMessagesNotVisible' as const]
    const left = await Promise.all(
      QueueUrls.map(async (QueueUrl) => {
        const call = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names })
        const { Attributes = {} } = await moto.sqs.send(call)
        return names.every((name) => Attributes[name] === '0') ? [] : [QueueUrl]
      }),
    )
    return left.flat()
  }
})

const sha256Of = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('base64')

/** Tocsin's own, by the code of its zip, with a key that is issued as docs/deploy.md says. */
function tocsinsOwn(): Manager {
  let incidents: SSMIncidentsClient | undefined
  let contacts: SSMContactsClient | undefined
  let ContactId = ''
  const codeIn = (mail: unknown): string => /\b\d{6}\b/u.exec(JSON.stringify(mail))?.[0] ?? 'no code'
  return {
    settings: {},
    async prepare(driver, moto, snsTopicArn) {
      const stage = ['--stage', STACK.replace('tocsin-', ''), '--region', REGION]
      const keys = [join(ROOT, 'scripts/keys.ts'), 'create', '--name', 'ann', '--role', 'admin', ...stage]
      const { stdout } = await promisify(execFile)(process.execPath, keys, { env: moto.environment })
      const said = (name: string): string => new RegExp(`\\b${name}=(\\S+)`, 'u').exec(stdout)?.[1] ?? ''
      const credentials = {
        accessKeyId: said('AWS_ACCESS_KEY_ID'),
        secretAccessKey: said('AWS_SECRET_ACCESS_KEY'),
      }
      const settings = { endpoint: said('AWS_ENDPOINT_URL_SSM_INCIDENTS'), region: REGION, credentials }
      incidents = new SSMIncidentsClient(settings)
      contacts = new SSMContactsClient(settings)
      await incidents.send(new CreateReplicationSetCommand({ regions: { [REGION]: {} } }))
      const person = { Type: 'PERSONAL' as const, Plan: { Stages: [] } }
      // The rules that ship engage both.
      await contacts.send(new CreateContactCommand({ ...person, Alias: 'manager' }))
      const { ContactArn = '' } = await contacts.send(new CreateContactCommand({ ...person, Alias: 'on-call' }))
      ContactId = ContactArn
      const channel = { ContactId, Name: 'mail', Type: 'EMAIL' } as const
      const { ContactChannelArn = '' } = await contacts.send(
        new CreateContactChannelCommand({ ...channel, DeliveryAddress: { SimpleAddress: EMAIL } }),
      )
      const code = codeIn(driver.emails.at(-1)?.get('Content').value)
      await contacts.send(
        new ActivateContactChannelCommand({ ContactChannelId: ContactChannelArn, ActivationCode: code }),
      )
      const Targets = [{ ChannelTargetInfo: { ContactChannelId: ContactChannelArn } }]
      const Plan = { Stages: [{ DurationInMinutes: 1, Targets }] }
      await contacts.send(new UpdateContactCommand({ ContactId, Plan }))
      const template = { title: 'Something is wrong', impact: 3, notificationTargets: [{ snsTopicArn }] }
      const plan = { name: 'default', incidentTemplate: template, engagements: [ContactId] }
      await incidents.send(new CreateResponsePlanCommand(plan))
    },
    async incidents() {
      const { incidentRecordSummaries = [] } = (await incidents?.send(new ListIncidentRecordsCommand({}))) ?? {}
      return incidentRecordSummaries.map(({ title = '', status = '' }) => ({ title, status }))
    },
    reply({ emails }) {
      const content = ['', '', `${codeIn(emails.at(-1)?.get('Content').value)} on it`].join('\r\n')
      const commonHeaders = { from: [EMAIL], subject: 'Re: page' }
      const mail = { messageId: 'reply-1', source: EMAIL, headers: [], commonHeaders }
      return { notificationType: 'Received', mail, content }
    },
    async answered() {
      const { Pages = [] } = (await contacts?.send(new ListPagesByContactCommand({ ContactId }))) ?? {}
      const page = await contacts?.send(new DescribePageCommand({ PageId: Pages[0]?.PageArn }))
      return page?.ReadTime !== undefined
    },
    async close() {
      incidents?.destroy()
      contacts?.destroy()
    },
  }
}

/** AWS's, played by the stub: moto has no operation of it that the automation calls. */
async function awsStub(): Promise<Manager> {
  const stub = await AwsStub.start({
    now: () => new Date(),
    contacts: [{ alias: 'on-call', sms: SMS, email: EMAIL }, { alias: 'manager' }],
  })
  return {
    settings: { AWS_ENDPOINT_URL_SSM_INCIDENTS: stub.url, AWS_ENDPOINT_URL_SSM_CONTACTS: stub.url },
    prepare: () => Promise.resolve(),
    incidents: () => Promise.resolve(stub.incidents.map(({ title, status }) => ({ title, status }))),
    reply: () => ({
      originationNumber: SMS,
      messageBody: `Ack ${stub.pages[0]?.code}`,
      inboundMessageId: 'reply-1',
    }),
    async answered({ sns }, topic) {
      await stub.notify(sns, topic, stub.incident, 'SSM Contacts Page Acknowledgement for Incident')
      return stub.pages.some(({ readAt }) => readAt)
    },
    close: () => stub.close(),
  }
}
