// A process may die before or after any call also where nobody answers: what is declared, comes and goes, grows worse, fails in one more series.
import { StartIncidentCommand } from '@aws-sdk/client-ssm-incidents'
import { describe, expect, it } from 'vitest'
import { dieOnce, insist, kindsOf, minutes, type Story } from './crash-points.ts'
import type { Rehearsal } from './rehearsal.ts'

const RULES = `
version: 1
defaults:
  plan: default
  unmatched: {aws: ignore}
  resolve: {after: 5m, mode: unless-human}
  escalate: [{unacknowledgedFor: 6m, engage: [manager], impact: 1}]
rules:
  - id: slow
    match: {detail: {alarmName: [checkout-slow]}}
    open: {dedupe: checkout, impact: 3}
    escalate: []
  - id: down
    match: {detail: {alarmName: [checkout-down]}}
    open: {dedupe: checkout, impact: 1}
    escalate: []
  - id: series
    match: {detail: {alarmName: [stalled]}}
    escalate: []
`
const EVERYBODY = ['manager', 'primary', 'secondary'].map(
  (name) => `arn:aws:ssm-contacts:us-east-1:111122223333:contact/${name}`,
)
const STALLED = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:stalled'

const series = (on: Rehearsal, id: string): Promise<void> => {
  const state = { value: 'ALARM', reason: 'r', timestamp: on.system.now().toISOString() }
  const detail = { alarmName: 'stalled', state, alarmContributor: { id, attributes: { TableName: id } } }
  return on.put('aws.cloudwatch', 'CloudWatch Alarm Contributor State Change', detail, [STALLED])
}

const answer = (on: Rehearsal): Promise<void> => insist(async () => on.accept((await on.pages()).at(-1)))

const plain: Story = {
  name: 'opens and is answered',
  rules: RULES,
  steps: [(on) => on.alarm({ name: 'checkout', state: 'ALARM' }), ...minutes(4), answer, ...minutes(2)],
}

const stories: Story[] = [
  {
    name: 'a person declares it, nobody answers',
    ends: { impact: 1, running: true, paged: EVERYBODY },
    rules: RULES,
    steps: [
      // What is declared before the first sweep is left alone.
      ...minutes(1),
      (on) => {
        const responsePlanArn = 'arn:aws:ssm-incidents::111122223333:response-plan/default'
        const start = { responsePlanArn, title: 'Payments are down', impact: 3, clientToken: 'declared-once' }
        return insist(() => on.incidents.send(new StartIncidentCommand(start)))
      },
      ...minutes(16),
    ],
  },
  {
    name: 'it comes and goes, nobody answers',
    ends: { impact: 1, running: true, paged: EVERYBODY },
    rules: RULES,
    steps: [
      (on) => on.alarm({ name: 'checkout', state: 'ALARM' }),
      ...minutes(4),
      (on) => on.alarm({ name: 'checkout', state: 'OK' }),
      ...minutes(4),
      (on) => on.alarm({ name: 'checkout', state: 'ALARM' }),
      ...minutes(16),
    ],
  },
  {
    name: 'somebody has answered, it grows worse',
    ends: { impact: 1, running: true },
    rules: RULES,
    steps: [
      (on) => on.alarm({ name: 'checkout-slow', state: 'ALARM' }),
      ...minutes(4),
      answer,
      ...minutes(4),
      (on) => on.alarm({ name: 'checkout-down', state: 'ALARM' }),
      ...minutes(16),
    ],
  },
  {
    name: 'somebody has answered, one more series fails',
    ends: { impact: 3, running: true },
    rules: RULES,
    steps: [
      (on) => on.alarm({ name: 'stalled', state: 'ALARM' }),
      ...minutes(4),
      answer,
      ...minutes(4),
      (on) => series(on, 'orders'),
      ...minutes(16),
    ],
  },
]

describe.each(stories)('$name', (story) => {
  it('on SQLite it ends the same at whichever kind of call a process dies', { timeout: 300_000 }, async () => {
    expect(await dieOnce(story, 'sqlite', new Set())).toBeGreaterThan(40)
  })

  it('on DynamoDB it ends the same at whichever kind of call that only it makes', { timeout: 300_000 }, async () => {
    expect(await dieOnce(story, 'dynamodb', await kindsOf(plain))).toBeGreaterThan(1)
  })
})
