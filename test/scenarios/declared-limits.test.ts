// What is not adopted, what a look at the open incidents costs, and what happens where they cannot be listed.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { StartIncidentCommand } from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, it } from 'vitest'
import type { Table } from '../../lib/aws/table/table.ts'
import { OnAws } from '../aws-stub/on-aws.ts'
import { type Fault, Faults } from './faults.ts'
import { Rehearsal } from './rehearsal.ts'

const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/'
const RULES = `
version: 1
defaults: {unanswered: never, escalate: [{unacknowledgedFor: 5m, engage: [manager]}]}
`
const PLANS = ['default', 'theirs'].map((name) => ({ name, title: 'T', impact: 3, engage: ['primary'] }))

describe('with the incident manager of AWS', () => {
  let aws: OnAws
  afterEach(() => aws.close())

  const declare = async (title: string, plan: string): Promise<string> => {
    const start = new StartIncidentCommand({ responsePlanArn: `${PLAN}${plan}`, title })
    return (await aws.person.send(start)).incidentRecordArn ?? ''
  }
  const engaged = (): number => aws.stub.callsOf('StartEngagement').length

  it('an incident by a plan that the rules name is adopted; one by another is one line in the log, and told once', async () => {
    aws = await OnAws.start({ plans: PLANS }, RULES)
    await aws.rehearsal.minutes(1)
    const ours = await declare('Ours', 'default')
    const theirs = await declare('Theirs', 'theirs')
    await aws.rehearsal.minutes(60)
    expect(engaged()).toBe(1)
    expect(await aws.rehearsal.lastResorts()).toMatchObject([
      { subject: 'NOT ESCALATED BY TOCSIN: Theirs', body: expect.stringContaining(theirs) },
    ])
    const lines = aws.rehearsal.logs().filter((line) => JSON.stringify(line).includes('left alone'))
    expect(lines).toHaveLength(1)
    expect(aws.stub.callsOf('UpdateIncidentRecord')).toEqual([])
    expect(aws.stub.incidents.find(({ arn }) => arn === ours)?.status).toBe('OPEN')
  })

  it('every one is adopted where `declared: adopt` says so', async () => {
    aws = await OnAws.start({ plans: PLANS }, RULES, { environment: { TOCSIN_DECLARED: 'adopt' } })
    await declare('Theirs', 'theirs')
    await aws.rehearsal.minutes(10)
    expect(engaged()).toBe(1)
    expect(await aws.rehearsal.lastResorts()).toEqual([])
  })

  it('what is older than the first sweep is left alone, in one line of the log', async () => {
    aws = await OnAws.start({ plans: PLANS }, RULES)
    const older = [await declare('One', 'default'), await declare('Two', 'theirs')]
    await aws.rehearsal.minutes(60)
    expect(engaged()).toBe(0)
    expect(await aws.rehearsal.lastResorts()).toEqual([])
    const lines = aws.rehearsal.logs().map((line) => JSON.stringify(line))
    expect(lines.filter((line) => line.includes('left alone'))).toEqual([expect.stringContaining('2 open incidents')])
    for (const arn of older) expect(lines.filter((line) => line.includes(arn))).toHaveLength(1)
  })

  it('where they cannot be listed for some minutes the last resort is told, and what was declared meanwhile is adopted then', async () => {
    aws = await OnAws.start({ plans: PLANS }, RULES)
    await aws.rehearsal.minutes(1)
    aws.stub.fail({ operation: 'ListIncidentRecords', times: 1000, failure: 'access-denied' })
    await declare('Ours', 'default')
    await aws.rehearsal.minutes(2)
    expect(await aws.rehearsal.lastResorts()).toEqual([])
    await aws.rehearsal.minutes(4)
    expect(await aws.rehearsal.lastResorts()).toMatchObject([
      { subject: 'DECLARED INCIDENTS ARE NOT ESCALATED', body: expect.stringContaining('AccessDenied') },
    ])
    aws.stub.heal()
    await aws.rehearsal.minutes(3)
    expect(engaged()).toBe(1)
  })
})

