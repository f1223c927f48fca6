// The stack as it is deployed, with either incident manager: small packages, least rights, and a way out for everything.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Json } from '../../lib/local/json.ts'
import { statementsOf } from './iam-actions.ts'
import { copyOfProject, filesIn, packageProject, type Parameters, templateOf } from './package-project.ts'
import { references } from './references.ts'

const AUTOMATION = ['open-incident', 'enrich-timeline', 'sweep', 'accept-page']
const ALL = [...AUTOMATION, 'incident-manager', 'run-engagements']
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const ON_AWS: Parameters = {
  incidentManager: 'aws',
  plan: 'by-parameter',
  quietTime: '20m',
  logRetentionDays: '30',
  kmsKeyArn: KEY,
  alarmEmail: 'oncall@example.com',
}

let tocsin = ''
let aws = ''
const said = new Map<string, string>()
const templates = new Map<string, Json>()

beforeAll(async () => {
  tocsin = copyOfProject()
  aws = copyOfProject()
  const done = await Promise.all([packageProject(tocsin), packageProject(aws, ON_AWS, 'staging')])
  for (const { failed, output } of done) if (failed) throw new Error(output)
  for (const [at, name] of ['tocsin', 'aws'].entries()) said.set(name, done[at]?.output ?? '')
  templates.set('tocsin', templateOf(tocsin))
  templates.set('aws', templateOf(aws))
}, 120_000)
afterAll(() => {
  for (const project of [tocsin, aws]) rmSync(project, { recursive: true, force: true })
})

const variant = (name: string): Json => templates.get(name) ?? new Json(undefined, name)
const ofType = (name: string, type: string): [string, Json][] =>
  variant(name)
    .get('Resources')
    .entries()
    .filter(([, it]) => it.get('Type').string() === type)
const properties = (name: string, id: string): Json => variant(name).get('Resources').get(id).get('Properties')
const environment = (name: string, key: string): Readonly<Record<string, unknown>> =>
  properties(name, logicalId(key)).get('Environment').get('Variables').members()

/** As osls names it. */
const logicalId = (key: string): string => {
  const [first = '', ...rest] = key.replaceAll('-', 'Dash')
  return `${first.toUpperCase()}${rest.join('')}LambdaFunction`
}
/** The resource that a `Fn::GetAtt` or `Ref` names. */
const named = (value: Json): string =>
  value.get('Ref').optionalString() ?? value.get('Fn::GetAtt').list()[0]?.string() ?? `not a reference: ${value.path}`

