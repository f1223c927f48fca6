// AWS as moto plays it: a moto_server of one's own on a free port of loopback, `serverless` pointed there, and what is in it.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CloudWatchClient, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge'
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { parseJson } from '../../lib/local/json.ts'
import { asOptions, copyOfProject, type Packaged, type Parameters, serverless } from './package-project.ts'

export const REGION = 'us-east-1'
export const ACCOUNT = '111122223333'
const STAGE = 'test'
export const STACK = `tocsin-${STAGE}`
const KEY = { accessKeyId: 'any', secretAccessKey: 'any' }
const READY_WITHIN_MS = 30_000
const PLUGIN = 'test/packaging/moto-plugin.ts'

export class Moto {
  readonly url: string
  readonly #server: ChildProcess
  readonly lambda: LambdaClient
  readonly sqs: SQSClient
  readonly sns: SNSClient
  readonly bus: EventBridgeClient
  readonly cloudwatch: CloudWatchClient
  readonly secrets: SecretsManagerClient
  readonly #dynamodb: DynamoDBClient

  private constructor(url: string, server: ChildProcess) {
    this.url = url
    this.#server = server
    const settings = { endpoint: url, region: REGION, credentials: KEY }
    this.lambda = new LambdaClient(settings)
    this.sqs = new SQSClient(settings)
    this.sns = new SNSClient(settings)
    this.bus = new EventBridgeClient(settings)
    this.cloudwatch = new CloudWatchClient(settings)
    this.secrets = new SecretsManagerClient(settings)
    this.#dynamodb = new DynamoDBClient(settings)
  }

