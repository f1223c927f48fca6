// The compiled template is what runs: everything in it is understood, resolved to local names, and nothing is passed over.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { processEnvironment } from '../../lib/aws/config.ts'
import { INDEXES } from '../../lib/aws/table/indexes.ts'
import { compiledTemplate } from '../../lib/local/compile.ts'
import { Json, parseJson } from '../../lib/local/json.ts'
import { readTemplate, type Wiring } from '../../lib/local/template.ts'
import { ROOT } from './rehearsal.ts'

const HERE = { account: '111122223333', region: 'eu-west-1', url: 'http://127.0.0.1:4600' }

const compiled = async (): Promise<Wiring> => {
  const path = await compiledTemplate(ROOT, processEnvironment())
  return readTemplate(parseJson(readFileSync(path, 'utf8'), 'template'), HERE)
}
const read = (Resources: object): Wiring => readTemplate(new Json({ Resources }, 'template'), HERE)
const sqs = (name: string): string => `arn:aws:sqs:eu-west-1:111122223333:tocsin-production-${name}`
const url = (name: string): string => `http://127.0.0.1:4600/111122223333/tocsin-production-${name}`
const lambda = (name: string): string => `arn:aws:lambda:eu-west-1:111122223333:function:tocsin-production-${name}`
const topic = (name: string): string => `arn:aws:sns:eu-west-1:111122223333:tocsin-production-${name}`

describe('the compiled template', () => {
  test('has the six functions, each with its handler and an environment without anything left to resolve', async () => {
    const { functions } = await compiled()
    expect(
      functions.map(({ module, exportName, timeoutSeconds }) => `${module} ${exportName} ${timeoutSeconds}`),
    ).toEqual([
      'functions/open-incident handler 30',
      'functions/enrich-timeline handler 30',
      'functions/sweep handler 60',
      'functions/accept-page handler 30',
      'functions/incident-manager handler 30',
      'functions/run-engagements handler 30',
    ])
    const endpoint = 'http://127.0.0.1:4600/'
    const secret = { TOCSIN_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:Secret' }
    const asks = { AWS_ENDPOINT_URL_SSM_INCIDENTS: endpoint, AWS_ENDPOINT_URL_SSM_CONTACTS: endpoint, ...secret }
    const episodes = { TOCSIN_EPISODES_TABLE: 'Episodes' }
    const idempotency = { TOCSIN_IDEMPOTENCY_TABLE: 'Idempotency' }
    const rules = { TOCSIN_COMPILED_RULES: 'rules.json' }
    const declared = { TOCSIN_DECLARED: 'adopt' }
    const health = { TOCSIN_HEALTH_REGIONS: 'own' }
    const incidents = { TOCSIN_INCIDENTS_TABLE: 'Incidents', ...secret }
    const sweeps = {
      TOCSIN_LAST_RESORT_TOPIC: topic('last-resort'),
      TOCSIN_SELF_WATCH_PREFIX: 'tocsin-production-self-watch-',
      TOCSIN_DEAD_LETTERS: [
        `${url('alarm-dead-letters')} ${url('alarms')}`,
        `${url('notification-dead-letters')} ${url('notifications')}`,
        `${url('reply-dead-letters')} ${url('replies')}`,
      ].join(','),
    }
    expect(functions.map(({ environment }) => environment)).toEqual(
      [
        { ...asks, ...episodes, ...idempotency, ...rules, ...health },
        { ...asks, ...episodes, ...idempotency },
        { ...asks, ...episodes, ...rules, ...declared, ...sweeps },
        { ...asks, ...idempotency },
        { ...incidents, TOCSIN_ALARM_TOPIC: topic('alarms') },
        { ...incidents, TOCSIN_ALARM_TOPIC: topic('alarms') },
      ].map((own) => ({ TOCSIN_ACCOUNT_ID: '111122223333', TOCSIN_STAGE: 'production', ...own })),
    )
  })

  test('has a queue with dead letters for each function that consumes, with time for six tries of the function', async () => {
    const { queues, mappings } = await compiled()
    expect(
      mappings.map(({ queueArn, functionArn, reportsFailures }) => {
        const queue = queues.find(({ arn }) => arn === queueArn)
        return [queueArn, functionArn, reportsFailures, queue?.visibilitySeconds, queue?.redrive]
      }),
    ).toEqual(
      [
        ['alarms', 'alarm-dead-letters', 'open-incident'],
        ['notifications', 'notification-dead-letters', 'enrich-timeline'],
        ['replies', 'reply-dead-letters', 'accept-page'],
      ].map(([name = '', deadLetters = '', key = '']) => [
        sqs(name),
        lambda(key),
        true,
        180,
        { deadLetterArn: sqs(deadLetters), maxReceiveCount: 5 },
      ]),
    )
  })

  test('takes alarms (but those about Tocsin itself), health issues and own events to the alarm queue', async () => {
    const { rules } = await compiled()
    expect(rules.map(({ pattern, targets }) => [pattern, targets])).toEqual([
      [
        {
          source: ['aws.cloudwatch'],
          'detail-type': [
            'CloudWatch Alarm State Change',
            'CloudWatch Alarm Configuration Change',
            'CloudWatch Alarm Contributor State Change',
          ],
          detail: { alarmName: [{ 'anything-but': { prefix: 'tocsin-production-self-watch-' } }] },
        },
        [sqs('alarms')],
      ],
      [{ source: ['aws.health'], detail: { eventTypeCategory: ['issue', 'investigation'] } }, [sqs('alarms')]],
      [{ source: [{ prefix: 'tocsin.' }] }, [sqs('alarms')]],
    ])
  })

  test('runs the two schedules every minute, and hands failed direct invocations to the alarm queue', async () => {
    const { schedules, functions, urlFunctionArn } = await compiled()
    expect(schedules.map(({ everySeconds, targets }) => [everySeconds, targets])).toEqual([
      [60, [lambda('sweep')]],
      [60, [lambda('run-engagements')]],
    ])
    expect(functions.map(({ retries, failureArn }) => [retries, failureArn])).toEqual([
      [2, sqs('alarms')],
      [2, undefined],
      [0, undefined],
      [2, undefined],
      [2, undefined],
      [0, undefined],
    ])
    expect(urlFunctionArn).toBe(lambda('incident-manager'))
  })

  test('has the tables with the indexes that the code asks for', async () => {
    const { tables } = await compiled()
    const { due, incident, list, list2 } = INDEXES
    expect(tables).toEqual([
      { name: 'Episodes', indexes: { due, incident }, expires: undefined },
      { name: 'Idempotency', indexes: {}, expires: 'expiration' },
      { name: 'Incidents', indexes: { due, list, list2 }, expires: undefined },
    ])
  })

  test('tells its topics and the endpoint', async () => {
    const { outputs, topics, subscriptions } = await compiled()
    expect(outputs).toMatchObject({
      AlarmTopicArn: topic('alarms'),
      NotificationTopicArn: topic('notifications'),
      ReplyTopicArn: topic('replies'),
      LastResortTopicArn: topic('last-resort'),
      SelfWatchTopicArn: topic('self-watch'),
      IncidentManagerUrl: 'http://127.0.0.1:4600/',
    })
    expect(topics).toEqual(['alarms', 'notifications', 'replies', 'last-resort', 'self-watch'].map(topic))
    expect(subscriptions).toEqual([
      { topicArn: topic('alarms'), protocol: 'sqs', endpoint: sqs('alarms'), raw: false },
      { topicArn: topic('notifications'), protocol: 'sqs', endpoint: sqs('notifications'), raw: false },
      { topicArn: topic('replies'), protocol: 'sqs', endpoint: sqs('replies'), raw: false },
    ])
  })
})

/** What a value of a template becomes in the environment of a function. */
const environment = (value: unknown): string | undefined =>
  read({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'named' } },
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: 'f', Handler: 'functions/f.handler', Environment: { Variables: { VALUE: value } } },
    },
  }).functions[0]?.environment['VALUE']

