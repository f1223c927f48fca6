// What nobody can read wakes somebody within minutes, once; what can be known of an alarm is used.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ListTopicsCommand, PublishCommand } from '@aws-sdk/client-sns'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Faults } from './faults.ts'
import { type Engine, Rehearsal } from './rehearsal.ts'

const RULES = `
version: 1
defaults: {title: "\${detail.alarmName}", resolve: {after: 10m, mode: unless-human}}
`
let on: Rehearsal

async function publishText(Message: string, Subject?: string): Promise<void> {
  const { Topics = [] } = await on.topics.send(new ListTopicsCommand({}))
  const TopicArn = Topics.find((each) => each.TopicArn?.endsWith('alarms'))?.TopicArn
  await on.topics.send(new PublishCommand({ TopicArn, Message, Subject }))
  await on.system.idle()
}

async function invoke(
  event: unknown,
  InvocationType: 'Event' | 'RequestResponse' = 'Event',
): Promise<string | undefined> {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  const lambda = new LambdaClient({ endpoint: on.system.url, region: 'us-east-1', credentials })
  const Payload = Buffer.from(JSON.stringify(event))
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'open-incident', InvocationType, Payload }))
  await on.system.idle()
  lambda.destroy()
  return answer.FunctionError
}

const notification = (more: object = {}): Record<string, unknown> => ({
  AlarmName: 'disk',
  AlarmDescription: null,
  AWSAccountId: '111122223333',
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold Crossed',
  StateChangeTime: on.system.now().toISOString(),
  Region: 'US East (N. Virginia)',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:disk',
  OldStateValue: 'OK',
  ...more,
})
const snsRecord = (Message: string, id = 'm1'): object => ({
  EventSource: 'aws:sns',
  EventVersion: '1.0',
  EventSubscriptionArn: 'arn:aws:sns:us-east-1:111122223333:t:1',
  Sns: {
    Type: 'Notification',
    MessageId: id,
    TopicArn: 'arn:aws:sns:us-east-1:111122223333:t',
    Subject: null,
    Message,
    Timestamp: on.system.now().toISOString(),
    MessageAttributes: {},
  },
})
const UNREADABLE = 'Messages that cannot be read, by SNS topic tocsin-production-alarms'

describe.each<Engine>(['sqlite', 'dynamodb'])('what can be read in part, on %s,', (engine) => {
  beforeEach(async () => {
    on = await Rehearsal.start(engine, {}, RULES)
  })
  afterEach(() => on.close())

  it('opens an alarm without an ARN, without an instant, with strange dimensions, and recovers by the same alarm', async () => {
    await on.publish('alarms', notification({ AlarmArn: undefined }))
    await on.publish('alarms', notification({ AlarmName: 'now', AlarmArn: undefined, StateChangeTime: undefined }))
    await on.publish(
      'alarms',
      notification({ AlarmName: 'odd', AlarmArn: undefined, Region: 'Moon (Sea)', AWSAccountId: undefined }),
    )
    expect((await on.records()).map(({ title }) => title)).toEqual(['disk', 'now', 'odd'])
    expect(await on.system.failures()).toEqual([])
    await on.minutes(2)
    await on.publish('alarms', notification({ NewStateValue: 'OK' }))
    await on.minutes(11)
    expect((await on.records()).map(({ status }) => status)).toEqual(['RESOLVED', 'OPEN', 'OPEN'])
  })

  it.each<[what: string, trigger: unknown]>([
    ['no trigger', null],
    ['no dimensions', { MetricName: 'm', Namespace: 'n', Dimensions: null }],
    ['empty ones', { MetricName: 'm', Namespace: 'n', Dimensions: [{}, { name: '' }] }],
    ['ones with capitals', { MetricName: 'm', Namespace: 'n', Dimensions: [{ Name: 'Disk', Value: 'a' }] }],
    ['an object of them', { MetricName: 'm', Namespace: 'n', Dimensions: { Disk: 'a' } }],
    ['a text', { MetricName: 'm', Namespace: 'n', Dimensions: 'Disk' }],
  ])('opens an alarm with %s', async (what, Trigger) => {
    await on.publish('alarms', notification({ Trigger }))
    const { arn } = await on.incident()
    const metric = (await on.relatedItems(arn)).find(({ identifier }) => identifier?.type === 'METRIC')
    const drawn = metric?.identifier?.value?.metricDefinition
    expect(drawn?.includes('["n","m","Disk","a"') === true).toBe(/capitals|object/u.test(what))
  })
})

