// The rights of each function, compared with the calls that it really makes while stories are told: none is missing, and none is too many.
import { AsyncLocalStorage } from 'node:async_hooks'
import { rmSync } from 'node:fs'
import {
  CreateTimelineEventCommand,
  CreateResponsePlanCommand,
  DeleteReplicationSetCommand,
  DeleteResponsePlanCommand,
  ListReplicationSetsCommand,
  UpdateIncidentRecordCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Table } from '../../lib/aws/table/table.ts'
import { recordTrouble } from '../../lib/automation/state/troubles.ts'
import { Rehearsal, START } from '../scenarios/rehearsal.ts'
import { copyOfProject, packageProject, templateOf } from './package-project.ts'
import { settingsOf } from './settings.ts'

const RULES = `
version: 1
defaults:
  title: "\${detail.alarmName}"
  resolve: {after: 5m, mode: unless-human}
  autoAcknowledge: [answered-elsewhere]
  escalate: [{unacknowledgedFor: 9m, engage: [manager], impact: 1}]
rules:
  - {id: bought, match: {source: [tocsin.bought]}, open: {plan: bought}}
`

/** Which service an operation belongs to. */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  'ssm-incidents': [
    'StartIncident',
    'CreateTimelineEvent',
    'GetIncidentRecord',
    'UpdateIncidentRecord',
    'ListIncidentRecords',
    'UpdateRelatedItems',
    'GetResponsePlan',
    'ListTimelineEvents',
    'GetTimelineEvent',
  ],
  'ssm-contacts': [
    'ListEngagements',
    'ListPagesByEngagement',
    'StartEngagement',
    'StopEngagement',
    'AcceptPage',
    'GetContact',
    'ListContacts',
    'ListContactChannels',
    'ListPagesByContact',
  ],
  cloudwatch: ['DescribeAlarms'],
  sts: ['AssumeRole'],
  sns: ['Publish'],
  sqs: ['ReceiveMessage', 'SendMessage', 'DeleteMessage'],
}

/** What a function is allowed for those who call it or on its behalf: Lambda's pollers and loggers, its secret, Powertools' records. */
const NOT_CALLED_BY_OUR_CODE = new Set([
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'secretsmanager:GetSecretValue',
  'sqs:GetQueueAttributes',
])
/** Powertools' own layer keeps its records on AWS (shown by the packages in smoke.test.ts); here another one does. */
const REMEMBERS = new Set(['open-incident', 'enrich-timeline', 'accept-page'])
const RECORDS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem']
/** Those of the pollers of its queue. */
const POLLED = ['sqs:ReceiveMessage', 'sqs:DeleteMessage']

const used = new Map<string, Set<string>>()
const current = new AsyncLocalStorage<string>()

function use(functionName: string | undefined, action: string): void {
  if (functionName === undefined) return
  used.set(functionName, (used.get(functionName) ?? new Set()).add(action))
}

const actionOf = (commandName: string): string => {
  const operation = commandName.replace(/Command$/u, '')
  const service = Object.keys(SERVICES).find((name) => SERVICES[name]?.includes(operation))
  if (!service) throw new Error(`Whose operation is ${operation}?`)
  return `${service}:${operation}`
}

let episodes: Table | undefined

const counted = (name: string, table: Table): Table => {
  if (name === 'Idempotency') return table
  if (name === 'Episodes') episodes = table
  const note = (action: string): void => {
    use(current.getStore(), `dynamodb:${action}`)
    if (failing.delete(`${current.getStore()} ${action}`)) throw new Error('away')
  }
  return {
    get: (key) => (note('GetItem'), table.get(key)),
    put: (item, condition) => (note('PutItem'), table.put(item, condition)),
    update: (key, change, condition) => (note('UpdateItem'), table.update(key, change, condition)),
    delete: (key, condition) => (note('DeleteItem'), table.delete(key, condition)),
    query: (query) => (note('Query'), table.query(query)),
  }
}

/** Calls that shall fail once, as `<function> <operation>`: what one function leaves another finishes. */
const failing = new Set<string>()
let broken = false

