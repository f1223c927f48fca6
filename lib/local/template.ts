// The compiled CloudFormation template as a typed description of what runs: the wiring is written once, in serverless.yml.
import { parsePattern, type Pattern } from '../automation/rules/pattern.ts'
import type { Indexes } from '../aws/table/table.ts'
import { resolver, type Here } from './intrinsics.ts'
import { Json } from './json.ts'

export interface Wiring {
  readonly functions: readonly FunctionSpec[]
  readonly queues: readonly QueueSpec[]
  readonly mappings: readonly MappingSpec[]
  readonly topics: readonly string[]
  readonly subscriptions: readonly SubscriptionSpec[]
  readonly rules: readonly RuleSpec[]
  readonly schedules: readonly ScheduleSpec[]
  readonly tables: readonly TableSpec[]
  /** The function behind the URL. */
  readonly urlFunctionArn: string | undefined
  /** What the stack tells whoever deploys it, by name. */
  readonly outputs: Readonly<Record<string, string>>
}

export interface FunctionSpec {
  /** As it is deployed. */
  readonly name: string
  readonly arn: string
  /** `functions/<file>` and the export in it. */
  readonly module: string
  readonly exportName: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly environment: Readonly<Record<string, string>>
  /** What becomes of an asynchronous invocation that fails: how often it is repeated, and where it goes then. */
  readonly retries: number
  readonly failureArn: string | undefined
}

export interface QueueSpec {
  readonly arn: string
  readonly visibilitySeconds: number
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | undefined
}

export interface MappingSpec {
  readonly queueArn: string
  readonly functionArn: string
  readonly batchSize: number
  readonly concurrency: number
  /** Whether the function says which records of a batch failed. */
  readonly reportsFailures: boolean
}

export interface SubscriptionSpec {
  readonly topicArn: string
  readonly protocol: string
  readonly endpoint: string
  readonly raw: boolean
}

export interface RuleSpec {
  readonly arn: string
  readonly pattern: Pattern
  /** ARNs of queues and functions. */
  readonly targets: readonly string[]
}

export interface ScheduleSpec {
  readonly arn: string
  readonly everySeconds: number
  readonly targets: readonly string[]
}

export interface TableSpec {
  readonly name: string
  readonly indexes: Indexes
  /** The attribute (epoch seconds) after which an item is over; without one, items stay. */
  readonly expires: string | undefined
}

/** What has no part to play on one machine: rights, logs, what watches, and where code is uploaded to. */
const NOT_LOCAL = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::Role',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
])

const SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 }

