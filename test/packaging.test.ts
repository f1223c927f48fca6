// `serverless package`, offline and without credentials: small packages, least rights, and a way out for everything.
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Json, parseJson } from '../lib/local/json.ts'

const ROOT = join(import.meta.dirname, '..')
const FUNCTIONS = ['open-incident', 'enrich-timeline', 'sweep', 'accept-page', 'incident-manager', 'run-engagements']

let project = ''
let resources: Map<string, Json>

/** Packages a copy of the project, so that nobody else's packaging is in the way. */
function packageProject(): Promise<{ failed: boolean; output: string }> {
  const serverless = join(project, 'node_modules', 'serverless', 'bin', 'serverless.js')
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [serverless, 'package'],
      { cwd: project, env: { PATH: '/usr/bin:/bin', HOME: project } },
      (error, stdout, stderr) => resolve({ failed: error !== null, output: stdout + stderr }),
    )
  })
}

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'tocsin-package-'))
  for (const name of ['serverless.yml', 'package.json', 'rules.yml', 'functions', 'lib', 'scripts', 'console'])
    cpSync(join(ROOT, name), join(project, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'))
  const { failed, output } = await packageProject()
  if (failed) throw new Error(output)
  const path = join(project, '.serverless', 'cloudformation-template-update-stack.json')
  resources = new Map(parseJson(readFileSync(path, 'utf8'), 'template').get('Resources').entries())
}, 120_000)
afterAll(() => rmSync(project, { recursive: true, force: true }))

/** The names and sizes of the files in a zip, from its central directory. */
function filesIn(zip: string): { name: string; size: number }[] {
  const bytes = readFileSync(join(project, '.serverless', zip))
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06'))
  let at = bytes.readUInt32LE(end + 16)
  return Array.from({ length: bytes.readUInt16LE(end + 10) }, () => {
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset))
    const file = { name: bytes.toString('utf8', at + 46, at + 46 + (name ?? 0)), size: bytes.readUInt32LE(at + 24) }
    at += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0)
    return file
  })
}

const ofType = (type: string): [string, Json][] =>
  [...resources].filter(([, resource]) => resource.get('Type').string() === type)

const properties = (id: string): Json => resources.get(id)?.get('Properties') ?? new Json(undefined, id)

/** The actions of a statement in a policy. */
const actionsOf = (statement: Json): string[] => [statement.get('Action').value].flat().map(String)

/** The resource that a `Fn::GetAtt` or `Ref` names. */
const named = (value: Json): string =>
  value.get('Ref').optionalString() ?? value.get('Fn::GetAtt').list()[0]?.string() ?? `not a reference: ${value.path}`

/** Every resource that a value refers to, by whatever function. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    if (name === 'Ref' && typeof member === 'string') return [member]
    if (name === 'Fn::GetAtt' && Array.isArray(member)) return [String(member[0])]
    if (name === 'Fn::Sub') {
      const text = typeof member === 'string' ? member : JSON.stringify(member)
      return [...text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, id = '']) => id)
    }
    if (name === 'DependsOn')
      return typeof member === 'string' ? [member] : Array.isArray(member) ? member.map(String) : []
    return references(member)
  })
}

describe('each package', () => {
  test.each(FUNCTIONS)('of %s holds its bundle and what it reads, and nothing else', (name) => {
    const files = filesIn(`${name}.zip`)
      .map((file) => file.name)
      .toSorted()
    const console = files.filter((file) => file.startsWith('console/'))
    expect(files).toEqual([...console, `functions/${name}.js`, ...(name === 'open-incident' ? ['rules.json'] : [])])
    expect(console.includes('console/index.html')).toBe(name === 'incident-manager')
  })

  test('of open-incident is at most 500 kB of code, so that a cold start is short', () => {
    const [bundle] = filesIn('open-incident.zip').filter(({ name }) => name.endsWith('.js'))
    expect(bundle?.size).toBeLessThanOrEqual(500_000)
  })

  test('is not made of a broken rules file, whose line is said', async () => {
    const good = readFileSync(join(project, 'rules.yml'))
    writeFileSync(join(project, 'rules.yml'), 'version: 1\nrulez: []\n')
    const { failed, output } = await packageProject()
    writeFileSync(join(project, 'rules.yml'), good)
    expect([failed, output]).toEqual([true, expect.stringMatching(/rules\.yml:2: .*rulez/)])
  }, 60_000)
})

/** As osls names it. */
const logicalId = (name: string): string => {
  const [first = '', ...rest] = name.replaceAll('-', 'Dash')
  return `${first.toUpperCase()}${rest.join('')}LambdaFunction`
}

