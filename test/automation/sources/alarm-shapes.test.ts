// What an alarm may be beside a plain one: held back, one of many series, of another account, composed, tagged.
import { describe, expect, it } from 'vitest'
import { dedupeKeyOf, startIncident } from '../../../lib/automation/decide/opening.ts'
import { matchRules } from '../../../lib/automation/rules/match-rules.ts'
import { compileRules } from '../../../lib/automation/rules/schema.ts'
import { parseInvocation, parseRecord } from '../../../lib/automation/sources/queue-record.ts'
import type { AlarmStateChange, Signal } from '../../../lib/automation/sources/signal.ts'
import { rule } from '../decide/outside.ts'
import { fixture, record, topicMessage } from './fixtures.ts'

const arnOf = (name: string, place = 'us-east-1:111122223333'): string => `arn:aws:cloudwatch:${place}:alarm:${name}`
const AT = '2026-03-01T12:04:02.639+0000'

interface Told {
  readonly arn?: string
  readonly state?: object
  readonly [member: string]: unknown
}

const detailOf = (told: Told): object => ({
  alarmName: 'a',
  ...told,
  state: { value: 'ALARM', reason: 'r', timestamp: AT, ...told.state },
})

/** The roads by which CloudWatch tells all of an alarm's state. */
const ROADS: [road: string, read: (told: Told) => Signal][] = [
  [
    'EventBridge',
    (told) => {
      const resources = [told.arn ?? arnOf('a')]
      const isContributor = 'alarmContributor' in told
      const type = `CloudWatch Alarm ${isContributor ? 'Contributor ' : ''}State Change`
      const event = { ...fixture('cloudwatch/alarm.json'), 'detail-type': type, resources, detail: detailOf(told) }
      return parseRecord(record(event))
    },
  ],
  [
    'a direct call',
    (told) =>
      parseInvocation({
        ...fixture('lambda/alarm-invocation.json'),
        alarmArn: told.arn ?? arnOf('a'),
        alarmData: detailOf(told),
      }),
  ],
]

const stateOf = (signal: Signal): AlarmStateChange => {
  if (signal.kind === 'alarm-state') return signal
  throw new Error(`not the state of an alarm: ${signal.kind}`)
}

it.each(ROADS)(
  'half a surrogate pair in a name, by %s, is the replacement character: no link can hold it',
  (_, read) => {
    const signal = stateOf(read({ arn: arnOf('a\ud800'), alarmName: 'a\ud800' }))
    const { command } = startIncident(rule, signal, new Date(AT), { account: '111122223333', region: 'us-east-1' })
    expect([signal.alarm.name, command.relatedItems[0]]).toEqual([
      'a\ufffd',
      expect.objectContaining({ url: expect.stringMatching(/alarm\/a%EF%BF%BD$/) }),
    ])
  },
)

