// What no rule matches: an alarm and what somebody has sent open an incident, and any other event of AWS only where the rules say so.
import { afterEach, describe, expect, it } from 'vitest'
import type { Table } from '../../lib/aws/table/table.ts'
import { readSweep } from '../../lib/automation/state/heartbeat.ts'
import { ignoredKindsIn } from '../../lib/automation/state/ignored-kinds.ts'
import { Rehearsal, START } from './rehearsal.ts'

const rulesWith = (unmatched: string): string => `
version: 1
defaults: {title: "\${detail.alarmName}"${unmatched}}
rules:
  - id: stopped
    match: {detail: {lastStatus: [STOPPED]}}
`
const ISSUE = { eventTypeCategory: 'issue', eventArn: 'arn:aws:health:us-east-1::event/EC2/1' }
const TASK = {
  id: '6f7c1d3e',
  version: '0',
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  account: '111122223333',
  region: 'us-east-1',
  time: START.toISOString(),
  resources: ['arn:aws:ecs:us-east-1:111122223333:task/p/9'],
}
const ALARM = { name: 'checkout', state: 'ALARM' } as const

let on: Rehearsal
let episodes: Table | undefined
afterEach(() => on.close())
async function begin(engine: 'sqlite' | 'dynamodb', unmatched: string): Promise<void> {
  const watch = { table: (name: string, table: Table) => (name === 'Episodes' ? (episodes = table) : table) }
  on = await Rehearsal.start(engine, { watch }, rulesWith(unmatched))
}
const titles = async (): Promise<(string | undefined)[]> => (await on.records()).map(({ title }) => title)
const remembered = async () => (episodes ? ignoredKindsIn((await readSweep(episodes)).items) : undefined)
const ignored = (): unknown[] => on.logs().filter(({ message }) => message === 'Ignored by rule')

describe.each(['sqlite', 'dynamodb'] as const)('where the rules say nothing, on %s', (engine) => {
  it('an event of AWS opens nothing, is logged, and the first of its kind is remembered', async () => {
    await begin(engine, '')
    await on.put('aws.health', 'AWS Health Event', ISSUE)
    await on.minutes(1)
    await on.put('aws.health', 'AWS Health Event', ISSUE)
    expect(await titles()).toEqual([])
    expect(await on.pages()).toEqual([])
    expect(ignored()).toMatchObject([{ rule: 'defaults.unmatched.aws' }, { rule: 'defaults.unmatched.aws' }])
    const [kind, ...others] = (await remembered()) ?? []
    expect([kind, others]).toMatchObject([{ source: 'aws.health', detailType: 'AWS Health Event' }, []])
    expect(kind?.at.getTime()).toBeLessThan(START.getTime() + 60_000)
  })

  it('an alarm, an event of your own and an event that somebody publishes open incidents', async () => {
    await begin(engine, '')
    await on.alarm(ALARM)
    await on.put('tocsin.orders', 'Order Backlog', { waiting: 1 })
    await on.publish('alarms', { ...TASK, detail: { lastStatus: 'RUNNING' } })
    const opened = await titles()
    expect(opened).toHaveLength(3)
    for (const title of ['checkout', 'Order Backlog from tocsin.orders', 'ECS Task State Change from aws.ecs'])
      expect(opened).toContain(title)
    expect(await remembered()).toEqual([])
  })
})

describe('where the rules say it', () => {
  it('an event of AWS opens an incident', async () => {
    await begin('sqlite', ', unmatched: {aws: open}')
    await on.put('aws.health', 'AWS Health Event', ISSUE)
    expect(await titles()).toHaveLength(1)
  })

  it('what is sent and what alarms opens nothing, while what a rule matches still does', async () => {
    await begin('sqlite', ', unmatched: {alarms: ignore, sent: ignore}')
    await on.alarm(ALARM)
    await on.put('tocsin.orders', 'Order Backlog', { waiting: 1 })
    await on.publish('alarms', { ...TASK, detail: { lastStatus: 'RUNNING' } })
    expect(await titles()).toEqual([])
    await on.publish('alarms', { ...TASK, id: 'other', detail: { lastStatus: 'STOPPED' } })
    expect(await titles()).toHaveLength(1)
    expect((await remembered())?.map(({ source }) => source)).toEqual(['aws.cloudwatch', 'tocsin.orders', 'aws.ecs'])
  })
})