describe.each<Engine>(['sqlite', 'dynamodb'])('what nobody can read, on %s,', (engine) => {
  beforeEach(async () => {
    on = await Rehearsal.start(engine, {}, RULES)
  })
  afterEach(() => on.close())

  it('is one incident that pages at once, says how it begins, joins the next, and is not opened again by its retries', async () => {
    await publishText('disk full on db-1, password: hunter2', 'ALERT')
    await publishText(JSON.stringify({ AlarmName: 'x', NewStateValue: 'PERHAPS' }))
    const { arn, title } = await on.incident()
    expect(title).toBe(UNREADABLE)
    expect(await on.pages()).toHaveLength(1)
    const said = await on.told(arn)
    expect(said).toHaveLength(2)
    expect(said.find((line) => line.includes('not JSON'))).toMatch(
      /cannot be read \(SNS message: Message is not JSON\).*It begins: ALERT: disk full on db-1, password: …\. It is tried again, and then waits among/u,
    )
    await on.resolve(arn)
    await on.minutes(20)
    expect(await on.records()).toHaveLength(1)
    expect(await on.system.failures()).toMatchObject([{ function: 'open-incident' }, { function: 'open-incident' }])
    // What comes later is a reason of its own.
    await publishText('disk full again')
    expect(await on.records()).toHaveLength(2)
  })

  it('is told by the last resort where no incident can be opened for it', async () => {
    const faults = new Faults()
    await on.close()
    on = await Rehearsal.start(
      engine,
      {
        watch: {
          ...faults.watch,
          call: (_, name, call) => (name.startsWith('StartIncident') ? Promise.reject(new Error('away')) : call()),
        },
      },
      RULES,
    )
    await publishText('disk full')
    await on.minutes(3)
    expect((await on.lastResorts()).map(({ subject }) => subject)).toContain(`NOBODY IS PAGED for ${UNREADABLE}`)
  })
})

describe('a topic that invokes the function itself', () => {
  beforeEach(async () => {
    on = await Rehearsal.start('sqlite', {}, RULES)
  })
  afterEach(() => on.close())

  it.each(['Event', 'RequestResponse'] as const)('opens the incident, by %s', async (type) => {
    expect(await invoke({ Records: [snsRecord(JSON.stringify(notification()))] }, type)).toBeUndefined()
    expect((await on.incident()).title).toBe('disk')
    await on.minutes(30)
    expect((await on.incident()).status).toBe('OPEN')
    expect(await on.system.failures()).toEqual([])
  })

  it('fails as a whole where a message cannot be read, which wakes somebody, and ends among the failures', async () => {
    const Records = [snsRecord('text'), snsRecord(JSON.stringify(notification()), 'm2')]
    expect(await invoke({ Records }, 'RequestResponse')).toBe('Unhandled')
    expect(new Set((await on.records()).map(({ title }) => title))).toEqual(
      new Set(['Messages that cannot be read, by SNS topic t', 'disk']),
    )
    await invoke({ Records: [snsRecord('text', 'm3')] })
    await on.minutes(30)
    expect(await on.system.failures()).toHaveLength(1)
    expect((await on.records()).map(({ title }) => title)).toHaveLength(2)
  })

  it.each<[what: string, event: unknown]>([
    ['records of another service', { Records: [{ eventSource: 'aws:s3', s3: {} }] }],
    ['nothing that is known', { hello: 'world' }],
    ['a text', 'hello'],
  ])('%s is an error, and wakes somebody', async (_what, event) => {
    expect(await invoke(event, 'RequestResponse')).toBe('Unhandled')
    expect((await on.incident()).title).toBe('Messages that cannot be read, by invocation')
    await invoke(event)
    const { arn } = await on.incident()
    await on.resolve(arn)
    await on.minutes(30)
    expect(await on.records()).toHaveLength(1)
    expect(await on.told(arn)).toHaveLength(3)
    expect(await on.system.failures()).toHaveLength(1)
  })
})