/** Reads a compiled template. Throws where it has what cannot run on one machine, naming the resource. */
export function readTemplate(template: Json, here: Here): Wiring {
  const written = new Map(
    template
      .get('Resources')
      .entries()
      .map(([id, resource]) => [id, { type: resource.get('Type').string(), properties: resource.get('Properties') }]),
  )
  const resolve = resolver(written, here)
  const resources = [...written].flatMap(([id, { type, properties }]) =>
    NOT_LOCAL.has(type) ? [] : [{ id, type, properties: new Json(resolve(properties.value), id) }],
  )
  const unknown = resources.find(({ type }) => !KNOWN.has(type))
  if (unknown)
    throw new Error(
      `The compiled template has ${unknown.id} of type ${unknown.type}, which cannot run on one machine yet`,
    )
  const ofType = (type: string): [string, Json][] =>
    resources.flatMap((resource) => (resource.type === type ? [[resource.id, resource.properties]] : []))
  const arnOf = (id: string): string => String(resolve({ 'Fn::GetAtt': [id, 'Arn'] }))
  const nameOf = (id: string): string => String(resolve({ Ref: id }))

  const failures = new Map(
    ofType('AWS::Lambda::EventInvokeConfig').map(([, config]) => [config.get('FunctionName').string(), config]),
  )
  const rules = ofType('AWS::Events::Rule').filter(([, rule]) => rule.get('State').optionalString() !== 'DISABLED')

  return {
    functions: ofType('AWS::Lambda::Function').map(([id, it]) => {
      const name = nameOf(id)
      const [module, exportName] = splitHandler(it.get('Handler').string())
      const failure = failures.get(name)
      return {
        name,
        arn: arnOf(id),
        module,
        exportName,
        timeoutSeconds: it.get('Timeout').optionalNumber() ?? 3,
        memoryMegabytes: it.get('MemorySize').optionalNumber() ?? 128,
        environment: Object.fromEntries(
          it
            .get('Environment')
            .get('Variables')
            .entries()
            .map(([variable, value]) => [variable, value.string()]),
        ),
        retries: failure?.get('MaximumRetryAttempts').optionalNumber() ?? 2,
        failureArn: failure?.get('DestinationConfig').get('OnFailure').get('Destination').optionalString(),
      }
    }),
    queues: ofType('AWS::SQS::Queue').map(([id, it]) => {
      const redrive = it.get('RedrivePolicy')
      return {
        arn: arnOf(id),
        visibilitySeconds: it.get('VisibilityTimeout').optionalNumber() ?? 30,
        redrive: redrive.present
          ? {
              deadLetterArn: redrive.get('deadLetterTargetArn').string(),
              maxReceiveCount: redrive.get('maxReceiveCount').number(),
            }
          : undefined,
      }
    }),
    mappings: ofType('AWS::Lambda::EventSourceMapping').map(([, it]) => ({
      queueArn: it.get('EventSourceArn').string(),
      functionArn: it.get('FunctionName').string(),
      batchSize: it.get('BatchSize').optionalNumber() ?? 10,
      concurrency: it.get('ScalingConfig').get('MaximumConcurrency').optionalNumber() ?? 10,
      reportsFailures: it
        .get('FunctionResponseTypes')
        .list()
        .some((type) => type.string() === 'ReportBatchItemFailures'),
    })),
    topics: ofType('AWS::SNS::Topic').map(([id]) => nameOf(id)),
    subscriptions: ofType('AWS::SNS::Subscription').map(([, it]) => ({
      topicArn: it.get('TopicArn').string(),
      protocol: it.get('Protocol').string(),
      endpoint: it.get('Endpoint').string(),
      raw: it.get('RawMessageDelivery').value === true,
    })),
    rules: rules.flatMap(([id, it]) => {
      const pattern = it.get('EventPattern')
      return pattern.present
        ? [{ arn: arnOf(id), pattern: parsePattern(pattern.value, id), targets: targetsOf(it) }]
        : []
    }),
    schedules: rules.flatMap(([id, it]) => {
      const schedule = it.get('ScheduleExpression').optionalString()
      return schedule === undefined
        ? []
        : [{ arn: arnOf(id), everySeconds: everySeconds(id, schedule), targets: targetsOf(it) }]
    }),
    tables: ofType('AWS::DynamoDB::Table').map(([id, it]) => ({
      name: nameOf(id),
      indexes: indexesOf(it),
      expires: it.get('TimeToLiveSpecification').get('AttributeName').optionalString(),
    })),
    urlFunctionArn: ofType('AWS::Lambda::Url')[0]?.[1].get('TargetFunctionArn').string(),
    outputs: Object.fromEntries(
      template
        .get('Outputs')
        .entries()
        .map(([name, output]) => [name, String(resolve(output.get('Value').value))]),
    ),
  }
}

const KNOWN = new Set([
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Url',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
])

const targetsOf = (rule: Json): string[] =>
  rule
    .get('Targets')
    .list()
    .map((target) => target.get('Arn').string())

function splitHandler(handler: string): [module: string, exportName: string] {
  const dot = handler.lastIndexOf('.')
  return [handler.slice(0, dot), handler.slice(dot + 1)]
}

function everySeconds(id: string, expression: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  const seconds = SECONDS[unit ?? '']
  if (count === undefined || seconds === undefined)
    throw new Error(`The compiled template has ${id} with ${expression}; only rate(...) runs on one machine yet`)
  return Number(count) * seconds
}

function indexesOf(table: Json): Indexes {
  return Object.fromEntries(
    table
      .get('GlobalSecondaryIndexes')
      .list()
      .map((index) => {
        const keys = new Map(
          index
            .get('KeySchema')
            .list()
            .map((key) => [key.get('KeyType').string(), key.get('AttributeName').string()]),
        )
        return [index.get('IndexName').string(), { partition: keys.get('HASH') ?? '', range: keys.get('RANGE') ?? '' }]
      }),
  )
}