async function tellStories(): Promise<void> {
  const on = await Rehearsal.start(
    'sqlite',
    {
      // Of STS the system here knows nothing but who calls: that a role is asked for is enough.
      environment: { TOCSIN_ASKS: 'everywhere', TOCSIN_READ_ROLE: 'tocsin-read' },
      watch: {
        table: counted,
        invocation: (name, _event, run) => {
          if (broken && name === 'open-incident') return Promise.reject(new Error('away'))
          return current.run(name, run)
        },
        call: (name, command, call) => {
          use(name, actionOf(command))
          if (failing.delete(`${name} ${command.replace(/Command$/u, '')}`)) return Promise.reject(new Error('away'))
          return call()
        },
      },
    },
    RULES,
  )
  const later = (seconds: number): Date => new Date(on.system.now().getTime() + seconds * 1000)
  const untilItFails = async (call: string): Promise<void> => {
    failing.add(call)
    for (let minute = 0; minute < 20 && failing.size; minute++) await on.minutes(1)
    expect([...failing]).toEqual([])
  }
  try {
    // What stood in the way has passed: a sweep forgets it.
    if (episodes)
      await recordTrouble(episodes, { id: 'passed', subject: 'IT WAS', message: '', standsForSeconds: 0 }, START)
    // An event that joins brings a link, which fails at first: the sweep adds it.
    const waits = async (n: number): Promise<void> => {
      await on.system.advance(1000)
      await on.put('tocsin.orders', 'Waits', { n }, [
        'arn:aws:sqs:us-east-1:111122223333:orders',
        `arn:aws:sns:us-east-1:111122223333:n${n}`,
      ])
    }
    await waits(1)
    await waits(2)
    failing.add('open-incident UpdateRelatedItems')
    await waits(3)
    await on.minutes(2)
    for (const { arn } of await on.records()) await on.resolve(arn ?? '')
    // Opened late, told to nobody for an hour: escalated, raised; answered by SMS; answered elsewhere by machine.
    await on.alarm({ name: 'one', state: 'ALARM', at: new Date(START.getTime() - 600_000) })
    await on.minutes(12)
    failing.add('enrich-timeline AcceptPage')
    const ofOne = (await on.pagesOf((await on.records()).at(-1)?.arn ?? '')).map(({ PageArn }) => PageArn)
    const [page] = (await on.pages()).filter(({ type, pageArn }) => type === 'SMS' && ofOne.includes(pageArn))
    await on.publish('replies', {
      originationNumber: page?.address,
      destinationNumber: '+15550199',
      messageKeyword: 'KEYWORD',
      messageBody: page?.code,
      inboundMessageId: 'reply',
    })
    await on.minutes(2)
    // Recovered; its resolve fails in the sweep, and the next event finishes it.
    await on.alarm({ name: 'one', state: 'OK', at: later(1) })
    await untilItFails('sweep UpdateIncidentRecord')
    await on.alarm({ name: 'one', state: 'ALARM', at: later(2) })
    // Fires anew after a recovery: engagements are stopped and started.
    await on.alarm({ name: 'two', state: 'ALARM' })
    await on.alarm({ name: 'two', state: 'OK', at: later(1) })
    await on.minutes(1)
    await on.alarm({ name: 'two', state: 'ALARM', at: later(2) })
    await on.minutes(2)
    // Answered, and the machine accepts the rest itself; resolved by hand.
    await on.alarm({ name: 'three', state: 'ALARM' })
    await on.minutes(3)
    await on.accept((await on.pages()).findLast(({ type }) => type === 'EMAIL'))
    for (const { arn } of await on.records())
      await on.incidents.send(new UpdateIncidentRecordCommand({ arn, status: 'RESOLVED' }))
    await on.system.idle()
    // Resolved while it fires, with a note: the sweep reads it before it opens it again.
    await on.alarm({ name: 'noted', state: 'ALARM' })
    const noted = (await on.records()).at(-1)?.arn ?? ''
    await on.incidents.send(
      new CreateTimelineEventCommand({
        incidentRecordArn: noted,
        eventType: 'Note',
        eventTime: on.system.now(),
        eventData: '"resolved until it recovers"',
      }),
    )
    await on.resolve(noted)
    await on.minutes(16)
    // Recovered; who answers just then has the sweep's stop, which failed, done by what hears of it.
    await on.alarm({ name: 'five', state: 'ALARM' })
    await on.minutes(3)
    await on.alarm({ name: 'five', state: 'OK', at: later(1) })
    await untilItFails('sweep StopEngagement')
    await on.system.advance(31_000)
    await on.accept((await on.pages()).findLast(({ type }) => type === 'SMS'))
    // The same of a raise that failed in the sweep; first back to the whole minute, or the next sweep is sooner than the answer.
    await on.system.advance(8 * 60_000 - 31_000)
    await on.alarm({ name: 'six', state: 'ALARM' })
    await untilItFails('sweep UpdateIncidentRecord')
    await on.system.advance(31_000)
    await on.accept((await on.pages()).findLast(({ type }) => type === 'SMS'))
    // An alarm of another account, about which CloudWatch must be asked there: at once, and at each audit.
    const elsewhere = {
      alarmName: 'elsewhere',
      state: { value: 'ALARM', timestamp: on.system.now().toISOString() },
      previousState: { value: 'OK' },
    }
    const resources = ['arn:aws:cloudwatch:eu-west-1:444455556666:alarm:elsewhere']
    await on.put('aws.cloudwatch', 'CloudWatch Alarm State Change', elsewhere, resources)
    await on.minutes(6)
    // Somebody else is to be called, who is not.
    const pagerDutyConfiguration = {
      name: 'Shop',
      secretId: 'pagerduty',
      pagerDutyIncidentConfiguration: { serviceId: 'P1' },
    }
    await on.incidents.send(
      new CreateResponsePlanCommand({
        name: 'bought',
        incidentTemplate: { title: 'Bought', impact: 3 },
        integrations: [{ pagerDutyConfiguration }],
      }),
    )
    await on.put('tocsin.bought', 'Order Backlog', { waiting: 1 }, [])
    await on.minutes(1)
    // Dead letters, and a start that fails: the last resort.
    broken = true
    await on.put('tocsin.orders', 'Order Backlog', { waiting: 1 }, [])
    await on.minutes(13)
    broken = false
    await on.incidents.send(
      new DeleteResponsePlanCommand({ arn: 'arn:aws:ssm-incidents::111122223333:response-plan/default' }),
    )
    await on.alarm({ name: 'four', state: 'ALARM' })
    await on.minutes(7)
    expect(await on.lastResorts()).not.toEqual([])
    // Everything is deleted: what is too much at once is done later.
    const [set] = (await on.incidents.send(new ListReplicationSetsCommand({}))).replicationSetArns ?? []
    failing.add('incident-manager DeleteItem')
    await on.incidents.send(new DeleteReplicationSetCommand({ arn: set })).catch(() => undefined)
    await on.minutes(2)
  } finally {
    await on.close()
  }
}

