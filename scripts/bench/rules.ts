// How many events per second one core compares with 200 rules, where the last rule takes them or none does.
import { matchRules } from '../../lib/automation/rules/match-rules.ts'
import { compileRules } from '../../lib/automation/rules/schema.ts'
import type { Rules } from '../../lib/automation/rules/rules.ts'
import type { Envelope } from '../../lib/automation/sources/signal.ts'
import { median } from './system.ts'

const RULES = 200
const EVENTS = 10_000
const ROUNDS = 15
const ALARMS = 500

/** Each round has the same 500 alarms again, as a storm does, or alarms that were never seen before. */
export function* ruleFigures(): Generator<string> {
  const rules = compileRules({ version: 1, rules: patterns().map(asRule) }, () => undefined, 'bench')
  for (const [what, event] of [
    [`last of ${RULES} rules takes, of ${ALARMS} alarms`, (at: number) => alarm(`zz-payments-p99-${at % ALARMS}`)],
    [`last of ${RULES} rules takes, all of new alarms`, (at: number) => alarm(`zz-payments-p99-${at}`)],
    [`none of ${RULES} rules takes, of ${ALARMS} alarms`, (at: number) => alarm(`zy-batch-${at % ALARMS}`)],
    [
      `none of ${RULES} rules takes, all new, half not alarms`,
      (at: number) => (at % 2 ? order(at) : alarm(`zy-${at}`)),
    ],
  ] as const) {
    const rates = Array.from({ length: ROUNDS }, (_, round) => rate(rules, round, event))
    yield `Events per second on one core that the ${what}: ${Math.round(median(rates)).toLocaleString('en')}, median of ${ROUNDS} (at least 50,000)`
  }
}

function rate(rules: Rules, round: number, event: (at: number) => Envelope): number {
  const events = Array.from({ length: EVENTS }, (_, at) => event(round * EVENTS + at))
  const start = process.threadCpuUsage()
  for (const each of events) matchRules(rules, each)
  const { user, system } = process.threadCpuUsage(start)
  return (EVENTS / (user + system)) * 1e6
}

const asRule = (match: unknown, at: number): object => ({ id: `rule-${at}`, match })

/** What teams write: mostly alarms by the beginning of their name, and every operator now and then. */
function patterns(): unknown[] {
  const source = ['aws.cloudwatch']
  const kinds = [
    (at: number) => ({ source, detail: { alarmName: [{ prefix: `team-${at}-` }] } }),
    (at: number) => ({ source, detail: { alarmName: [`db-${at}-cpu`, `db-${at}-disk`], state: { value: ['ALARM'] } } }),
    (at: number) => ({
      source,
      region: [{ 'anything-but': ['eu-central-1'] }],
      detail: { alarmName: [{ suffix: `-sev${at}` }] },
    }),
    (at: number) => ({
      'detail-type': [{ prefix: 'CloudWatch Alarm' }],
      detail: { alarmName: [{ wildcard: `*-queue-${at}-*` }] },
    }),
    (at: number) => ({
      source: ['shop.orders'],
      detail: { amount: [{ numeric: ['>', 1000 + at] }], refund: [{ exists: false }] },
    }),
    (at: number) => ({
      resources: [{ prefix: `arn:aws:cloudwatch:eu-west-1:1111222233${at % 10}:` }],
      detail: { alarmTags: { team: [`t${at}`] } },
    }),
    (at: number) => ({
      account: [{ 'anything-but': { prefix: '1' } }],
      detail: { alarmName: [{ 'equals-ignore-case': `API-${at}` }] },
    }),
    (at: number) => ({
      source,
      $or: [{ detail: { alarmName: [`or-${at}`] } }, { detail: { configuration: { description: [`d${at}`] } } }],
    }),
  ]
  const all = Array.from({ length: RULES - 1 }, (_, at) => kinds[at % kinds.length]?.(at))
  return [...all, { source, detail: { alarmName: [{ prefix: 'zz-payments-' }], state: { value: ['ALARM'] } } }]
}

const alarm = (name: string): Envelope => ({
  id: '6c1d2b1e-3a52-4a55-8f0e-b1d7c1f20a01',
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  account: '111122223333',
  region: 'us-east-1',
  time: '2026-03-01T12:04:02Z',
  resources: [`arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`],
  detail: {
    alarmName: name,
    state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2026-03-01T12:04:02.639+0000' },
    previousState: { value: 'OK', timestamp: '2026-03-01T11:47:02.518+0000' },
    configuration: { description: 'What it watches.', metrics: [] },
  },
})

const order = (at: number): Envelope => ({
  ...alarm('none'),
  source: 'shop.orders',
  'detail-type': 'Order Placed',
  resources: [],
  detail: { amount: (at % 900) + at / 1e9, customer: `c-${at}` },
})
