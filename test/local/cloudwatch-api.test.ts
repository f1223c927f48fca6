// A small CloudWatch on one machine, asked by the official client: it knows of alarms what has come by.
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
  type DescribeAlarmsCommandInput,
} from '@aws-sdk/client-cloudwatch'
import { LambdaClient, InvokeCommand } from '@aws-sdk/client-lambda'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { afterEach, describe, expect, test } from 'vitest'
import { fixture } from '../automation/sources/fixtures.ts'
import { temporaryFolder } from './rehearsal.ts'
import { ALARM_TOPIC, clientOf, rehearseSmall } from './small-template.ts'

const PREFIX = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:'
const at = (time: string): string => `2026-03-05T${time}.000+0000`

const clients: { destroy: () => void }[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
})

async function stage(data = ':memory:') {
  const rehearsal = await rehearseSmall(undefined, { data })
  const settings = clientOf(rehearsal.system.url)
  const client = new CloudWatchClient(settings)
  const sns = new SNSClient(settings)
  const lambda = new LambdaClient(settings)
  clients.push(client, sns, lambda)
  const put = (detail: object, type = 'CloudWatch Alarm State Change', more: object = {}) =>
    rehearsal.putEvents({
      Source: 'aws.cloudwatch',
      DetailType: type,
      Resources: [PREFIX + String(Object(detail).alarmName)],
      Detail: JSON.stringify(detail),
      ...more,
    })
  return {
    ...rehearsal,
    client,
    sns,
    lambda,
    put,
    /** A state change. */
    state: (alarmName: string, value: string, time = '09:10:00', more: object = {}) =>
      put({ alarmName, state: { value, reason: `${value} at ${time}`, timestamp: at(time), ...more } }),
    describe: (input: DescribeAlarmsCommandInput = {}) => client.send(new DescribeAlarmsCommand(input)),
    names: async (input: DescribeAlarmsCommandInput = {}) => {
      const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(new DescribeAlarmsCommand(input))
      return [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName, StateValue }) => `${AlarmName} ${StateValue}`)
    },
  }
}