describe('a template', () => {
  test.each([
    ['a text', 'a text'],
    [{ Ref: 'AWS::Region' }, 'eu-west-1'],
    [{ Ref: 'Table' }, 'Table'],
    [{ Ref: 'Function' }, 'f'],
    [{ Ref: 'Secret' }, 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:Secret'],
    [{ Ref: 'Queue' }, 'http://127.0.0.1:4600/111122223333/named'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:eu-west-1:111122223333:named'],
    [{ 'Fn::GetAtt': 'Table.Arn' }, 'arn:aws:dynamodb:eu-west-1:111122223333:table/Table'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Table' }, 'b']] }, 'a-Table-b'],
    [{ 'Fn::Sub': '${Queue.Arn}/${Table}/${!kept}' }, 'arn:aws:sqs:eu-west-1:111122223333:named/Table/${kept}'],
    [{ 'Fn::Sub': ['${a}-${AWS::AccountId}', { a: { Ref: 'Table' } }] }, 'Table-111122223333'],
  ])('resolves %j', (value, expected) => {
    expect(environment(value)).toBe(expected)
  })

  test.each([
    [{ Ref: 'Nobody' }, /refers to Nobody, which it does not have/],
    [{ 'Fn::GetAtt': ['Table', 'StreamArn'] }, /Table\.StreamArn/],
    [{ 'Fn::ImportValue': 'x' }, /Fn::ImportValue/],
    [{ 'Fn::If': ['Undecided', 'a', 'b'] }, /Fn::If/],
  ])('is refused, not guessed at, for %j', (value, problem) => {
    expect(() => environment(value)).toThrow(problem)
  })

  test('is refused for a resource that cannot run here, and for a schedule that is not a rate', () => {
    expect(() => read({ Stream: { Type: 'AWS::Kinesis::Stream', Properties: {} } })).toThrow(
      'The compiled template has Stream of type AWS::Kinesis::Stream',
    )
    const rule = { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'cron(0 12 * * ? *)', Targets: [] } }
    expect(() => read({ Noon: rule })).toThrow(/Noon with cron\(0 12/)
  })
})