describe('each package', () => {
  test.each(ALL)('of %s holds its bundle and what it reads, and nothing else', (key) => {
    const files = filesIn(tocsin, `${key}.zip`).map((file) => file.name)
    const console = files.filter((file) => file.startsWith('console/'))
    const rules = key === 'open-incident' || key === 'sweep' ? ['rules.json'] : []
    expect(files.toSorted()).toEqual([...console, `functions/${key}.js`, ...rules].toSorted())
    expect(console.includes('console/index.html')).toBe(key === 'incident-manager')
  })

  test('of open-incident is at most 500 kB of code, so that a cold start is short', () => {
    const [bundle] = filesIn(tocsin, 'open-incident.zip').filter(({ name }) => name.endsWith('.js'))
    expect(bundle?.size).toBeLessThanOrEqual(500_000)
  })

  test('holds rules with the plan and the quiet time of the parameters, where rules.yml leaves them open', () => {
    const compiled = (project: string): unknown =>
      JSON.parse(readFileSync(join(project, '.build', 'functions', 'open-incident', 'rules.json'), 'utf8'))
    const otherwise = (plan: string, afterSeconds: number): object => ({
      otherwise: { open: { plan }, resolve: { mode: 'unless-human', afterSeconds } },
    })
    expect(compiled(tocsin)).toMatchObject(otherwise('default', 600))
    expect(compiled(aws)).toMatchObject(otherwise('by-parameter', 1200))
  })

  test('is not made of a broken rules file, whose line is said', async () => {
    const good = readFileSync(join(tocsin, 'rules.yml'))
    writeFileSync(join(tocsin, 'rules.yml'), 'version: 1\nrulez: []\n')
    const { failed, output } = await packageProject(tocsin)
    writeFileSync(join(tocsin, 'rules.yml'), good)
    expect([failed, output]).toEqual([true, expect.stringMatching(/rules\.yml:2: .*rulez/)])
  }, 60_000)

  test('is not made with a parameter that makes no sense: each is said with what it must be', async () => {
    const { failed, output } = await packageProject(tocsin, {
      incidentManager: 'foo',
      quietTime: 'soon',
      alarmEmail: 'me',
      readRoles: 'arn:aws:iam::444455556666:role/tocsin-read',
    })
    expect(failed).toBe(true)
    expect(output).toContain('The parameter incidentManager must be tocsin or aws, but is foo\n')
    expect(output).toContain('The parameter quietTime must be a duration such as 30s, 10m, 1h or 1d, but is soon\n')
    expect(output).toContain('The parameter alarmEmail must be an e-mail address, or empty, but is me\n')
    expect(output).toContain('The parameter readRoles must be the name of a role (not its ARN), or empty, but is arn:')
  }, 60_000)

  test('is not made for a stage that names cannot hold, nor where there are no function URLs', async () => {
    const long = await packageProject(tocsin, {}, 'a'.repeat(41))
    expect([long.failed, long.output]).toEqual([true, expect.stringContaining('The stage must be 1 to 40 letters')])
    const away = await packageProject(tocsin, {}, 'production', 'eu-south-2')
    expect([away.failed, away.output]).toEqual([
      true,
      expect.stringMatching(/eu-south-2 has no Lambda function URLs.*--param="incidentManager=aws"/u),
    ])
    expect((await packageProject(aws, { incidentManager: 'aws' }, 'a'.repeat(40), 'eu-south-2')).output).not.toMatch(
      /function URLs|The stage must/u,
    )
  }, 120_000)

  test('is not made with a parameter that nobody knows, typed or written for the stage: a mistyped one is said', async () => {
    const file = join(tocsin, 'serverless.yml')
    const good = readFileSync(file, 'utf8')
    writeFileSync(
      file,
      good.replace('\ncustom:', '\n  production: { quietTme: 5m }\n  staging: { other: x }\n\ncustom:'),
    )
    const { failed, output } = await packageProject(tocsin, { alarmMail: 'oncall@example.com' })
    writeFileSync(file, good)
    expect(failed).toBe(true)
    for (const name of ['alarmMail', 'quietTme'])
      expect(output).toContain(`There is no parameter ${name}; there are incidentManager, plan, fallbackPlan, `)
    expect(output).not.toContain('There is no parameter other')
  }, 60_000)

  test('is made with one warning where nobody is told when Tocsin itself fails', () => {
    expect(said.get('tocsin')?.match(/Warning: alarmEmail is empty/g)).toHaveLength(1)
    expect(said.get('aws')).not.toContain('Warning')
  })
})