describe('an alarm that nobody is to be told of yet', () => {
  it.each([
    [
      'cloudwatch/suppressed.json',
      { why: 'suppressed', reason: 'Actions suppressed by WaitPeriod', until: new Date('2026-03-01T12:07:10.127Z') },
    ],
    [
      'cloudwatch/muted.json',
      { why: 'muted', reason: 'Muted by the rule checkout-release', until: new Date('2026-03-01T14:00:00Z') },
    ],
    ['cloudwatch/alarm.json', undefined],
    ['cloudwatch/composite-alarm.json', undefined],
  ])('%s says why, and until when', (name, held) => {
    expect(stateOf(parseRecord(record(fixture(name)))).held).toEqual(held)
  })

  const mute = (muteWindowEnd?: unknown): Told => ({
    muteDetail: { mutedByArn: arnOf('x').replace('alarm:x', 'alarm-mute-rule:night'), muteWindowEnd },
  })
  const muted = (until?: string): object => ({
    why: 'muted',
    reason: 'Muted by the rule night',
    ...(until ? { until: new Date(until) } : {}),
  })
  const configuration = { actionsSuppressorWaitPeriod: 120, actionsSuppressorExtensionPeriod: 180 }
  const suppressed = (by: unknown, actionsSuppressedReason?: string): Told => ({
    state: { actionsSuppressedBy: by, actionsSuppressedReason },
    configuration,
  })
  const HELD: [told: Told, held: object | undefined][] = [
    [mute('2026-03-01T14:00:00.000+0000'), muted('2026-03-01T14:00:00Z')],
    [mute('2026-03-01T14:00:00Z'), muted('2026-03-01T14:00:00Z')],
    [mute('2026-03-01T15:00:00.123456+01:00'), muted('2026-03-01T14:00:00.123Z')],
    [mute('2026-03-01T14:00Z'), muted('2026-03-01T14:00:00Z')],
    [mute(1_772_373_600), muted('2026-03-01T14:00:00Z')],
    [mute(1_772_373_600_000), muted('2026-03-01T14:00:00Z')],
    [mute('tomorrow'), muted()],
    [mute(-1), muted()],
    [mute(1e300), muted()],
    [mute({}), muted()],
    [mute(), muted()],
    [{ muteDetail: {} }, { why: 'muted', reason: 'Muted' }],
    [{ muteDetail: { mutedByArn: 'no ARN' } }, { why: 'muted', reason: 'Muted' }],
    [{ muteDetail: 'yes' }, undefined],
    [{ muteDetail: null }, undefined],
    [
      suppressed('WaitPeriod', 'waits'),
      { why: 'suppressed', reason: 'waits', until: new Date('2026-03-01T12:06:02.639Z') },
    ],
    [
      suppressed('ExtensionPeriod'),
      {
        why: 'suppressed',
        reason: 'Actions suppressed by ExtensionPeriod',
        until: new Date('2026-03-01T12:07:02.639Z'),
      },
    ],
    [suppressed('Alarm', 'x is in ALARM'), { why: 'suppressed', reason: 'x is in ALARM' }],
    [
      { state: { actionsSuppressedBy: 'WaitPeriod' } },
      { why: 'suppressed', reason: 'Actions suppressed by WaitPeriod' },
    ],
    [suppressed('Nobody'), undefined],
    [suppressed(true), undefined],
    [{ ...suppressed('WaitPeriod'), ...mute('2026-03-01T12:05:00Z') }, muted('2026-03-01T12:06:02.639Z')],
    [{ ...suppressed('WaitPeriod'), ...mute('2026-03-01T14:00:00Z') }, muted('2026-03-01T14:00:00Z')],
    [{ ...suppressed('Alarm'), ...mute('2026-03-01T14:00:00Z') }, muted('2026-03-01T14:00:00Z')],
    [{ alarmContributor: { id: 'c1' }, ...mute('2026-03-01T14:00:00Z') }, muted('2026-03-01T14:00:00Z')],
  ]
  for (const [road, read] of ROADS)
    it.each(HELD)(`%j is told by ${road} as %j`, (told, held) => {
      expect(stateOf(read(told)).held).toEqual(held)
    })
})

const notification = (more: object): object =>
  topicMessage({
    ...fixture('sns/alarm-notification.message.json'),
    AlarmName: 'a',
    StateChangeTime: AT,
    ...more,
  })

describe('a contributor', () => {
  const told = { alarmContributor: { id: 'c1', attributes: { TableName: 'orders' } } }
  const signals: [road: string, signal: Signal][] = [
    ...ROADS.map(([road, read]): [string, Signal] => [road, read(told)]),
    ['SNS', parseRecord(record(notification({ AlarmArn: arnOf('a'), AlarmContributorId: 'c1' })))],
  ]
  it.each(signals)('is an alarm of its own by %s, and opens what its alarm opens', (_, signal) => {
    expect(stateOf(signal).alarm.arn).toBe(`${arnOf('a')}#contributor/c1`)
    const { otherwise } = compileRules({ version: 1 }, () => undefined, 'rules.yml')
    expect(dedupeKeyOf(otherwise, signal)).toBe(arnOf('a'))
  })

  const byType = { 'detail-type': ['CloudWatch Alarm Contributor State Change'] }
  const rules = compileRules(
    { version: 1, ignore: [{ id: 'contributors', reason: 'their alarm tells', match: byType }] },
    () => undefined,
    'rules.yml',
  )
  it.each(signals)('by %s can be ignored by one rule, which leaves its alarm alone', (_, signal) => {
    expect(matchRules(rules, signal.envelope)).toMatchObject({ kind: 'ignore', id: 'contributors' })
    for (const [, read] of ROADS) expect(matchRules(rules, read({}).envelope)).toMatchObject({ kind: 'rule' })
  })
})