describe('the state of an alarm', () => {
  test('is that of its event, with all that the event tells', async () => {
    const { describe: ask, put } = await stage()
    await put(Object(fixture('cloudwatch/alarm.json')).detail)
    expect(await ask()).toMatchObject({
      CompositeAlarms: [],
      MetricAlarms: [
        {
          AlarmName: 'checkout-5xx',
          AlarmArn: `${PREFIX}checkout-5xx`,
          AlarmDescription: 'The checkout answers with server errors: customers cannot pay.',
          StateValue: 'ALARM',
          StateReason: expect.stringContaining('Threshold Crossed: 3 out of the last 3'),
          StateReasonData: expect.stringContaining('"threshold":10'),
          StateUpdatedTimestamp: new Date('2026-03-01T12:04:02.639Z'),
          StateTransitionedTimestamp: new Date('2026-03-01T12:04:02.639Z'),
          ActionsEnabled: true,
          Namespace: 'AWS/ApplicationELB',
          MetricName: 'HTTPCode_Target_5XX_Count',
          Statistic: 'Sum',
          Period: 60,
          Dimensions: [{ Name: 'LoadBalancer', Value: 'app/checkout/50dc6c495c0c9188' }, expect.anything()],
        },
      ],
    })
  })

  test('is told of composite alarms when they are asked for, with who suppresses them', async () => {
    const { describe: ask, names, put } = await stage()
    const { state, ...detail } = Object(fixture('cloudwatch/composite-alarm.json')).detail
    const suppressed = {
      actionsSuppressedBy: 'WaitPeriod',
      actionsSuppressedReason: 'Actions suppressed by WaitPeriod',
    }
    await put({ ...detail, state: { ...state, ...suppressed } })
    await put(Object(fixture('cloudwatch/metric-math.json')).detail)
    expect(await names()).toEqual(['batch-network-traffic ALARM'])
    expect(await ask({ AlarmTypes: ['CompositeAlarm'] })).toMatchObject({
      MetricAlarms: [],
      CompositeAlarms: [
        {
          AlarmName: 'checkout-down',
          AlarmRule: 'ALARM("checkout-5xx") OR ALARM("checkout-latency")',
          StateValue: 'ALARM',
          ActionsSuppressedBy: 'WaitPeriod',
          ActionsSuppressedReason: 'Actions suppressed by WaitPeriod',
          ActionsSuppressor: 'checkout-maintenance',
          ActionsSuppressorWaitPeriod: 120,
        },
      ],
    })
    expect(await names({ AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] })).toHaveLength(2)
  })

  test('is told of log alarms where that type is asked for, and nowhere else', async () => {
    const { describe: ask, client, put, names } = await stage()
    const scheduledQueryConfiguration = {
      queryString: 'filter level = "ERROR"',
      logGroupIdentifiers: ['/orders'],
      aggregationExpression: 'count(*)',
      scheduleConfiguration: { scheduleExpression: 'rate(1 minute)', startTimeOffset: 60 },
    }
    const state = { value: 'ALARM', reason: 'r', timestamp: at('09:10:00') }
    const configuration = { threshold: 10, queryResultsToAlarm: 1, scheduledQueryConfiguration }
    await put({ alarmName: 'error-lines', state, configuration })
    await put({ alarmName: 'error-lines', state: { ...state, timestamp: at('09:11:00') } })
    await put(Object(fixture('cloudwatch/alarm.json')).detail)
    for (const AlarmNames of [['error-lines'], undefined]) {
      const AlarmTypes = ['LogAlarm' as const]
      expect(await ask({ AlarmNames, AlarmTypes })).toMatchObject({
        MetricAlarms: [],
        CompositeAlarms: [],
        LogAlarms: [
          {
            AlarmName: 'error-lines',
            AlarmArn: `${PREFIX}error-lines`,
            StateValue: 'ALARM',
            Threshold: 10,
            QueryResultsToAlarm: 1,
            ScheduledQueryConfiguration: {
              QueryString: 'filter level = "ERROR"',
              LogGroupIdentifiers: ['/orders'],
              AggregationExpression: 'count(*)',
              ScheduleConfiguration: { ScheduleExpression: 'rate(1 minute)', StartTimeOffset: 60 },
            },
          },
        ],
      })
      expect((await ask({ AlarmNames })).LogAlarms).toEqual([])
      expect((await ask({ AlarmNames, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })).LogAlarms).toEqual([])
    }
    expect(await names()).toEqual(['checkout-5xx ALARM'])
    const every = { AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'] as const }
    const sizes: number[] = []
    for await (const { MetricAlarms = [], LogAlarms = [] } of paginateDescribeAlarms(
      { client, pageSize: 1 },
      { AlarmTypes: [...every.AlarmTypes] },
    ))
      sizes.push(MetricAlarms.length + LogAlarms.length)
    expect(sizes).toEqual([1, 1])
  })

  test('is set by a notification and by an invocation too: one alarm, whatever road', async () => {
    const { describe: ask, sns, lambda, names } = await stage()
    await sns.send(
      new PublishCommand({
        TopicArn: ALARM_TOPIC,
        Message: JSON.stringify(fixture('sns/alarm-notification.message.json')),
      }),
    )
    const { MetricAlarms: [told] = [] } = await ask()
    expect(told).toMatchObject({ StateValue: 'ALARM', AlarmArn: expect.stringContaining(PREFIX) })
    for (const InvocationType of ['Event', 'RequestResponse'] as const)
      await lambda.send(
        new InvokeCommand({
          FunctionName: 'open-incident',
          InvocationType,
          Payload: Buffer.from(JSON.stringify(fixture('lambda/alarm-invocation.json'))),
        }),
      )
    const invoked = Object(fixture('lambda/alarm-invocation.json')).alarmData
    expect(await names({ AlarmNames: [invoked.alarmName] })).toEqual([`${invoked.alarmName} ${invoked.state.value}`])
  })

  test('is never overridden by an older one; of two at one instant ALARM stays', async () => {
    const { names, state } = await stage()
    await state('pay', 'OK', '09:10:00')
    await state('pay', 'ALARM', '09:09:00')
    expect(await names()).toEqual(['pay OK'])
    await state('pay', 'ALARM', '09:11:00')
    await state('pay', 'OK', '09:11:00')
    expect(await names()).toEqual(['pay ALARM'])
  })

  test('has since when it is the same, and loses a suppression that is over', async () => {
    const { describe: ask, state } = await stage()
    await state('pay', 'ALARM', '09:10:00', { actionsSuppressedBy: 'Alarm' })
    await state('pay', 'ALARM', '09:12:00')
    expect((await ask()).MetricAlarms).toMatchObject([
      {
        StateTransitionedTimestamp: new Date('2026-03-05T09:10:00Z'),
        StateUpdatedTimestamp: new Date('2026-03-05T09:12:00Z'),
        StateReason: 'ALARM at 09:12:00',
      },
    ])
  })

  test('from the future is taken for five minutes from now, so that the next one counts', async () => {
    const { names, state, system } = await stage()
    await state('pay', 'ALARM', '23:59:59')
    await state('pay', 'OK', '09:19:00')
    expect(await names()).toEqual(['pay ALARM'])
    await system.advance(6 * 60_000)
    await state('pay', 'OK', '09:20:30')
    expect(await names()).toEqual(['pay OK'])
  })

  test('is gone with its alarm, and stays gone when an older event comes late', async () => {
    const { names, state, put } = await stage()
    const change = (operation: string, time: string, value: string) =>
      put(
        {
          alarmName: 'pay',
          operation,
          state: { value, timestamp: at(time) },
          configuration: { alarmName: 'pay', description: `since ${time}`, timestamp: at(time) },
        },
        'CloudWatch Alarm Configuration Change',
        { Time: Date.parse(`2026-03-05T${time}Z`) / 1000 },
      )
    await state('pay', 'ALARM', '09:10:00')
    await change('delete', '09:12:00', 'ALARM')
    expect(await names()).toEqual([])
    await state('pay', 'ALARM', '09:11:00')
    await state('pay', 'OK', '09:12:00')
    expect(await names()).toEqual([])
    await change('create', '09:13:00', 'INSUFFICIENT_DATA')
    expect(await names()).toEqual(['pay INSUFFICIENT_DATA'])
  })

  test('changes its configuration without changing its state', async () => {
    const { describe: ask, state, put } = await stage()
    await state('pay', 'ALARM', '09:10:00')
    const configuration = { description: 'new', threshold: 5, alarmActions: ['x'], timestamp: at('09:12:00') }
    await put(
      { alarmName: 'pay', operation: 'update', state: { value: 'ALARM', timestamp: at('09:10:00') }, configuration },
      'CloudWatch Alarm Configuration Change',
    )
    expect((await ask()).MetricAlarms).toMatchObject([
      {
        AlarmDescription: 'new',
        Threshold: 5,
        AlarmActions: ['x'],
        AlarmConfigurationUpdatedTimestamp: new Date('2026-03-05T09:12:00Z'),
        StateReason: 'ALARM at 09:10:00',
        StateUpdatedTimestamp: new Date('2026-03-05T09:10:00Z'),
      },
    ])
  })

  test('is kept over a restart', async () => {
    const data = temporaryFolder()
    const before = await stage(data)
    await before.state('pay', 'ALARM')
    await before.system.close()
    const { names, state } = await stage(data)
    await state('pay', 'OK', '09:00:00')
    expect(await names()).toEqual(['pay ALARM'])
  })

  test('of a contributor, of another region or account, and of what cannot be understood is none of this account', async () => {
    const { names, put } = await stage()
    const detail = { alarmName: 'pay', state: { value: 'ALARM', timestamp: at('09:10:00') } }
    for (const elsewhere of [PREFIX.replace('us-east-1', 'eu-west-1'), PREFIX.replace('1111', '9999')])
      await put(detail, undefined, { Resources: [`${elsewhere}pay`] })
    await put(Object(fixture('cloudwatch/contributor.json')).detail, 'CloudWatch Alarm Contributor State Change')
    await put({ alarmName: 'pay', state: { value: 'BROKEN' } })
    await put({ alarmName: 'pay' })
    expect(await names()).toEqual([])
  })
})