const projects = new Map<string, string>()

beforeAll(async () => {
  for (const incidentManager of ['tocsin', 'aws']) projects.set(incidentManager, copyOfProject())
  const packed = [...projects].map(([incidentManager, project]) =>
    packageProject(project, { incidentManager, readRoles: 'tocsin-read' }),
  )
  for (const { failed, output } of await Promise.all(packed)) if (failed) throw new Error(output)
  await tellStories()
}, 300_000)
afterAll(() => {
  for (const project of projects.values()) rmSync(project, { recursive: true, force: true })
})

describe.each(['tocsin', 'aws'])('with the incident manager %s, a function', (incidentManager) => {
  const rightsOf = (key: string): string[] => [
    ...settingsOf(templateOf(projects.get(incidentManager) ?? '')).rights(key),
  ]
  /** To Tocsin's own, calls are signed with a key: no right of AWS's is needed for them. */
  const needs = (action: string): boolean => incidentManager === 'aws' || !action.startsWith('ssm-')
  const automation = ['open-incident', 'enrich-timeline', 'sweep', 'accept-page']
  const functions = incidentManager === 'aws' ? automation : [...automation, 'incident-manager', 'run-engagements']

  it.each(functions)('%s may do all that it does', (key) => {
    const rights = new Set(rightsOf(key))
    const missing = [...(used.get(key) ?? [])].filter((action) => needs(action) && !rights.has(action))
    expect(missing).toEqual([])
    expect(used.get(key)?.size).toBeGreaterThan(0)
  })

  it.each(functions)('%s may do nothing else', (key) => {
    const onItsBehalf = [
      ...(REMEMBERS.has(key) ? [...RECORDS, ...POLLED] : []),
      // What an alarm's direct call cannot do is sent to the queue by Lambda.
      ...(key === 'open-incident' ? ['sqs:SendMessage'] : []),
    ]
    const known = new Set([...(used.get(key) ?? []), ...NOT_CALLED_BY_OUR_CODE, ...onItsBehalf])
    expect([...new Set(rightsOf(key))].filter((action) => !known.has(action))).toEqual([])
  })
})