describe('an alarm of another account and region', () => {
  const arn = arnOf('a', 'eu-central-1:444455556666')
  const place = { account: '444455556666', region: 'eu-central-1' }
  it.each<[string, Signal]>([
    ...ROADS.map(([road, read]): [string, Signal] => [road, read({ arn })]),
    ['SNS', parseRecord(record(notification({ AlarmArn: arn, Region: 'US East (N. Virginia)' })))],
    [
      'EventBridge, edited',
      parseRecord(
        record({
          ...fixture('cloudwatch/configuration-update.json'),
          resources: [arn],
        }),
      ),
    ],
  ])('keeps both by %s, wherever it was handed on', (_, signal) => {
    expect(signal).toMatchObject({ alarm: place, envelope: place })
  })

  it('keeps what its event says where it is no alarm', () => {
    const event = { ...fixture('custom/order-backlog.json'), ...place }
    expect(parseRecord(record(event)).envelope).toMatchObject(place)
  })
})

describe('a composite alarm', () => {
  const child = arnOf('child')
  const triggeringAlarms = [{ arn: child, state: { value: 'ALARM', timestamp: AT } }]
  it.each<[string, Signal]>([
    ...ROADS.map(([road, read]): [string, Signal] => [
      road,
      read({
        state: { reasonData: JSON.stringify({ triggeringAlarms }) },
        configuration: { alarmRule: 'ALARM(child)' },
      }),
    ]),
    [
      'SNS',
      parseRecord(
        record(
          notification({
            AlarmArn: arnOf('a'),
            AlarmRule: 'ALARM(child)',
            Trigger: undefined,
            TriggeringChildren: [{ Arn: child, State: { Value: 'ALARM', Timestamp: AT } }],
          }),
        ),
      ),
    ],
  ])('names its children by %s', (_, signal) => {
    expect(signal).toMatchObject({
      alarm: { name: 'a' },
      state: 'ALARM',
      involved: [child],
      metrics: [],
      envelope: { detail: { configuration: { alarmRule: 'ALARM(child)' } } },
    })
  })
})

describe('the envelope that rules match', () => {
  // What only one road tells: it may be there besides, and is compared with nothing.
  const told = (signal: Signal): object => {
    const { detail, ...envelope } = { ...signal.envelope, id: '' }
    const { state, previousState, configuration, ...rest } = Object(detail)
    const { reasonData: _reasonData, ...plain } = state
    const [{ metricStat }] = configuration.metrics
    const { description } = configuration
    return {
      ...envelope,
      detail: { ...rest, state: plain, previousState: previousState.value, configuration: { description, metricStat } },
    }
  }
  const tags = { team: 'payments', service: 'checkout' }
  const lists = [
    Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    Object.entries(tags).map(([key, value]) => ({ key, value })),
  ]
  const event = fixture('cloudwatch/alarm.json')
  const message = fixture('sns/alarm-notification.message.json')
  const invocation = fixture('lambda/alarm-invocation.json')
  const byEvent = (alarmTags: unknown) =>
    record({ ...event, detail: { ...Object(event).detail, alarmTags, alarmTagsStatus: 'SUCCESS' } })
  const bySns = (AlarmTags: unknown) => ({ ...message, AlarmTags, AlarmTagsStatus: 'SUCCESS' })
  const beside = (alarmTags: unknown) => ({ ...invocation, alarmTags, alarmTagsStatus: 'SUCCESS' })
  const within = (alarmTags: unknown) => ({
    ...invocation,
    alarmData: { ...Object(invocation).alarmData, alarmTags, alarmTagsStatus: 'SUCCESS' },
  })
  const expected = told(parseRecord(byEvent(tags)))

  it.each(
    [tags, ...lists].flatMap((form): [road: string, form: unknown, signal: Signal][] => [
      ['EventBridge', form, parseRecord(byEvent(form))],
      ['EventBridge by way of SNS', form, parseRecord(record(topicMessage(byEvent(form).body)))],
      ['SNS', form, parseRecord(record(topicMessage(bySns(form))))],
      ['SNS, delivered raw', form, parseRecord(record(bySns(form)))],
      ['a direct call, beside its data', form, parseInvocation(beside(form))],
      ['a direct call, in its data', form, parseInvocation(within(form))],
      ['a direct call that failed', form, parseRecord(record({ requestContext: {}, requestPayload: beside(form) }))],
    ]),
  )('is the same by %s, whatever form the tags have: %j', (_, _form, signal) => {
    expect(told(signal)).toEqual(expected)
    expect(signal.envelope.detail).toMatchObject({ alarmTags: tags, alarmTagsStatus: 'SUCCESS' })
  })

  it.each([
    [null, undefined],
    ['team=payments', undefined],
    [[], {}],
    [['team', null, 7, {}, { Value: 'x' }, { Key: 7, Value: 'x' }], {}],
    [[{ Key: 'team' }], { team: '' }],
    [[{ Key: '__proto__', Value: 'x' }], Object.fromEntries([['__proto__', 'x']])],
    [[...(lists[0] ?? []), { Key: 'team', Value: 'search' }], { ...tags, team: 'search' }],
  ])('has no tags of what is none: %j', (form, alarmTags) => {
    for (const signal of [parseRecord(record(topicMessage(bySns(form)))), parseInvocation(beside(form))])
      expect(signal.envelope.detail['alarmTags']).toEqual(alarmTags)
  })
})