describe('alarms', () => {
  test('are found by name, by the beginning of it, and by state', async () => {
    const { names, state } = await stage()
    await state('pay-1', 'ALARM')
    await state('pay-2', 'OK')
    await state('pa%', 'ALARM')
    expect(await names({ AlarmNames: ['pay-2', 'nobody', 'pay-1'] })).toEqual(['pay-2 OK', 'pay-1 ALARM'])
    expect(await names({ AlarmNames: ['pay-2', 'pay-1'], StateValue: 'ALARM' })).toEqual(['pay-1 ALARM'])
    expect(await names({ AlarmNamePrefix: 'pay' })).toEqual(['pay-1 ALARM', 'pay-2 OK'])
    expect(await names({ AlarmNamePrefix: 'pa%' })).toEqual(['pa% ALARM'])
    expect(await names({ StateValue: 'ALARM' })).toEqual(['pa% ALARM', 'pay-1 ALARM'])
  })

  test('come in pages of fifty, or of a hundred at most', async () => {
    const { client, names, state } = await stage()
    for (let number = 0; number < 120; number += 1) await state(`alarm-${String(number).padStart(3, '0')}`, 'ALARM')
    const sizes: number[] = []
    const seen = new Set<string | undefined>()
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, {})) {
      sizes.push(MetricAlarms.length)
      for (const { AlarmName } of MetricAlarms) seen.add(AlarmName)
    }
    expect([sizes, seen.size]).toEqual([[50, 50, 20], 120])
    expect(await names({ MaxRecords: 100 })).toHaveLength(100)
  })

  test("are refused in CloudWatch's words", async () => {
    const { describe: ask, client } = await stage()
    await expect(ask({ NextToken: 'nonsense' })).rejects.toMatchObject({ name: 'InvalidNextToken' })
    await expect(ask({ MaxRecords: 101 })).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(ask({ AlarmNames: ['a'], AlarmNamePrefix: 'a' })).rejects.toMatchObject({
      name: 'InvalidParameterCombinationException',
    })
    await expect(ask({ ActionPrefix: 'arn:' })).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
    const set = new SetAlarmStateCommand({
      AlarmName: 'pay',
      StateValue: 'ALARM',
      StateReason: 'test',
      StateReasonData: '{',
    })
    await expect(client.send(set)).rejects.toMatchObject({ name: 'InvalidFormatFault' })
  })
})

