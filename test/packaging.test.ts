// `serverless package` with its parameters, offline and without credentials: whatever is chosen, AWS would take the template.
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isObject, Json, parseJson } from '../lib/local/json.ts'
import { schemaProblems } from './packaging/cloudformation-schema.ts'
import { actionProblems, statementsOf } from './packaging/iam-actions.ts'
import { settingsOf } from './packaging/settings.ts'
import {
  copyOfProject,
  packageProject,
  type Parameters,
  templateOf,
  templatePath,
} from './packaging/package-project.ts'
import { brokenReferences } from './packaging/references.ts'

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'

/** What each parameter that changes the template is, where it is not as it comes. */
const OTHERWISE: Parameters = {
  incidentManager: 'aws',
  kmsKeyArn: KEY,
  alarmEmail: 'oncall@example.com',
  senderEmail: 'tocsin@example.com',
  heartbeatUrl: 'https://heartbeat.example.com/tocsin',
  fallbackPlan: 'fallback',
  runbooks: 'on',
  readRoles: 'tocsin-read',
}

/**
 * All 256 combinations would take minutes. In these six, any two parameters come in all four combinations of theirs: what
 * two of them do to each other is seen.
 */
const COMBINATIONS: readonly (readonly string[])[] = [
  [],
  ['incidentManager', 'kmsKeyArn', 'alarmEmail', 'heartbeatUrl', 'fallbackPlan'],
  ['incidentManager', 'kmsKeyArn', 'senderEmail', 'fallbackPlan', 'readRoles'],
  ['incidentManager', 'alarmEmail', 'senderEmail', 'runbooks'],
  ['kmsKeyArn', 'senderEmail', 'heartbeatUrl', 'runbooks', 'readRoles'],
  ['alarmEmail', 'heartbeatUrl', 'fallbackPlan', 'runbooks', 'readRoles'],
]

const packaged = new Map<string, { readonly project: string; readonly template: Json }>()
const nameOf = (changed: readonly string[]): string => changed.join(', ') || 'nothing'

beforeAll(async () => {
  const waiting = [...COMBINATIONS]
  const packageNext = async (): Promise<void> => {
    const changed = waiting.shift()
    if (!changed) return
    const project = copyOfProject()
    const parameters = Object.fromEntries(changed.map((name) => [name, OTHERWISE[name] ?? '']))
    const { failed, output } = await packageProject(project, parameters)
    if (failed) throw new Error(output)
    packaged.set(nameOf(changed), { project, template: templateOf(project) })
    await packageNext()
  }
  await Promise.all([packageNext(), packageNext()])
}, 240_000)
afterAll(() => {
  for (const { project } of packaged.values()) rmSync(project, { recursive: true, force: true })
})

const templateWith = (changed: string): Json => packaged.get(changed)?.template ?? new Json(undefined, changed)

test('any two parameters are tried together in all their combinations', () => {
  const names = Object.keys(OTHERWISE)
  for (const [at, one] of names.entries())
    for (const other of names.slice(at + 1)) {
      const tried = COMBINATIONS.map((changed) => `${changed.includes(one)} ${changed.includes(other)}`)
      expect(new Set(tried).size, `${one} and ${other}`).toBe(4)
    }
})