describe('the tags that an alarm tells', () => {
  const rules = compileRules(
    { version: 1, rules: [{ id: 'payments', match: { detail: { alarmTags: { team: ['payments'] } } } }] },
    () => undefined,
    'rules.yml',
  )
  it.each(ROADS)('can be asked for by a rule: %s', (_, read) => {
    const ruleOf = (told: Told): object => matchRules(rules, read(told).envelope)
    expect(ruleOf({ alarmTags: { team: 'payments' } })).toMatchObject({ rule: { id: 'payments' } })
    expect(ruleOf({ alarmTags: { team: 'search' } })).toMatchObject({ rule: { id: 'default' } })
    expect(ruleOf({})).toMatchObject({ rule: { id: 'default' } })
  })
})

describe('what is larger than anything CloudWatch tells', () => {
  const long = 'x'.repeat(200_000)
  it.each(ROADS)('is cut by %s where it only tells, so that it can be stored', (_, read) => {
    const signal = stateOf(
      read({
        state: { reason: long, actionsSuppressedBy: 'Alarm', actionsSuppressedReason: long },
        configuration: { description: long },
      }),
    )
    expect([signal.reason, signal.description, signal.held?.reason].map((text) => text?.length)).toEqual([
      1024, 1024, 1024,
    ])
  })

  it.each(ROADS)(
    'is refused by %s where it names the alarm, and known by its name where only the ARN is wrong',
    (_, read) => {
      const alarmName = 'a'.repeat(256)
      for (const arn of [arnOf(alarmName), arnOf('a', 'us-east-1:12')]) {
        expect(() => read({ arn, alarmName })).toThrow(/must be the ARN of an alarm$/)
        expect(stateOf(read({ arn, alarmName: 'known' })).alarm.arn).toBe(arnOf('known'))
      }
    },
  )

  it('does not take long because an alarm has many metrics', () => {
    const metrics = Array.from({ length: 5000 }, (_, at) => ({ id: `m${at}`, expression: `${at}` }))
    for (const [, read] of ROADS)
      expect(stateOf(read({ configuration: { metrics } })).metrics.length).toBeLessThanOrEqual(50)
  })

  it('is no name of a resource of an event, nor is what every object has by that name', () => {
    const names = [long, '__proto__', 'constructor', 'orders']
    const event = { ...fixture('custom/order-backlog.json'), resources: names }
    expect(parseRecord(record(event)).envelope.resources).toEqual(['orders'])
  })

  it('is refused by name where it is nested without end', () => {
    const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const text = JSON.stringify({ ...fixture('cloudwatch/alarm.json'), more: 'here' }).replace('"here"', nested)
    expect(() => parseRecord(record(text))).toThrow('queue record: body is nested deeper than 100 levels')
    expect(() => parseRecord(record(topicMessage(text)))).toThrow(
      'SNS message: Message is nested deeper than 100 levels',
    )
    expect(() => parseInvocation(JSON.parse(text))).toThrow('alarm invocation: event is nested deeper than 100 levels')
  })
})