describe.each([
  ['tocsin', ALL, 'production', 90],
  ['aws', AUTOMATION, 'staging', 30],
] as const)('the stack with the incident manager %s', (name, keys, stage, days) => {
  test('has its functions on Node 24 and arm64, each with a role and a log of its own', () => {
    const functions = ofType(name, 'AWS::Lambda::Function').map(([, it]) => it.get('Properties'))
    expect(functions.map((it) => it.get('FunctionName').string())).toEqual(keys.map((key) => `tocsin-${stage}-${key}`))
    for (const it of functions) {
      expect(it.value).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] })
      expect(it.get('ReservedConcurrentExecutions').present).toBe(false)
      expect(it.get('Environment').get('Variables').get('TOCSIN_STAGE').value).toBe(stage)
    }
    const roles = functions.map((it) => named(it.get('Role')))
    expect(new Set(roles)).toEqual(new Set(ofType(name, 'AWS::IAM::Role').map(([id]) => id)))
    expect(new Set(roles).size).toBe(keys.length)
    const logs = ofType(name, 'AWS::Logs::LogGroup').map(([, it]) => it.get('Properties').get('RetentionInDays').value)
    expect(logs).toEqual(keys.map(() => days))
  })

  test('gives no role more than it can name, but where AWS has no narrower right', () => {
    const statements = statementsOf(variant(name)).filter(({ owner }) => owner.endsWith('Role'))
    expect(statements.every(({ effect }) => effect === 'Allow')).toBe(true)
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([])
    const everywhere = statements.flatMap(({ resources, actions }) => (resources.includes('*') ? actions : []))
    expect([...new Set(everywhere)].toSorted()).toEqual(
      name === 'aws'
        ? [
            'cloudwatch:DescribeAlarms',
            'ssm-contacts:ListContacts',
            'ssm-contacts:ListEngagements',
            'ssm-incidents:ListIncidentRecords',
          ]
        : ['cloudwatch:DescribeAlarms'],
    )
    const allBut = statements.flatMap(({ owner, written }) =>
      written.get('NotResource').present
        ? [[owner, written.get('Action').value, written.get('NotResource').value]]
        : [],
    )
    const numbers = ['sns:Publish', 'arn:*:sns:*:*:*']
    expect(allBut).toEqual(
      name === 'aws' ? [] : ['IncidentManagerRole', 'RunEngagementsRole'].map((owner) => [owner, ...numbers]),
    )
  })

  test('has queues by name, five tries, then dead letters that only their own queue may send', () => {
    for (const [, mapping] of ofType(name, 'AWS::Lambda::EventSourceMapping')) {
      const queue = properties(name, named(mapping.get('Properties').get('EventSourceArn')))
      expect(queue.get('RedrivePolicy').get('maxReceiveCount').value).toBe(5)
      expect(queue.get('VisibilityTimeout').value).toBe(180)
      const dead = properties(name, named(queue.get('RedrivePolicy').get('deadLetterTargetArn')))
      const { redrivePermission, sourceQueueArns } = dead.get('RedriveAllowPolicy').members()
      expect(redrivePermission).toBe('byQueue')
      expect(JSON.stringify(sourceQueueArns)).toContain(`:${queue.get('QueueName').string()}"`)
    }
    const names = ofType(name, 'AWS::SQS::Queue').map(([, it]) => it.get('Properties').get('QueueName').string())
    expect(names.toSorted()).toEqual(
      [
        'alarm-dead-letters',
        'alarms',
        'notification-dead-letters',
        'notifications',
        'replies',
        'reply-dead-letters',
      ].map((queue) => `tocsin-${stage}-${queue}`),
    )
  })

  test('has a way out for everything that cannot be delivered', () => {
    for (const [, { value }] of ofType(name, 'AWS::SNS::Subscription').filter(([id]) => !id.endsWith('Email')))
      expect(value).toMatchObject({
        Properties: {
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringMatching(/DeadLetters$/), 'Arn'] } },
        },
      })
    const targets = ofType(name, 'AWS::Events::Rule').flatMap(([, rule]) =>
      rule.get('Properties').get('Targets').list(),
    )
    expect(
      targets
        .filter((target) => named(target.get('Arn')).endsWith('Queue'))
        .map((target) => named(target.get('DeadLetterConfig').get('Arn'))),
    ).toEqual(['AlarmDeadLetters', 'AlarmDeadLetters', 'AlarmDeadLetters'])
    const failure = properties(name, 'OpenDashincidentLambdaEvConf').get('DestinationConfig').get('OnFailure')
    expect(named(failure.get('Destination'))).toBe('AlarmQueue')
  })

  test('lets each queue take messages only from the topic and the rules that send to it, its dead letters too', () => {
    const allowed = statementsOf(variant(name))
      .filter(({ owner, effect }) => owner.endsWith('QueuePolicy') && effect === 'Allow')
      .flatMap(({ written }) => {
        const sources = references(written.get('Condition').get('ArnEquals').get('aws:SourceArn').value)
        const queues = written.get('Resource').list().map(named)
        return queues.flatMap((queue) => sources.map((source) => `${source} -> ${queue}`))
      })
    const sent = [
      ...ofType(name, 'AWS::SNS::Subscription')
        .filter(([id]) => !id.endsWith('Email'))
        .flatMap(([, it]) => {
          const [topic, queue] = ['TopicArn', 'Endpoint'].map((member) => named(it.get('Properties').get(member)))
          return [`${topic} -> ${queue}`, `${topic} -> ${queue?.replace(/Queue$/, 'DeadLetters')}`]
        }),
      ...ofType(name, 'AWS::Events::Rule')
        .filter(([, it]) => it.get('Properties').get('EventPattern').present)
        .flatMap(([rule]) => [`${rule} -> AlarmQueue`, `${rule} -> AlarmDeadLetters`]),
    ]
    expect(allowed.toSorted()).toEqual(sent.toSorted())
  })

  test('takes nothing without TLS, on any queue or topic', () => {
    const refusing = statementsOf(variant(name))
      .filter(({ effect }) => effect === 'Deny')
      .flatMap(({ written, resources }) => {
        expect(written.value).toMatchObject({
          Principal: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        })
        return resources
      })
    const all = [...ofType(name, 'AWS::SQS::Queue'), ...ofType(name, 'AWS::SNS::Topic')].map(([, it]) => {
      const [type = '', own] = [it.get('Type').string().split('::')[1], it.get('Properties')]
      const called = own.get(type === 'SQS' ? 'QueueName' : 'TopicName').string()
      return `arn:aws:${type.toLowerCase()}:us-east-1:111122223333:${called}`
    })
    expect(refusing.toSorted()).toEqual(all.toSorted())
  })

  test('lets CloudWatch alarms of the account publish to the alarm topic and invoke open-incident', () => {
    const [statement] = properties(name, 'AlarmTopicPolicy').get('PolicyDocument').get('Statement').list()
    expect(statement?.value).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Condition: { ArnLike: { 'aws:SourceArn': { 'Fn::Sub': expect.stringContaining(':alarm:*') } } },
    })
    expect(properties(name, 'AlarmInvocation').value).toMatchObject({
      FunctionName: { Ref: logicalId('open-incident') },
      Principal: 'lambda.alarms.cloudwatch.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
    })
  })

  test('is watched by alarms that tell a topic of their own and do not go through Tocsin', () => {
    const prefix = `tocsin-${stage}-self-watch-`
    const alarms = ofType(name, 'AWS::CloudWatch::Alarm').map(([, it]) => it.get('Properties'))
    for (const alarm of alarms) {
      expect(alarm.get('AlarmName').string().startsWith(prefix)).toBe(true)
      expect(alarm.get('AlarmActions').value).toEqual([{ Ref: 'SelfWatchTopic' }])
    }
    const of = (metric: string): Json[] => alarms.filter((alarm) => alarm.get('MetricName').value === metric)
    expect(of('SweepHeartbeat').map(({ value }) => value)).toEqual([
      expect.objectContaining({
        TreatMissingData: 'missing',
        InsufficientDataActions: [{ Ref: 'SelfWatchTopic' }],
        ComparisonOperator: 'LessThanThreshold',
      }),
    ])
    const services = of('Failures').map((alarm) => alarm.get('Dimensions').list()[0]?.get('Value').string() ?? '')
    expect(services.toSorted()).toEqual(keys.filter((key) => key !== 'incident-manager').toSorted())
    expect(of('Throttles')).toHaveLength(name === 'aws' ? 1 : 2)
    expect(['EngagementsHeartbeat', 'Url5xxCount'].flatMap(of)).toHaveLength(name === 'aws' ? 0 : 2)
    expect(of('OldestDueSeconds').map((alarm) => alarm.get('Threshold').value)).toEqual(
      name === 'aws' ? [120] : [120, 120],
    )
    expect(of('ApproximateNumberOfMessagesVisible').map((alarm) => alarm.get('Threshold').value)).toEqual([0, 0, 0])
    expect(of('Errors')).toHaveLength(keys.length)
    expect(properties(name, 'AlarmEvents').get('EventPattern').get('detail').value).toEqual({
      alarmName: [{ 'anything-but': { prefix } }],
    })
    expect(environment(name, 'sweep')).toMatchObject({ TOCSIN_SELF_WATCH_PREFIX: prefix })
  })

  test('keeps what people wrote when it is removed, and can go back in time', () => {
    const tables = ofType(name, 'AWS::DynamoDB::Table')
    const kept = tables.map(([id, table]) => `${id} ${table.get('DeletionPolicy').string()}`)
    expect(kept.toSorted()).toEqual(
      ['Episodes Retain', 'Idempotency Delete', ...(name === 'tocsin' ? ['Incidents Retain'] : [])].toSorted(),
    )
    for (const [id, table] of tables)
      expect(table.get('Properties').value).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        ...(id === 'Idempotency'
          ? {}
          : {
              PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
              DeletionProtectionEnabled: true,
            }),
      })
    expect(properties(name, 'Idempotency').get('PointInTimeRecoverySpecification').present).toBe(false)
    expect(properties(name, 'Idempotency').get('TimeToLiveSpecification').value).toEqual({
      AttributeName: 'expiration',
      Enabled: true,
    })
  })
})