describe.each(COMBINATIONS.map(nameOf))('the template with %s changed', (changed) => {
  test('follows the schemas of CloudFormation', async () => {
    expect(await schemaProblems(templateWith(changed))).toEqual([])
  })

  test('allows only actions that exist, on what they act on', async () => {
    const statements = statementsOf(templateWith(changed))
    expect(statements.length).toBeGreaterThan(20)
    expect(await actionProblems(statements)).toEqual([])
  })

  test('refers only to what it has, and in no circle', () => {
    expect(brokenReferences(templateWith(changed))).toEqual([])
  })

  test('is within what CloudFormation takes: a megabyte, 500 resources, no condition left to decide', () => {
    const template = templateWith(changed)
    const text = JSON.stringify(template.value)
    expect(text.length).toBeLessThan(1_000_000)
    expect(template.get('Resources').entries().length).toBeLessThan(500)
    expect(text).not.toMatch(/Fn::If|AWS::NoValue|"Conditions"|"Condition":"/)
  })

  test('watches and shows only functions, queues and metrics that there are', () => {
    const template = templateWith(changed)
    const known = namesIn(template)
    const shown = dashboardMetrics(template)
    const watched = template
      .get('Resources')
      .entries()
      .filter(([, it]) => it.get('Type').string() === 'AWS::CloudWatch::Alarm')
      .flatMap(([, it]) => metricsOf(it.get('Properties'), template))
    expect(watched.length).toBeGreaterThan(10)
    for (const metric of [...shown, ...watched]) expect(known).toContain(metric)
  })
})

describe.each(COMBINATIONS)('with what is given: %s %s %s %s', (...changed) => {
  const template = (): Json => templateWith(nameOf(changed))
  const onAws = changed.includes('incidentManager')
  const only = (name: string, value: unknown): unknown => (changed.includes(name) ? value : undefined)

  test('the functions find the incident manager, and may do there what they do', () => {
    const { functions, rights, types } = settingsOf(template())
    for (const [key, { environment }] of functions) {
      const asks = !onAws && !['incident-manager', 'run-engagements'].includes(key)
      const url = asks ? { 'Fn::GetAtt': ['IncidentDashmanagerLambdaFunctionUrl', 'FunctionUrl'] } : undefined
      expect(environment['AWS_ENDPOINT_URL_SSM_INCIDENTS']).toEqual(url)
      expect(environment['AWS_ENDPOINT_URL_SSM_CONTACTS']).toEqual(url)
      expect(environment['TOCSIN_SECRET_ARN']).toEqual(onAws ? undefined : { Ref: 'Secret' })
      expect(rights(key).includes('secretsmanager:GetSecretValue')).toBe(!onAws)
      expect(rights(key).some((action) => action.startsWith('ssm-'))).toBe(onAws)
    }
    expect(types.has('AWS::SecretsManager::Secret')).toBe(!onAws)
  })

  test('all that may run at once stays within what AWS takes in a second; nothing slows Tocsin down', () => {
    const rates = new Map<string, number>()
    for (const { environment, atOnce } of settingsOf(template()).functions.values())
      for (const [, call = '', rate] of JSON.stringify(environment['TOCSIN_PACE'] ?? '').matchAll(/(\w+)=([\d.]+)/g))
        rates.set(call, (rates.get(call) ?? 0) + Number(rate) * atOnce)
    expect(Object.fromEntries(rates)).toEqual(onAws ? { StartIncident: 5, CreateTimelineEvent: 10 } : {})
  })

  test('the key locks all that is stored, and every role may use it; without one AWS has its own', () => {
    const { locked, functions, rights } = settingsOf(template())
    for (const [id, key] of locked) expect(key, id).toBe(only('kmsKeyArn', KEY))
    for (const key of functions.keys()) expect(rights(key).includes('kms:Decrypt')).toBe(changed.includes('kmsKeyArn'))
  })

  test('e-mail, heartbeat and fallback are there where they are given', () => {
    const { subscribed, functions, rights } = settingsOf(template())
    const email = OTHERWISE['alarmEmail']
    expect(subscribed).toEqual(
      changed.includes('alarmEmail') ? [`LastResortTopic ${email}`, `SelfWatchTopic ${email}`] : [],
    )
    for (const [key, { environment }] of functions) {
      const sends = ['incident-manager', 'run-engagements'].includes(key)
      const opens = ['open-incident', 'sweep'].includes(key)
      const wanted = {
        TOCSIN_SENDER_EMAIL: sends ? only('senderEmail', OTHERWISE['senderEmail']) : undefined,
        TOCSIN_HEARTBEAT_URL: key === 'sweep' ? only('heartbeatUrl', OTHERWISE['heartbeatUrl']) : undefined,
        TOCSIN_FALLBACK_PLAN: opens ? only('fallbackPlan', 'fallback') : undefined,
      }
      expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, environment[name]]))).toEqual(wanted)
      expect(rights(key).includes('ses:SendEmail')).toBe(sends && changed.includes('senderEmail'))
    }
  })

  test('other accounts are asked by the role that is named, by the two functions that ask CloudWatch', () => {
    const statements = statementsOf(template()).filter(({ actions }) => actions.includes('sts:AssumeRole'))
    const asking = changed.includes('readRoles') ? ['OpenIncidentRole', 'SweepRole'] : []
    expect(statements.map(({ owner, resources }) => [owner, resources])).toEqual(
      asking.map((owner) => [owner, ['arn:aws:iam::*:role/tocsin-read']]),
    )
    for (const [key, { environment }] of settingsOf(template()).functions) {
      const asks = key === 'open-incident' || key === 'sweep'
      expect(environment['TOCSIN_READ_ROLE'], key).toBe(asks ? only('readRoles', 'tocsin-read') : undefined)
    }
  })

  test('runbooks are started by run-engagements alone, and only where they are switched on', () => {
    const { functions, rights } = settingsOf(template())
    const on = changed.includes('runbooks') && !onAws
    for (const [key, { environment }] of functions) {
      const knows = on && ['incident-manager', 'run-engagements'].includes(key)
      expect(environment['TOCSIN_RUNBOOKS']).toBe(knows ? 'on' : undefined)
      const starts = ['ssm:StartAutomationExecution', 'iam:PassRole'].filter((action) => rights(key).includes(action))
      expect(starts).toHaveLength(on && key === 'run-engagements' ? 2 : 0)
    }
  })
})