describe('a sweep with nothing new', () => {
  const MANY = 150

  /** The calls of a sweep after `count` incidents were declared and have been looked after for a while. */
  async function callsWith(count: number): Promise<Record<string, number>> {
    const calls: string[] = []
    const note = (what: string): void => void calls.push(what)
    const on = await Rehearsal.start(
      'sqlite',
      {
        watch: {
          call: (name, command, call) => (note(`${name} ${command}`), call()),
          table: (name, table) => counted(name, table, note),
        },
      },
      RULES,
    )
    const lambda = new LambdaClient({
      endpoint: on.system.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    })
    try {
      await on.alarm(
        ...Array.from({ length: count }, (_, number) => ({ name: `open-${number}`, state: 'ALARM' as const })),
      )
      await on.minutes(7)
      const sweep = async (): Promise<void> => {
        const Payload = JSON.stringify({ time: on.system.now().toISOString() })
        await lambda.send(new InvokeCommand({ FunctionName: 'sweep', Payload }))
        await on.system.idle()
      }
      // What the minute made due is done.
      for (let times = 0; times < 3; times++) await sweep()
      calls.length = 0
      await sweep()
      return Object.fromEntries(
        Object.entries(Object.groupBy(calls, (call) => call)).map(([call, all]) => [call, all?.length ?? 0]),
      )
    } finally {
      lambda.destroy()
      await on.close()
    }
  }

  it('lists twice and asks nothing else, the same calls with many open as with few', { timeout: 300_000 }, async () => {
    const few = await callsWith(10)
    expect(few).toMatchObject({ 'sweep ListIncidentRecordsCommand': 2, 'Incidents query list2': 2 })
    expect(Object.keys(few).filter((call) => call.startsWith('Episodes query incident'))).toEqual([])
    expect(await callsWith(MANY)).toEqual(few)
  })
})

const counted = (name: string, table: Table, note: (what: string) => void): Table => ({
  get: (key) => (note(`${name} get`), table.get(key)),
  put: (item, condition) => (note(`${name} put`), table.put(item, condition)),
  update: (key, change, condition) => (note(`${name} update`), table.update(key, change, condition)),
  delete: (key, condition) => (note(`${name} delete`), table.delete(key, condition)),
  query: (query) => (note(`${name} query ${query.index ?? query.partition}`), table.query(query)),
})

describe('a process that dies', () => {
  /** Declared, adopted, escalated, resolved. */
  async function story(fault: Fault | undefined): Promise<{ calls: readonly string[]; end: object }> {
    const faults = new Faults({ lists: true })
    const on = await Rehearsal.start('sqlite', { watch: faults.watch }, RULES)
    try {
      await on.minutes(1)
      const start = { responsePlanArn: `${PLAN}default`, title: 'Payments are down', clientToken: 'once' }
      const { incidentRecordArn: arn = '' } = await on.incidents.send(new StartIncidentCommand(start))
      await on.system.idle()
      await on.minutes(1)
      faults.calls.length = 0
      faults.fault = fault
      // The sweep that adopts.
      await on.minutes(1)
      const calls = [...faults.calls]
      faults.fault = undefined
      await on.minutes(5)
      const told = await on.told(arn)
      const engagements = await on.engagements(arn)
      const end = {
        adopted: told.filter((text) => text.startsWith('Declared by')).length,
        escalated: told.filter((text) => text.startsWith('Escalated')).length,
        engaged: engagements.map(({ ContactArn }) => ContactArn),
        status: (await on.record(arn)).status,
        lastResorts: await on.lastResorts(),
        failures: await on.system.failures(),
      }
      return { calls, end }
    } finally {
      await on.close()
    }
  }

  it('at any call of the sweep that adopts changes nothing of how it ends', { timeout: 300_000 }, async () => {
    const { calls, end } = await story(undefined)
    expect(end).toMatchObject({ adopted: 1, escalated: 1, status: 'OPEN', lastResorts: [], failures: [] })
    expect(calls).toContain('client ListIncidentRecordsCommand')
    // What its incident manager does in between has its own stories.
    const points = calls.flatMap((name, index) => (/^(?:client|Episodes)/u.test(name) ? [{ name, at: index + 1 }] : []))
    expect(points.length).toBeGreaterThan(6)
    for (const when of ['before', 'after'] as const)
      for (const { name, at } of points) expect((await story({ at, when })).end, `${when} ${name}`).toEqual(end)
    console.log(`${points.length * 2} crash points tried: a declared incident is adopted`)
  })
})