describe('the type of an alarm', () => {
  const metrics = [{ id: 'm1', expression: 'SELECT 1' }]
  for (const [road, read] of ROADS)
    it.each<[object | undefined, string | undefined]>([
      [{ metrics }, 'metric'],
      [{ alarmRule: 'ALARM(child)' }, 'composite'],
      [{ threshold: 10, scheduledQueryConfiguration: { queryString: 'q' } }, 'log'],
      [{ forecastConfiguration: {} }, undefined],
      [{ metrics: [] }, undefined],
      [undefined, undefined],
    ])(`%j is told by ${road} as %s, and not by a contributor`, (configuration, type) => {
      expect(stateOf(read({ configuration })).type).toBe(type)
      expect(stateOf(read({ configuration, alarmContributor: { id: 'c1' } })).type).toBeUndefined()
    })
})

describe('what an anomaly detector says', () => {
  const crossed = (reason: string, value = 0.5): string =>
    `Thresholds Crossed: 1 datapoint [${value} (01/01/26 00:00:00)] ${reason}.`
  const ANOMALIES: [reason: string, threshold: number | undefined][] = [
    [crossed('was greater than the upper thresholds [0.33]'), 0.33],
    [
      crossed('were greater than the upper thresholds [0.33, 0.31] (minimum 2 datapoints for OK -> ALARM transition)'),
      0.33,
    ],
    [crossed('was less than the lower thresholds [0.6043306920412774]'), 0.604_330_692_041_277_4],
    [crossed('was less than the lower thresholds [0.6] or greater than the upper thresholds [0.9]'), 0.6],
    [crossed('was less than the lower thresholds [0.1] or greater than the upper thresholds [0.4]'), 0.4],
    [crossed('was less than the lower thresholds [-1.5E-4] or greater than the upper thresholds [3.0E-2]'), 0.03],
    [crossed('was less than the lower thresholds [-1.5] or greater than the upper thresholds [-1.0]', -2), -1.5],
    [crossed('was not greater than the upper thresholds [44.47595391472755]'), 44.475_953_914_727_55],
    [
      crossed('was not less than the lower thresholds [0.41] or not greater than the upper thresholds [0.57]'),
      undefined,
    ],
    [crossed('was greater than the upper threshold (0.33)'), 0.33],
    [crossed('was greater than the threshold (0.33)'), 0.33],
  ]
  it.each(ANOMALIES)('by SNS is read of its words: %s', (NewStateReason, threshold) => {
    const Trigger = {
      Threshold: 0,
      ThresholdMetricId: 'ad1',
      Metrics: [{ Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1, 2)' }],
    }
    const byMessage = stateOf(parseRecord(record(notification({ AlarmArn: arnOf('a'), NewStateReason, Trigger }))))
    expect([byMessage.value, byMessage.threshold]).toEqual([NewStateReason.includes('[-2') ? -2 : 0.5, threshold])
  })

  it('is read in time that grows with its length alone', () => {
    const long = `lower thresholds [${'1'.repeat(100_000)} upper thresholds [`.repeat(5)
    const before = performance.now()
    for (const [, read] of ROADS) read({ state: { reason: long } })
    expect(performance.now() - before).toBeLessThan(500)
  })
})

describe('the statistic of a notification', () => {
  it.each([
    ['SUM', 'Sum'],
    ['Average', 'Average'],
    ['SAMPLE_COUNT', 'SampleCount'],
    ['SampleCount', 'SampleCount'],
    ['p99', 'p99'],
    ['P99.9', 'p99.9'],
    ['TM90', 'tm90'],
    ['IQM', 'IQM'],
    ['PR(:300)', 'PR(:300)'],
    ['constructor', 'constructor'],
  ])('%s is drawn as %s', (told, stat) => {
    const { Trigger } = Object(fixture('sns/alarm-notification.message.json'))
    for (const name of ['Statistic', 'ExtendedStatistic']) {
      const signal = stateOf(
        parseRecord(
          record(notification({ AlarmArn: arnOf('a'), Trigger: { ...Trigger, Statistic: undefined, [name]: told } })),
        ),
      )
      expect(JSON.parse(signal.metrics[0]?.definition ?? '{}').metrics[0].at(-1).stat).toBe(stat)
    }
  })
})