test('cfn-lint finds nothing in either variant', async ({ skip }) => {
  // What the schemas say is checked above for all of them: these two have most in them.
  const paths = [COMBINATIONS[1], COMBINATIONS[4]].map((changed = []) =>
    templatePath(packaged.get(nameOf(changed))?.project ?? ''),
  )
  // W3005: osls says twice that a function depends on its role.
  const { missing, output } = await cfnLint(['-i', 'W3005', '--', ...paths])
  if (missing) skip('cfn-lint is not installed: the templates are checked without it')
  expect(output).toBe('')
}, 120_000)

function cfnLint(given: readonly string[]): Promise<{ missing: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile('cfn-lint', [...given], (error, stdout, stderr) =>
      resolve({ missing: error?.code === 'ENOENT', output: stdout + (error ? stderr : '') }),
    )
  })
}

const METRICS: Readonly<Record<string, readonly string[]>> = {
  Tocsin: (
    'Opened Deduplicated Resolved TimeToAcknowledge TimeToResolve Pages Failures ' +
    'SweepLateness SweepHeartbeat EngagementsHeartbeat OldestDueSeconds PagesGivenUp'
  ).split(' '),
  'AWS/Lambda': ['Errors', 'Throttles', 'Duration', 'Url5xxCount'],
  'AWS/SNS': ['SMSMonthToDateSpentUSD', 'SMSSuccessRate'],
  'AWS/SQS': ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'],
}

/** Every metric that the template's functions and queues have, as `namespace metric name=value ...`. */
function namesIn(template: Json): Set<string> {
  const resources = template.get('Resources').entries()
  const names = (type: string, property: string): string[] =>
    resources
      .filter(([, it]) => it.get('Type').string() === type)
      .map(([, it]) => it.get('Properties').get(property).string())
  const functions = names('AWS::Lambda::Function', 'FunctionName')
  const dimensions: Readonly<Record<string, readonly string[]>> = {
    Tocsin: functions.map((name) => `service=${name.replace('tocsin-production-', '')} stage=production`),
    'AWS/Lambda': functions.map((name) => `FunctionName=${name}`),
    // Of the whole account.
    'AWS/SNS': [''],
    'AWS/SQS': names('AWS::SQS::Queue', 'QueueName').map((name) => `QueueName=${name}`),
  }
  return new Set(
    Object.entries(METRICS).flatMap(([namespace, metrics]) =>
      metrics.flatMap((metric) => (dimensions[namespace] ?? []).map((of) => `${namespace} ${metric} ${of}`)),
    ),
  )
}

function dashboardMetrics(template: Json): string[] {
  const body = template.get('Resources').get('Dashboard').get('Properties').get('DashboardBody').get('Fn::Sub')
  const metrics = parseJson(body.string(), 'dashboard')
    .get('widgets')
    .list()
    .flatMap((widget) => widget.get('properties').get('metrics').list())
  expect(metrics.length).toBeGreaterThan(35)
  return metrics.map((metric) => {
    const [namespace, name, ...dimensions] = metric.list().map((part) => part.string())
    const pairs = dimensions.flatMap((part, at) => (at % 2 ? [] : [`${part}=${dimensions[at + 1]}`]))
    return `${namespace} ${name} ${pairs.join(' ')}`
  })
}

/** The metrics of an alarm: its own, or those that its expression is made of. */
function metricsOf(alarm: Json, template: Json): string[] {
  if (!Array.isArray(alarm.get('Metrics').value)) return [metricOf(alarm, template)]
  const parts = alarm
    .get('Metrics')
    .list()
    .filter((part) => isObject(part.get('MetricStat').value))
  return parts.map((part) => metricOf(part.get('MetricStat').get('Metric'), template))
}

function metricOf(alarm: Json, template: Json): string {
  const dimensions = alarm
    .get('Dimensions')
    .list()
    .map((dimension) => {
      const value = dimension.get('Value')
      const queue = isObject(value.value) ? value.get('Fn::GetAtt').list()[0]?.string() : undefined
      const name = queue === undefined ? value : template.get('Resources').get(queue).get('Properties').get('QueueName')
      return `${dimension.get('Name').string()}=${name.string()}`
    })
  return `${alarm.get('Namespace').string()} ${alarm.get('MetricName').string()} ${dimensions.join(' ')}`
}
