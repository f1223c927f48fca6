import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseInvocation, parseRecord } from '../../../lib/automation/sources/queue-record.ts'
import { MalformedInput, type AlarmStateChange, type Signal } from '../../../lib/automation/sources/signal.ts'
import { fixture, fixtureNames, record, topicMessage } from './fixtures.ts'

const parse = (name: string): Signal => parseRecord(record(fixture(name)))
const alarmArn = (name: string): string => `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`
const place = { account: '111122223333', region: 'us-east-1' }
const checkout = { arn: alarmArn('checkout-5xx'), name: 'checkout-5xx', ...place }

describe('events/', () => {
  it.each([
    [
      'cloudwatch/alarm.json',
      {
        kind: 'alarm-state',
        identity: 'event/6c1d2b1e-3a52-4a55-8f0e-b1d7c1f20a01',
        alarm: checkout,
        state: 'ALARM',
        previousState: 'OK',
        at: new Date('2026-03-01T12:04:02.639Z'),
        reason: expect.stringContaining('Threshold Crossed: 3 out of the last 3 datapoints'),
        value: 42,
        threshold: 10,
        description: 'The checkout answers with server errors: customers cannot pay.',
        involved: [],
      },
    ],
    [
      'cloudwatch/ok.json',
      { kind: 'alarm-state', alarm: checkout, state: 'OK', previousState: 'ALARM', value: 1, threshold: 10 },
    ],
    [
      'cloudwatch/insufficient-data.json',
      { kind: 'alarm-state', alarm: checkout, state: 'INSUFFICIENT_DATA', value: undefined, threshold: 10 },
    ],
    [
      'cloudwatch/metric-math.json',
      { kind: 'alarm-state', state: 'ALARM', previousState: 'INSUFFICIENT_DATA', value: 45_628, threshold: 10_000 },
    ],
    [
      'cloudwatch/composite-alarm.json',
      {
        kind: 'alarm-state',
        alarm: { name: 'checkout-down' },
        state: 'ALARM',
        value: undefined,
        threshold: undefined,
        metrics: [],
        involved: [alarmArn('checkout-5xx')],
      },
    ],
    [
      'cloudwatch/contributor.json',
      {
        kind: 'alarm-state',
        alarm: {
          arn: `${alarmArn('table-writes-stalled')}#contributor/6d442278dba546f6`,
          name: 'table-writes-stalled',
        },
        envelope: { resources: [alarmArn('table-writes-stalled')] },
        state: 'ALARM',
        previousState: undefined,
        value: 0,
        threshold: 1,
      },
    ],
    [
      'cloudwatch/configuration-update.json',
      {
        kind: 'alarm-configuration',
        alarm: checkout,
        operation: 'update',
        state: 'OK',
        at: new Date('2026-03-01T12:30:34.267Z'),
      },
    ],
    [
      'cloudwatch/configuration-delete.json',
      {
        kind: 'alarm-configuration',
        alarm: checkout,
        operation: 'delete',
        state: 'ALARM',
        at: new Date('2026-03-01T12:40:13Z'),
      },
    ],
    ['health/issue.json', { kind: 'event', envelope: { source: 'aws.health' }, at: new Date('2026-03-01T15:30:00Z') }],
    ['custom/order-backlog.json', { kind: 'event', envelope: { source: 'tocsin.orders' } }],
    [
      'sns/alarm-notification.json',
      {
        kind: 'alarm-state',
        identity: 'notification/0b3f9a6e-6a51-5c0e-9a55-c1b9f2a70a11',
        alarm: checkout,
        envelope: { source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', ...place },
      },
    ],
  ])('%s says what it should', (name, expected) => {
    expect(parse(name)).toMatchObject(expected)
  })

  const events = fixtureNames('{cloudwatch,custom,health,lambda,sns}/*.json').filter(
    (name) => !/\.(entries|message)\.json$/.test(name),
  )
  it.each(events)('%s is read', (name) => {
    expect(parse(name).identity).toMatch(/./)
  })

  it('has each event as put-events takes it, too, with the same content', () => {
    const events = fixtureNames('{cloudwatch,custom,health}/*.json').filter((name) => !name.endsWith('.entries.json'))
    expect(events.length).toBeGreaterThan(9)
    for (const name of events) {
      const event = fixture(name)
      expect([name, fixture(name.replace('.json', '.entries.json'))]).toEqual([
        name,
        [
          {
            Time: 'time' in event && event.time,
            Source: 'source' in event && event.source,
            Resources: 'resources' in event && event.resources,
            DetailType: 'detail-type' in event && event['detail-type'],
            Detail: JSON.stringify('detail' in event && event.detail),
          },
        ],
      ])
    }
  })

  it('has the message of each SNS delivery on its own, too, with the same content', () => {
    const deliveries = fixtureNames('{sns,notification,reply}/*.json').filter((name) => !name.endsWith('.message.json'))
    expect(deliveries.length).toBeGreaterThan(6)
    for (const name of deliveries)
      expect([name, fixture(name)]).toMatchObject([
        name,
        { Message: JSON.stringify(fixture(name.replace('.json', '.message.json'))) },
      ])
  })
})

const graphsOf = (signal: Signal): unknown[] =>
  signal.kind === 'alarm-state' ? signal.metrics.map(({ title, definition }) => [title, JSON.parse(definition)]) : []

const changed = (state: object, configuration: object = {}): AlarmStateChange => {
  const event = {
    ...fixture('cloudwatch/alarm.json'),
    detail: { alarmName: 'checkout-5xx', state: { value: 'ALARM', ...state }, configuration },
  }
  const signal = parseRecord(record(event))
  if (signal.kind !== 'alarm-state') throw new Error('no state change')
  return signal
}

const fact = (of: Signal): object => ({
  ...of,
  identity: '',
  envelope: { ...of.envelope, id: '', time: '', detail: '' },
})

const metric = (Id: string, MetricName: string): object => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/EC2',
      MetricName,
      Dimensions: [{ name: 'InstanceId', value: 'i-0a1b2c3d4e5f60718' }],
    },
    Period: 300,
    Stat: 'Maximum',
  },
  ReturnData: false,
})