describe('the stack', () => {
  test('has every function on Node 24 and arm64, and each has a role and a log of its own', () => {
    const functions = ofType('AWS::Lambda::Function')
    expect(functions.map(([id]) => id)).toEqual(FUNCTIONS.map(logicalId))
    for (const [, it] of functions) {
      expect(it.get('Properties').get('Runtime').value).toBe('nodejs24.x')
      expect(it.get('Properties').get('Architectures').value).toEqual(['arm64'])
    }
    const roles = functions.map(([, it]) => named(it.get('Properties').get('Role')))
    expect(new Set(roles)).toEqual(new Set(ofType('AWS::IAM::Role').map(([id]) => id)))
    expect(new Set(roles).size).toBe(FUNCTIONS.length)
    expect(ofType('AWS::Logs::LogGroup').map(([, it]) => it.get('Properties').get('RetentionInDays').value)).toEqual(
      FUNCTIONS.map(() => 90),
    )
  })

  test('gives no role more than it can name, but for topics, which plans name', () => {
    const statements = ofType('AWS::IAM::Role').flatMap(([, role]) =>
      role
        .get('Properties')
        .get('Policies')
        .list()
        .flatMap((policy) => policy.get('PolicyDocument').get('Statement').list()),
    )
    expect(statements.flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([])
    const everywhere = statements.filter((statement) => statement.get('Resource').value === '*')
    expect(new Set(everywhere.flatMap(actionsOf))).toEqual(new Set(['sns:Publish']))
  })

  test('refers to itself in no circle, and only to what it has', () => {
    const graph = new Map(
      [...resources].map(([id, { value }]) => [id, references(value).filter((to) => !to.startsWith('AWS::'))]),
    )
    const done = new Set<string>()
    const visit = (id: string, path: readonly string[]): void => {
      if (path.includes(id)) throw new Error(`A circle: ${[...path, id].join(' -> ')}`)
      if (done.has(id)) return
      const next = graph.get(id)
      if (!next) throw new Error(`${path.at(-1)} refers to ${id}, which does not exist`)
      for (const to of next) visit(to, [...path, id])
      done.add(id)
    }
    for (const id of graph.keys()) visit(id, [])
    expect(done.size).toBe(resources.size)
  })

  test('has a way out for everything that cannot be delivered', () => {
    for (const [, mapping] of ofType('AWS::Lambda::EventSourceMapping')) {
      const queue = properties(named(mapping.get('Properties').get('EventSourceArn')))
      expect(queue.get('RedrivePolicy').get('maxReceiveCount').value).toBe(5)
      expect(named(queue.get('RedrivePolicy').get('deadLetterTargetArn'))).toMatch(/DeadLetters$/)
    }
    for (const [, subscription] of ofType('AWS::SNS::Subscription'))
      expect(named(subscription.get('Properties').get('RedrivePolicy').get('deadLetterTargetArn'))).toMatch(
        /DeadLetters$/,
      )
    const targets = ofType('AWS::Events::Rule').flatMap(([, rule]) => rule.get('Properties').get('Targets').list())
    expect(
      targets
        .filter((target) => named(target.get('Arn')).endsWith('Queue'))
        .map((target) => named(target.get('DeadLetterConfig').get('Arn'))),
    ).toEqual(['AlarmDeadLetters', 'AlarmDeadLetters', 'AlarmDeadLetters'])
    const failure = properties('OpenDashincidentLambdaEvConf')
      .get('DestinationConfig')
      .get('OnFailure')
      .get('Destination')
    expect(named(failure)).toBe('AlarmQueue')
  })

  test('lets each queue take messages only from the topic and the rules that send to it, its dead letters too', () => {
    const allowed = ofType('AWS::SQS::QueuePolicy').flatMap(([, policy]) =>
      policy
        .get('Properties')
        .get('PolicyDocument')
        .get('Statement')
        .list()
        .flatMap((statement) => {
          const queues = statement.get('Resource').list().map(named)
          const sources = references(statement.get('Condition').get('ArnEquals').get('aws:SourceArn').value)
          return queues.flatMap((queue) => sources.map((source) => `${source} -> ${queue}`))
        }),
    )
    const sent = [
      ...ofType('AWS::SNS::Subscription').flatMap(([, it]) => {
        const [topic, queue] = ['TopicArn', 'Endpoint'].map((name) => named(it.get('Properties').get(name)))
        return [`${topic} -> ${queue}`, `${topic} -> ${queue?.replace(/Queue$/, 'DeadLetters')}`]
      }),
      ...ofType('AWS::Events::Rule')
        .filter(([, it]) => it.get('Properties').get('EventPattern').present)
        .flatMap(([rule]) => [`${rule} -> AlarmQueue`, `${rule} -> AlarmDeadLetters`]),
    ]
    expect(allowed.toSorted()).toEqual(sent.toSorted())
  })

  test('lets CloudWatch alarms of the account publish to the alarm topic and invoke open-incident', () => {
    const [statement] = properties('AlarmTopicPolicy').get('PolicyDocument').get('Statement').list()
    expect(statement?.value).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Condition: { ArnLike: { 'aws:SourceArn': { 'Fn::Sub': expect.stringContaining(':alarm:*') } } },
    })
    expect(properties('AlarmInvocation').value).toMatchObject({
      FunctionName: { Ref: logicalId('open-incident') },
      Principal: 'lambda.alarms.cloudwatch.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
    })
  })

  test('keeps what people wrote when it is removed, and can go back in time', () => {
    const tables = ofType('AWS::DynamoDB::Table')
    expect(tables.map(([id, table]) => `${id} ${String(table.get('DeletionPolicy').value)}`)).toEqual([
      'Episodes Retain',
      'Incidents Retain',
      'Idempotency Delete',
    ])
    for (const [, table] of tables)
      expect(table.get('Properties').value).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      })
    expect(properties('Idempotency').get('TimeToLiveSpecification').value).toEqual({
      AttributeName: 'expiration',
      Enabled: true,
    })
  })
})
