// What no rule matches is told apart by what it is and how it came, and treated as `defaults.unmatched` says.
import { describe, expect, it } from 'vitest'
import { matchRules } from '../../../lib/automation/rules/match-rules.ts'
import { type Sort, sortOf, UNMATCHED } from '../../../lib/automation/rules/unmatched.ts'
import { parseInvocation, parseRecord } from '../../../lib/automation/sources/queue-record.ts'
import type { Signal } from '../../../lib/automation/sources/signal.ts'
import { compileRulesText } from '../../../lib/local/rules-file.ts'
import { sayWhatIsIgnored } from '../../../lib/local/rules-notice.ts'
import alarm from '../../../events/cloudwatch/alarm.json' with { type: 'json' }
import configuration from '../../../events/cloudwatch/configuration-update.json' with { type: 'json' }
import contributor from '../../../events/cloudwatch/contributor.json' with { type: 'json' }
import order from '../../../events/custom/order-backlog.json' with { type: 'json' }
import health from '../../../events/health/issue.json' with { type: 'json' }
import invocation from '../../../events/lambda/alarm-invocation.json' with { type: 'json' }

const record = (body: object): Signal => parseRecord({ body: JSON.stringify(body), messageId: 'm' })
const published = (event: object): Signal =>
  record({
    Type: 'Notification',
    MessageId: 'n',
    TopicArn: 'arn:aws:sns:us-east-1:111122223333:alarms',
    Message: JSON.stringify(event),
    Timestamp: '2026-03-01T03:00:00Z',
  })

describe('an event is', () => {
  it.each([
    ['alarms', 'of EventBridge', record(alarm)],
    ['alarms', 'a configuration change', record(configuration)],
    ['alarms', 'a contributor', record(contributor)],
    ['alarms', 'published', published(alarm)],
    ['alarms', 'invoked', parseInvocation(invocation)],
    ['aws', 'of EventBridge', record(health)],
    ['sent', 'published', published(health)],
    ['sent', 'of a call that failed', record({ requestContext: {}, requestPayload: health })],
    ['sent', 'of your own', record(order)],
    ['sent', 'of a partner', record({ ...order, source: 'aws.partner/example.com/1' })],
    ['sent', 'of a name that only begins so', record({ ...order, source: 'awsome' })],
  ] as const)('one of %s: %s', (sort, _, signal) => {
    expect(sortOf(signal)).toBe(sort)
  })
})

describe('what no rule matches', () => {
  const { envelope } = record(order)
  const kinds = (text: string): Record<Sort, string> => {
    const rules = compileRulesText(text, 'rules.yml')
    const kind = (sort: Sort): string => matchRules(rules, envelope, sort).kind
    return { alarms: kind('alarms'), sent: kind('sent'), aws: kind('aws') }
  }
  it.each([
    ['version: 1', { alarms: 'rule', sent: 'rule', aws: 'ignore' }],
    ['version: 1\ndefaults: {unmatched: {}}', { alarms: 'rule', sent: 'rule', aws: 'ignore' }],
    ['version: 1\ndefaults: {unmatched: {aws: open}}', { alarms: 'rule', sent: 'rule', aws: 'rule' }],
    [
      'version: 1\ndefaults: {unmatched: {alarms: ignore, sent: ignore}}',
      { alarms: 'ignore', sent: 'ignore', aws: 'ignore' },
    ],
  ])('%j', (text, expected) => {
    expect(kinds(text)).toEqual(expected)
  })

  it('is refused by file and line where it is said wrongly', () => {
    expect(() => compileRulesText('version: 1\ndefaults:\n  unmatched: {aws: drop, all: open}', 'rules.yml')).toThrow(
      /rules\.yml:3: defaults\.unmatched\.all is unknown; .*\nrules\.yml:3: defaults\.unmatched\.aws must be open or ignore/,
    )
  })

  it('is said at start where the file says nothing of it, and not where it does', () => {
    expect(sayWhatIsIgnored(compileRulesText('version: 1', 'r'), 'rules.yml')).toContain(
      'rules.yml: defaults.unmatched is not set',
    )
    const said = compileRulesText('version: 1\ndefaults: {unmatched: {alarms: open}}', 'r')
    expect([sayWhatIsIgnored(said, 'rules.yml'), said.unmatched]).toEqual([undefined, UNMATCHED])
  })
})
