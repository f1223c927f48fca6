// What an alarm may be beside a plain one: held back, one of many series, of another account, composed, tagged.
import { describe, expect, it } from 'vitest'
import { dedupeKeyOf } from '../../../lib/automation/decide/opening.ts'
import { matchRules } from '../../../lib/automation/rules/match-rules.ts'
import { compileRules } from '../../../lib/automation/rules/schema.ts'
import { parseInvocation, parseRecord } from '../../../lib/automation/sources/queue-record.ts'
import type { AlarmStateChange, Signal } from '../../../lib/automation/sources/signal.ts'
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
