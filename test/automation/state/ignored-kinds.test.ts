// What no rule matches and is ignored can be seen: the first of each kind is remembered, however many come.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Table } from '../../../lib/aws/table/table.ts'
import { compileRules } from '../../../lib/automation/rules/schema.ts'
import type { Rules } from '../../../lib/automation/rules/rules.ts'
import type { Envelope } from '../../../lib/automation/sources/signal.ts'
import { readSweep } from '../../../lib/automation/state/heartbeat.ts'
import { IgnoredKinds, ignoredKindsIn, KINDS_KEPT } from '../../../lib/automation/state/ignored-kinds.ts'
import { type Engine, ENGINES } from '../../aws/engines.ts'

const START = new Date('2026-03-01T03:00:00.000Z')
const LATER = new Date('2026-03-01T04:00:00.000Z')
const rulesOf = (plan: string): Rules => compileRules({ version: 1, defaults: { plan } }, () => undefined, 'rules.yml')
const event = (source: string, detailType = 'Change'): Envelope => ({
  id: '1',
  source,
  'detail-type': detailType,
  account: '111122223333',
  region: 'us-east-1',
  time: START.toISOString(),
  resources: [],
  detail: {},
})

describe.each(['sqlite', 'dynamodb'] as const)('ignored kinds on %s', (name) => {
  let engine: Engine
  let table: Table
  const calls: string[] = []
  beforeAll(async () => {
    engine = await ENGINES[name]()
    const { table: inner } = engine
    table = {
      get: (key) => (calls.push('get'), inner.get(key)),
      put: (item, condition) => (calls.push('put'), inner.put(item, condition)),
      update: (...args) => inner.update(...args),
      delete: (...args) => inner.delete(...args),
      query: (query) => inner.query(query),
    }
  })
  afterAll(() => engine.close())
  const kept = async () => ignoredKindsIn((await readSweep(table)).items)
  const rules = rulesOf('default')

  it('are none at first, and each is written once by a process, with the instant of its first', async () => {
    expect(await kept()).toEqual([])
    const process = new IgnoredKinds(table)
    for (const at of [START, LATER, LATER]) await process.remember(rules, event('aws.ecs'), at)
    await process.remember(rules, event('aws.ecs', 'Other'), LATER)
    expect(calls.filter((call) => call === 'put')).toHaveLength(2)
    expect(calls).toHaveLength(4)
    expect(await kept()).toEqual([
      { source: 'aws.ecs', detailType: 'Change', at: START },
      { source: 'aws.ecs', detailType: 'Other', at: LATER },
    ])
  })

  it('that another process has written are not written again', async () => {
    calls.length = 0
    const process = new IgnoredKinds(table)
    await process.remember(rules, event('aws.ecs'), LATER)
    await process.remember(rules, event('aws.ecs', 'Other'), LATER)
    expect(calls).toEqual(['get'])
  })

  it('of two processes at once are all kept', async () => {
    const [one, other] = [new IgnoredKinds(table), new IgnoredKinds(table)]
    await Promise.all([one.remember(rules, event('aws.a'), START), other.remember(rules, event('aws.b'), START)])
    expect((await kept()).map(({ source }) => source)).toEqual(expect.arrayContaining(['aws.a', 'aws.b']))
  })

  it('are bounded in number and length, and cost nothing beyond', async () => {
    const process = new IgnoredKinds(table)
    for (let index = 0; index < 80; index++)
      await process.remember(rules, event(`aws.${index}`, 'x'.repeat(9999)), START)
    calls.length = 0
    await process.remember(rules, event('aws.new'), START)
    expect(calls).toEqual([])
    await new IgnoredKinds(table).remember(rules, event('aws.new'), START)
    const all = await kept()
    expect(all).toHaveLength(KINDS_KEPT)
    expect(Math.max(...all.map(({ detailType }) => detailType.length))).toBe(200)
  })

  it('begin anew under other rules', async () => {
    await new IgnoredKinds(table).remember(rulesOf('other'), event('aws.s3'), LATER)
    expect(await kept()).toEqual([{ source: 'aws.s3', detailType: 'Change', at: LATER }])
  })
})