describe('an alarm', () => {
  const byEvent = parse('cloudwatch/alarm.json')
  it.each([
    ['SNS', parse('sns/alarm-notification.json')],
    ['SNS, delivered raw', parse('sns/alarm-notification.message.json')],
    ['a direct call', parseInvocation(fixture('lambda/alarm-invocation.json'))],
    ['the dead-letter road of a direct call', parse('lambda/alarm-invocation.json')],
    [
      'the failure destination of a direct call',
      parseRecord(
        record({ version: '1.0', requestContext: {}, requestPayload: fixture('lambda/alarm-invocation.json') }),
      ),
    ],
    ['EventBridge by way of SNS', parseRecord(record(topicMessage(fixture('cloudwatch/alarm.json'))))],
  ])('says the same fact by %s as by EventBridge', (_, signal) => {
    expect(fact(signal)).toEqual(fact(byEvent))
    expect(signal.envelope.detail).toMatchObject({
      alarmName: 'checkout-5xx',
      state: { value: 'ALARM', timestamp: '2026-03-01T12:04:02.639+0000' },
      previousState: { value: 'OK' },
      configuration: {
        description: expect.any(String),
        metrics: [{ metricStat: { metric: { namespace: 'AWS/ApplicationELB' } } }],
      },
    })
  })

  it('that calls the function again with the same change has the same identity', () => {
    const again = { ...fixture('lambda/alarm-invocation.json'), time: '2026-03-01T12:07:00.000+0000' }
    expect(parseInvocation(again).identity).toBe(parseInvocation(fixture('lambda/alarm-invocation.json')).identity)
  })

  it('has a graph of its metric', () => {
    expect(graphsOf(byEvent)).toEqual([
      [
        'HTTPCode_Target_5XX_Count',
        {
          metrics: [
            [
              'AWS/ApplicationELB',
              'HTTPCode_Target_5XX_Count',
              'LoadBalancer',
              'app/checkout/50dc6c495c0c9188',
              'TargetGroup',
              'targetgroup/checkout/6d0ecf831eec9f09',
              { stat: 'Sum', period: 60 },
            ],
          ],
          region: 'us-east-1',
          title: 'checkout-5xx',
        },
      ],
    ])
  })

  it('has a graph of its metric math, with what that is made of unseen in it', () => {
    const instance = ['InstanceId', 'i-0a1b2c3d4e5f60718']
    const drawn = { stat: 'Maximum', period: 300 }
    const where = { region: 'us-east-1', title: 'batch-network-traffic' }
    expect(graphsOf(parse('cloudwatch/metric-math.json'))).toEqual([
      [
        'Total network traffic',
        {
          metrics: [
            [{ expression: 'SUM(METRICS())', label: 'Total network traffic', id: 'e1' }],
            ['AWS/EC2', 'NetworkIn', ...instance, { ...drawn, id: 'm1', visible: false }],
            ['AWS/EC2', 'NetworkOut', ...instance, { ...drawn, id: 'm2', visible: false }],
          ],
          ...where,
        },
      ],
      ['NetworkIn', { metrics: [['AWS/EC2', 'NetworkIn', ...instance, drawn]], ...where }],
      ['NetworkOut', { metrics: [['AWS/EC2', 'NetworkOut', ...instance, drawn]], ...where }],
    ])
  })

  it('has the same metric math by SNS', () => {
    const message = {
      AlarmName: 'batch-network-traffic',
      AlarmArn: alarmArn('batch-network-traffic'),
      NewStateValue: 'ALARM',
      NewStateReason: '',
      StateChangeTime: '2026-03-01T13:10:48.554+0000',
      Trigger: {
        Threshold: 10_000,
        Metrics: [
          { Expression: 'SUM(METRICS())', Id: 'e1', Label: 'Total network traffic', ReturnData: true },
          metric('m1', 'NetworkIn'),
          metric('m2', 'NetworkOut'),
        ],
      },
    }
    const signal = parseRecord(record(topicMessage(message)))
    expect(graphsOf(signal)).toEqual(graphsOf(parse('cloudwatch/metric-math.json')))
    expect(signal).toMatchObject({ threshold: 10_000, value: undefined })
  })

  it('that is composed names the children that made it change, by SNS as well', () => {
    const message = {
      AlarmName: 'checkout-down',
      AlarmArn: alarmArn('checkout-down'),
      NewStateValue: 'ALARM',
      NewStateReason: 'a child fires',
      StateChangeTime: '2026-03-01T12:05:10.127+0000',
      AlarmRule: 'ALARM("checkout-5xx")',
      TriggeringChildren: [
        { Arn: alarmArn('checkout-5xx'), State: { Value: 'ALARM', Timestamp: '2026-03-01T12:04:02.639+0000' } },
      ],
    }
    expect(parseRecord(record(topicMessage(message)))).toMatchObject({
      involved: [alarmArn('checkout-5xx')],
      envelope: { detail: { configuration: { alarmRule: 'ALARM("checkout-5xx")' } } },
    })
  })

  it.each([
    [{ reasonData: '{"recentDatapoints":[1,2,3.5],"threshold":3}' }, 3.5, 3],
    [{ reasonData: '{"recentDatapoints":[],"evaluatedDatapoints":[{},{"value":7},{"value":8}],"threshold":3}' }, 7, 3],
    [{ reasonData: '{"recentDatapoints":[9],"recentLowerThresholds":[1],"recentUpperThresholds":[5]}' }, 9, 5],
    [{ reasonData: '{"recentDatapoints":[0],"recentLowerThresholds":[1],"recentUpperThresholds":[5]}' }, 0, 1],
    [
      {
        reasonData: 'no JSON',
        reason: '2 datapoints [-1.5E-4 (01/03/26 12:00:00), 2.0 (..)] were below the threshold (0.0).',
      },
      -1.5e-4,
      0,
    ],
    [
      { reason: 'no datapoints were received and 1 missing datapoint was treated as [Breaching].' },
      undefined,
      undefined,
    ],
    [{}, undefined, undefined],
  ])('%j has value %j and threshold %j', (state, value, threshold) => {
    const signal = changed(state)
    expect([signal.value, signal.threshold]).toEqual([value, threshold])
  })

  it.each([
    ['2026-03-01T12:04:02.639Z', '2026-03-01T12:04:02.639Z'],
    ['2026-03-01T12:04:02Z', '2026-03-01T12:04:02.000Z'],
    ['2026-03-01T12:04:02.6+00:00', '2026-03-01T12:04:02.600Z'],
    ['2026-03-01T13:04:02.639123+0100', '2026-03-01T12:04:02.639Z'],
  ])('understands the instant %s', (timestamp, instant) => {
    expect(changed({ timestamp }).at.toISOString()).toBe(instant)
  })

  it('has no graph that is too long for a related item', () => {
    const metrics = [
      { id: 'e1', expression: `SUM(${'m1,'.repeat(1500)})` },
      { id: 'm1', metricStat: {} },
    ]
    expect(changed({}, { metrics }).metrics).toEqual([])
  })
})

