// Whatever breaks, somebody is told: plans that are gone, an incident manager that is down, dead letters, broken rules.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateResponsePlanCommand, DeleteResponsePlanCommand } from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, it } from 'vitest'
import { OnAws } from '../aws-stub/on-aws.ts'
import { Rehearsal, START } from './rehearsal.ts'

const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/'
const RULES = `
version: 1
defaults: {title: '\${detail.alarmName}', unanswered: never, resolve: {after: 10m, mode: unless-human}}
rules:
  - {id: gone, match: {detail: {alarmName: [{prefix: gone-}]}}, open: {plan: nobody-made-it}}
`

let on: Rehearsal
afterEach(() => on.close())

async function createPlan(name: string): Promise<void> {
  await on.incidents.send(
    new CreateResponsePlanCommand({
      name,
      incidentTemplate: { title: name, impact: 1 },
      engagements: ['arn:aws:ssm-contacts:us-east-1:111122223333:contact/manager'],
    }),
  )
}

const withFallback = { environment: { TOCSIN_FALLBACK_PLAN: 'everybody' } }

describe('a rule whose plan is gone', () => {
  it('pages by the fallback plan at once, and says why', async () => {
    on = await Rehearsal.start('sqlite', withFallback, RULES)
    await createPlan('everybody')
    await on.alarm({ name: 'gone-db', state: 'ALARM' })
    const { arn, impact } = await on.incident()
    expect([impact, arn]).toEqual([1, expect.stringContaining('incident-record/everybody/')])
    expect(await on.told(arn)).toContainEqual(
      expect.stringMatching(
        /^Response plan nobody-made-it was refused \(ResourceNotFoundException: .*: the fallback plan everybody is used/u,
      ),
    )
    expect((await on.pages()).map(({ contactArn }) => contactArn)).toEqual([expect.stringContaining('contact/manager')])
    expect(await on.lastResorts()).toEqual([])
  })

  it('is told to the last resort after a minute and every 15 minutes, until somebody makes the plan', async () => {
    on = await Rehearsal.start('sqlite', withFallback, RULES)
    await on.alarm({ name: 'gone-db', state: 'ALARM' }, { name: 'other', state: 'ALARM' })
    expect(await on.incident()).toMatchObject({ title: 'other' })
    await on.minutes(2)
    expect(await on.lastResorts()).toMatchObject([
      {
        type: 'SNS',
        subject: 'NOBODY IS PAGED for gone-db',
        body: expect.stringContaining('ResourceNotFoundException'),
      },
    ])
    await on.minutes(13)
    expect(await on.lastResorts()).toHaveLength(1)
    await on.minutes(3)
    expect(await on.lastResorts()).toHaveLength(2)
    await createPlan('nobody-made-it')
    await on.minutes(1)
    const opened = (await on.records()).find(({ title }) => title === 'gone-db')
    expect(await on.told(opened?.arn ?? '')).toContainEqual(expect.stringContaining('Opened late: '))
    await on.minutes(40)
    expect(await on.lastResorts()).toHaveLength(2)
    expect(await on.system.failures()).toEqual([])
  })

  it('is told to the last resort when it goes while its incident is open and the alarm fires anew', async () => {
    on = await Rehearsal.start('sqlite', {}, RULES)
    await on.alarm({ name: 'other', state: 'ALARM' })
    await on.incidents.send(new DeleteResponsePlanCommand({ arn: `${PLAN}default` }))
    await on.minutes(1)
    await on.alarm({ name: 'other', state: 'OK' })
    await on.minutes(1)
    await on.alarm({ name: 'other', state: 'ALARM' })
    await on.minutes(1)
    expect(await on.lastResorts()).toMatchObject([{ subject: 'NOBODY IS PAGED for other' }])
    const { arn } = await on.incident()
    expect(await on.told(arn)).toContainEqual(expect.stringContaining('engages nobody: the last resort is told'))
  })
})

describe('a plan that has had its incidents of the month', () => {
  it('is replaced by the fallback plan for what comes on top, each opened once', async () => {
    const plans = ['default', 'everybody'].map((name) => ({ name, title: name, impact: 3, engage: ['primary'] }))
    const aws = await OnAws.start({ plans, mostPerPlanAndMonth: 3 }, RULES, withFallback)
    on = aws.rehearsal
    for (const name of ['one', 'two', 'three', 'four', 'five']) await aws.rehearsal.alarm({ name, state: 'ALARM' })
    expect(aws.stub.incidents.map(({ plan }) => plan)).toEqual([
      'default',
      'default',
      'default',
      'everybody',
      'everybody',
    ])
    expect(aws.stub.told(aws.stub.incidents[3])).toContainEqual(
      expect.stringContaining('ServiceQuotaExceededException'),
    )
    aws.person.destroy()
    await aws.stub.close()
  })
})

describe('an incident manager that cannot be reached', () => {
  it('is told to the last resort after a minute; what it could not do it does when it is back, once', async () => {
    const down = { now: false }
    on = await Rehearsal.start('sqlite', {
      watch: {
        call: (_function, name, call) =>
          down.now && /^(?:StartIncident|GetIncidentRecord|CreateTimelineEvent)/u.test(name)
            ? Promise.reject(new Error('connect ECONNREFUSED'))
            : call(),
      },
    })
    down.now = true
    await on.alarm({ name: 'pay-db', state: 'ALARM' })
    expect(await on.lastResorts()).toEqual([])
    await on.minutes(2)
    expect(await on.lastResorts()).toMatchObject([{ subject: 'NOBODY IS PAGED for pay-db' }])
    await on.minutes(8)
    down.now = false
    await on.minutes(2)
    expect(await on.pages()).toHaveLength(1)
    const { arn } = await on.incident()
    expect((await on.told(arn)).map((text) => text.slice(0, 12))).toEqual(['Alarm pay-db', 'Opened late:'])
    expect(await on.system.failures()).toEqual([])
  })
})

describe('a dead-letter queue', () => {
  it('gives back what failed for a passing reason, by the sweep itself, and keeps what cannot be read', async () => {
    const broken = { now: true }
    on = await Rehearsal.start('sqlite', {
      watch: {
        invocation: (name, _event, run) =>
          broken.now && name === 'open-incident' ? Promise.reject(new Error('the table is away')) : run(),
      },
    })
    await on.put('tocsin.orders', 'Order Backlog', { waiting: 900 }, ['arn:aws:sqs:us-east-1:111122223333:orders'])
    await on.put('aws.cloudwatch', 'CloudWatch Alarm State Change', { alarmName: 'no-state' }, [])
    await on.minutes(13)
    expect(await on.system.failures()).toHaveLength(2)
    expect(await on.records()).toEqual([])
    broken.now = false
    await on.minutes(6)
    expect(await on.incident()).toMatchObject({ incidentRecordSource: { source: 'tocsin.orders' } })
    await on.minutes(30)
    expect(await on.system.failures()).toMatchObject([
      { function: 'open-incident', event: { detail: { alarmName: 'no-state' } } },
    ])
  })
})

describe('a broken rules file', () => {
  it('keeps the last good rules in force, and every sweep says so with file and line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-rules-'))
    const rules = join(folder, 'rules.yml')
    writeFileSync(rules, RULES)
    on = await Rehearsal.start('sqlite', { rules })
    writeFileSync(rules, 'version: 1\nrulez: []\n')
    await on.alarm({ name: 'other', state: 'ALARM' })
    expect(await on.records()).toHaveLength(1)
    const said = () =>
      on
        .logs()
        .filter(({ level, error }) => level === 'ERROR' && /rules\.yml:2: .*rulez/u.test(JSON.stringify(error ?? '')))
    await on.minutes(3)
    expect(said()).toHaveLength(3)
    writeFileSync(rules, RULES)
    await on.alarm({ name: 'other', state: 'ALARM' })
    await on.minutes(3)
    expect(said()).toHaveLength(3)
    rmSync(folder, { recursive: true })
  })
})

describe('a clock that jumps', () => {
  it('ahead by an hour: what fires still pages, and what is over does not', async () => {
    on = await Rehearsal.start('sqlite')
    const fired = new Date(START.getTime() + 1000)
    await on.minutes(61)
    await on.alarm({ name: 'pay-db', state: 'ALARM', at: fired })
    expect((await on.records()).map(({ title }) => title)).toEqual(['pay-db (us-east-1)'])
  })

  it("back by an hour, as an alarm's instant an hour ahead shows: it pages, and its OK still counts", async () => {
    on = await Rehearsal.start('sqlite')
    const ahead = (minutes: number): Date => new Date(START.getTime() + (60 + minutes) * 60_000)
    await on.alarm({ name: 'pay-db', state: 'ALARM', at: ahead(0) })
    await on.alarm({ name: 'pay-db', state: 'OK', at: ahead(1) })
    expect(await on.records()).toHaveLength(1)
    await on.minutes(20)
    expect((await on.incident()).status).toBe('RESOLVED')
  })
})