  /** Settles when it answers; rejects with its last words when it ends before, or does not come to it in time. */
  static async start(): Promise<Moto> {
    const env = { ...process.env, MOTO_ACCOUNT_ID: ACCOUNT }
    const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    process.once('exit', () => server.kill())
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    let words = ''
    server.stderr.on('data', (chunk: Buffer) => {
      words = `${words}${chunk.toString()}`.slice(-5000)
      const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/u.exec(words)?.[1]
      if (url) resolve(url)
    })
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`moto_server has ended:\n${words}`)))
    const late = (): void => reject(new Error(`moto_server was not ready within ${READY_WITHIN_MS} ms:\n${words}`))
    const timer = setTimeout(late, READY_WITHIN_MS)
    try {
      return new Moto(await promise, server)
    } catch (error) {
      server.kill()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  async close(): Promise<void> {
    for (const client of [this.lambda, this.sqs, this.sns, this.bus, this.cloudwatch, this.secrets, this.#dynamodb])
      client.destroy()
    const ended = new Promise<void>((resolve) => this.#server.once('exit', () => resolve()))
    if (this.#server.kill()) await ended
  }

  /** What a program needs to take moto for AWS. */
  get environment(): Readonly<Record<string, string>> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      AWS_REGION: REGION,
    }
  }

  /** `serverless deploy` or `remove`. Answers what it printed; throws that when it failed. */
  async serverless(
    command: 'deploy' | 'remove',
    project: string,
    parameters: Parameters,
    env: Readonly<Record<string, string>>,
  ): Promise<string> {
    // It asks CloudFormation every five seconds otherwise, and moto is ready at once.
    const settings = { ...this.environment, ...env, SLS_AWS_MONITORING_FREQUENCY: '100' }
    const words = [command, '--stage', STAGE, '--region', REGION, ...asOptions(parameters)]
    const { failed, output }: Packaged = await serverless(project, words, settings)
    if (failed) throw new Error(`serverless ${command}: ${output}`)
    return output
  }

  /** The state of the stack and its outputs; undefined where there is none. */
  async stack(): Promise<{ status: string; outputs: Readonly<Record<string, string>> } | undefined> {
    const xml = await this.#query('cloudformation', '2010-05-15', { Action: 'DescribeStacks' })
    const [status] = textsOf(xml, 'StackStatus')
    if (status === undefined) return undefined
    const values = textsOf(xml, 'OutputValue')
    const outputs = textsOf(xml, 'OutputKey').map((name, index) => [name, values[index] ?? ''] as const)
    return { status, outputs: Object.fromEntries(outputs) }
  }

  /** The logical ids of what the stack has made. */
  async stackResources(): Promise<string[]> {
    const of = { Action: 'ListStackResources', StackName: STACK }
    return textsOf(await this.#query('cloudformation', '2010-05-15', of), 'LogicalResourceId')
  }

  /** All there is in the account, by its type in CloudFormation, as each service itself lists it. */
  async inventory(): Promise<Readonly<Record<string, readonly string[]>>> {
    const [tables, queues, topics, functions, mappings, rules, dashboards] = await Promise.all([
      this.#dynamodb.send(new ListTablesCommand({})),
      this.sqs.send(new ListQueuesCommand({})),
      this.sns.send(new ListTopicsCommand({})),
      this.lambda.send(new ListFunctionsCommand({})),
      this.lambda.send(new ListEventSourceMappingsCommand({})),
      this.bus.send(new ListRulesCommand({})),
      this.cloudwatch.send(new ListDashboardsCommand({})),
    ])
    const roles = await this.#query('iam', '2010-05-08', { Action: 'ListRoles' })
    const buckets = await this.#ask('s3', {})
    const present = (names: readonly (string | undefined)[] = []): string[] => names.map(String).toSorted()
    return {
      'AWS::CloudWatch::Dashboard': present(dashboards.DashboardEntries?.map(({ DashboardName }) => DashboardName)),
      'AWS::DynamoDB::Table': present(tables.TableNames),
      'AWS::Events::Rule': present(rules.Rules?.map(({ Name }) => Name)),
      'AWS::IAM::Role': textsOf(roles, 'RoleName'),
      'AWS::Lambda::EventSourceMapping': present(mappings.EventSourceMappings?.map(({ UUID }) => UUID)),
      'AWS::Lambda::Function': present(functions.Functions?.map(({ FunctionName }) => FunctionName)),
      'AWS::Logs::LogGroup': await this.#logGroups(),
      'AWS::S3::Bucket': textsOf(buckets, 'Name'),
      'AWS::SNS::Topic': present(topics.Topics?.map(({ TopicArn }) => TopicArn)),
      'AWS::SQS::Queue': present(queues.QueueUrls),
    }
  }

  async #logGroups(): Promise<string[]> {
    const headers = { 'x-amz-target': 'Logs_20140328.DescribeLogGroups', 'content-type': 'application/x-amz-json-1.1' }
    const answer = parseJson(await this.#ask('logs', { method: 'POST', headers, body: '{}' }), 'DescribeLogGroups')
    return answer
      .get('logGroups')
      .list()
      .map((group) => group.get('logGroupName').string())
  }

  #query(service: string, Version: string, call: Readonly<Record<string, string>>): Promise<string> {
    return this.#ask(service, { method: 'POST', body: new URLSearchParams({ ...call, Version }) })
  }

  /** Calls a service for which the project has no client. moto tells it by the scope of a signature, which it does not check. */
  async #ask(service: string, request: RequestInit): Promise<string> {
    const scope = `any/20260101/${REGION}/${service}/aws4_request`
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=any`
    const headers = new Headers(request.headers)
    headers.set('authorization', authorization)
    const response = await fetch(this.url, { ...request, headers })
    const answer = await response.text()
    if (!response.ok) throw new Error(`moto's ${service} answered ${response.status}: ${answer}`)
    return answer
  }
}

/** A copy of the project that can be deployed to moto. */
export function projectForMoto(): string {
  const project = copyOfProject()
  const file = join(project, 'serverless.yml')
  const bundling = '  - ./scripts/serverless-bundle.cjs\n'
  const written = readFileSync(file, 'utf8')
  if (!written.includes(bundling)) throw new Error(`serverless.yml has no plugin${bundling}`)
  writeFileSync(file, written.replace(bundling, `${bundling}  - ./${PLUGIN}\n`))
  mkdirSync(dirname(join(project, PLUGIN)), { recursive: true })
  cpSync(join(import.meta.dirname, 'moto-plugin.ts'), join(project, PLUGIN))
  return project
}

/** The texts of all elements of that name. */
const textsOf = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'gu'))].map(([, text = '']) => text)