describe('input that cannot be understood', () => {
  const alarm = fixture('cloudwatch/alarm.json')
  const instant = 'must be an instant such as 2026-03-01T12:00:00.000Z'
  it.each<[problem: string, body: unknown]>([
    ['queue record: body is not JSON', 'text'],
    ['queue record: body is not a JSON object', []],
    [
      "queue record: body must be an EventBridge event, an alarm's notification or an alarm's invocation",
      { hello: 'world' },
    ],
    ['EventBridge event: detail must be an object', { ...alarm, detail: 'text' }],
    [
      'CloudWatch Alarm State Change: resources[0] must be the ARN of an alarm',
      { ...alarm, resources: [], detail: { state: {} } },
    ],
    ['CloudWatch Alarm State Change: detail.state is missing', { ...alarm, detail: {} }],
    [
      'CloudWatch Alarm State Change: detail.state.value must be OK, ALARM, INSUFFICIENT_DATA',
      { ...alarm, detail: { state: { value: 'BAD' } } },
    ],
    ['SNS message: Type must be Notification', { ...topicMessage('x'), Type: 'SubscriptionConfirmation' }],
    ['SNS message: Message is not JSON', topicMessage('x')],
    ['alarm notification: AlarmArn must be the ARN of an alarm', topicMessage({ AlarmArn: 'a', NewStateValue: 'OK' })],
    ['alarm notification: AlarmArn must be the ARN of an alarm', { AlarmName: 'a', NewStateValue: 'OK' }],
    [`EventBridge event: time ${instant}`, { ...alarm, time: 'yesterday', sent: 'without an instant' }],
    ['alarm invocation: alarmData.state is missing', { alarmArn: alarmArn('a'), alarmData: {} }],
  ])('is refused by name: %s', (problem, body) => {
    // Without what the queue knows of it: when it was sent.
    const bare = { ...record(body), attributes: {} }
    expect(() => parseRecord(bare)).toThrow(MalformedInput)
    expect(() => parseRecord(bare)).toThrow(problem)
  })

  it.each([[undefined], [null], ['text'], [[]]])('%j is no invocation', (event) => {
    expect(() => parseInvocation(event)).toThrow('alarm invocation: event must be an object')
  })

  it('is always refused as such, however an event is broken', () => {
    const names = fixtureNames('{cloudwatch,custom,health,lambda,sns}/*.json').filter(
      (name) => !name.includes('.entries.'),
    )
    const value = fc.oneof(fc.constantFrom(undefined, null, '', 0, -1, true, [], {}, [null], 'x', '{', '[]'), fc.json())
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), value, (name, place, replacement) => {
        const broken: unknown = JSON.parse(JSON.stringify(replaceAt(fixture(name), place, replacement)))
        for (const body of [broken, topicMessage(broken)]) expect(problemOf(body)).toSatisfy(isNoneOrMalformed)
      }),
      { numRuns: 1000 },
    )
  })
})

/** The JSON with the value at its n-th place (of all objects' members and lists' items, in turn) replaced. */
function replaceAt(json: object, n: number, replacement: unknown): object {
  const places: [object, string][] = []
  const copy = structuredClone(json)
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, member] of Object.entries(value)) {
      places.push([value, name])
      visit(member)
    }
  }
  visit(copy)
  const [holder, name] = places[n % places.length] ?? [copy, 'none']
  Object.assign(holder, { [name]: replacement })
  return copy
}

function problemOf(body: unknown): unknown {
  try {
    parseRecord(record(body))
    return undefined
  } catch (error) {
    return error
  }
}

const isNoneOrMalformed = (problem: unknown): boolean => problem === undefined || problem instanceof MalformedInput