describe('a state that is set by hand', () => {
  const set = (value: 'OK' | 'ALARM', name = 'pay') =>
    new SetAlarmStateCommand({ AlarmName: name, StateValue: value, StateReason: 'a rehearsal' })

  test('goes to the function as an event of CloudWatch, for an alarm that nobody has heard of too', async () => {
    const { client, received, names, system } = await stage()
    await client.send(set('ALARM'))
    expect(await names()).toEqual(['pay ALARM'])
    await client.send(set('OK'))
    await client.send(set('OK'))
    await system.idle()
    const resources = [`${PREFIX}pay`]
    const first = { value: 'ALARM', reason: 'a rehearsal', timestamp: '2026-03-05T09:15:00.000+0000' }
    expect(received('open-incident')).toMatchObject([
      {
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        account: '111122223333',
        region: 'us-east-1',
        resources,
        detail: { alarmName: 'pay', state: first, previousState: { value: 'INSUFFICIENT_DATA' } },
      },
      // The clock stands still, and yet OK is younger than ALARM.
      {
        resources,
        detail: { state: { value: 'OK', timestamp: '2026-03-05T09:15:00.001+0000' }, previousState: first },
      },
    ])
    expect(received('open-incident')).toHaveLength(2)
    expect(await names()).toEqual(['pay OK'])
  })

  test('brings the configuration of an alarm that is known', async () => {
    const { client, received, put, system, describe: ask } = await stage()
    await put(Object(fixture('cloudwatch/composite-alarm.json')).detail)
    await client.send(set('OK', 'checkout-down'))
    await system.idle()
    expect(received('open-incident').at(-1)).toMatchObject({
      detail: {
        state: { value: 'OK' },
        previousState: { value: 'ALARM', reason: expect.stringContaining('checkout-5xx') },
        configuration: { alarmRule: expect.any(String), actionsSuppressorWaitPeriod: 120 },
      },
    })
    expect((await ask({ AlarmTypes: ['CompositeAlarm'] })).CompositeAlarms).toMatchObject([
      { StateValue: 'OK', AlarmRule: expect.any(String) },
    ])
  })
})
