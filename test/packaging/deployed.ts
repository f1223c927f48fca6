// A packaged stack as it is deployed: its functions are the bundles of the zips, with the environment of the compiled template,
// and all else of AWS is on loopback: dynalite, a local system, and Secrets Manager and SES in miniature.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { Environment } from '../../lib/aws/config.ts'
import type { AccessKey } from '../../lib/aws/secrets.ts'
import { documentClient, dynamodbTable } from '../../lib/aws/table/dynamodb.ts'
import { INDEXES } from '../../lib/aws/table/indexes.ts'
import { createAccessKey } from '../../lib/incident-manager/store/access-keys.ts'
import { type Handler, keyOf } from '../../lib/local/functions.ts'
import { isObject, type Json, parseJson } from '../../lib/local/json.ts'
import { startSystem, type System } from '../../lib/local/system.ts'
import { type FunctionSpec, readTemplate, type Wiring } from '../../lib/local/template.ts'
import { dynaliteEngine } from '../dynalite.ts'
import { type Bundle, Loaded } from './bundles.ts'
import { templateOf, templatePath } from './package-project.ts'

const PLACE = { account: '111122223333', region: 'us-east-1' }
export const SECRET = 'in truth CloudFormation makes sixty-four letters and digits of it'

export interface Deployed {
  readonly system: System
  /** What the stack tells whoever deploys it. */
  readonly outputs: Wiring['outputs']
  /** The functions that have been invoked, by their keys in serverless.yml. */
  readonly invoked: ReadonlySet<string>
  /** What SES was told to send, as it was told. */
  readonly emails: readonly Json[]
  /** Runs a function of the schedule as at that minute, on a machine whose clock is so far ahead. */
  readonly tick: (name: string, aheadMs?: number) => Promise<void>
  /** An access key of an admin of Tocsin's own incident manager. */
  readonly issueKey: () => Promise<AccessKey>
  /** Settles when all has come to an end; answers what the functions have logged, line by line. */
  readonly close: () => Promise<readonly Json[]>
}

/** Deploys a packaged project; `settings` are what a test gives each function besides: other endpoints, say. */
export async function deploy(
  project: string,
  bundles: readonly Bundle[],
  settings: Environment = {},
): Promise<Deployed> {
  const dynamodb = await dynaliteEngine()
  const emails: Json[] = []
  const services = await servicesOf(emails)
  const template = templateOf(project)
  const functions = new Map<string, Promise<Loaded>>()
  const invoked = new Set<string>()
  let aheadMs = 0
  let closed: Promise<readonly Json[]> | undefined
  const handlerOf =
    (bundle: Bundle): Handler =>
    async (event, context) => {
      const loaded = functions.get(bundle.name) ?? Loaded.load(bundle, environmentOf(bundle))
      functions.set(bundle.name, loaded)
      invoked.add(bundle.name)
      return (await loaded).invoke(event, context, aheadMs)
    }
  const system = await startSystem({
    port: 0,
    data: ':memory:',
    // The schedules are the test's: nothing is due by itself.
    clock: 'simulated',
    seed: false,
    rules: 'rules.yml',
    region: PLACE.region,
    template: templatePath(project),
    handlers: Object.fromEntries(bundles.map((bundle) => [bundle.name, handlerOf(bundle)])),
  })
  const { functions: specs, outputs } = readTemplate(template, { ...PLACE, url: system.url })
  await createTables(template, dynamodb.url)
  const lambda = new LambdaClient({ endpoint: system.url, region: PLACE.region, credentials: KEY })

  function environmentOf({ name, taskRoot }: Bundle): Environment {
    const spec = specs.find((one) => keyOf(one) === name)
    if (!spec) throw new Error(`The template has no function ${name}`)
    const elsewhere = {
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: services.url,
      AWS_ENDPOINT_URL_SESV2: services.url,
      ...Object.fromEntries(['SNS', 'SQS', 'CLOUDWATCH'].map((service) => [`AWS_ENDPOINT_URL_${service}`, system.url])),
    }
    return { ...givenByLambda(spec, taskRoot), ...spec.environment, ...elsewhere, ...settings }
  }

  return {
    system,
    outputs,
    invoked,
    emails,
    async tick(FunctionName, ahead = 0) {
      aheadMs = ahead
      const Payload = JSON.stringify({ source: 'aws.events', time: new Date(Date.now() + ahead).toISOString() })
      const { FunctionError, Payload: answer } = await lambda.send(new InvokeCommand({ FunctionName, Payload }))
      aheadMs = 0
      if (FunctionError) throw new Error(answer?.transformToString())
    },
    async issueKey() {
      const client = new DynamoDBClient({ endpoint: dynamodb.url, region: PLACE.region, credentials: KEY })
      const table = dynamodbTable(documentClient(client), 'Incidents', INDEXES)
      const secret = (): Promise<Uint8Array> => Promise.resolve(new TextEncoder().encode(SECRET))
      try {
        return await createAccessKey({ table, secret }, { name: 'ann', role: 'admin', now: new Date() })
      } finally {
        client.destroy()
      }
    },
    close: () => (closed ??= close()),
  }

  async function close(): Promise<readonly Json[]> {
    await system.close()
    const logs = await Promise.all([...functions.values()].map(async (one) => (await one).close()))
    lambda.destroy()
    services.server.close()
    services.server.closeAllConnections()
    await dynamodb.close()
    return logs.flat().map((line) => parseJson(line, 'line of the log'))
  }
}

const KEY = { accessKeyId: 'ASIAROLE', secretAccessKey: 'secret of the role', sessionToken: 'token of the session' }

/** What AWS Lambda itself puts into the environment of a function, as far as code can depend on it. */
export const givenByLambda = (
  {
    name,
    module,
    exportName,
    memoryMegabytes,
  }: Pick<FunctionSpec, 'name' | 'module' | 'exportName' | 'memoryMegabytes'>,
  taskRoot: string,
): Environment => ({
  TZ: ':UTC',
  PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
  LAMBDA_TASK_ROOT: taskRoot,
  _HANDLER: `${module}.${exportName}`,
  AWS_REGION: PLACE.region,
  AWS_DEFAULT_REGION: PLACE.region,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_ACCESS_KEY_ID: KEY.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
  AWS_SESSION_TOKEN: KEY.sessionToken,
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
})

/** The tables as the template describes them, as far as dynalite knows the words. */
async function createTables(template: Json, url: string): Promise<void> {
  const tables = template
    .get('Resources')
    .entries()
    .filter(([, resource]) => resource.get('Type').value === 'AWS::DynamoDB::Table')
  for (const [TableName, table] of tables) {
    const wanted = ['AttributeDefinitions', 'KeySchema', 'GlobalSecondaryIndexes', 'BillingMode']
    const properties = Object.entries(table.get('Properties').members()).filter(([name]) => wanted.includes(name))
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'DynamoDB_20120810.CreateTable',
        'content-type': 'application/x-amz-json-1.0',
        // dynalite wants to see a signature, whatever it is.
        authorization: 'AWS4-HMAC-SHA256 Credential=any, SignedHeaders=any, Signature=any',
        'x-amz-date': 'any',
      },
      body: JSON.stringify({ TableName, ...Object.fromEntries(properties) }),
    })
    if (!response.ok) throw new Error(`${TableName}: ${await response.text()}`)
  }
}

/** Secrets Manager, which has the secret, and SES, which takes every e-mail. */
export async function servicesOf(emails: Json[]): Promise<{ readonly server: Server; readonly url: string }> {
  const answerTo = (target: unknown, input: Json): object => {
    if (target === 'secretsmanager.GetSecretValue') return { SecretString: SECRET }
    return { MessageId: `e-mail ${emails.push(input)}` }
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const input = parseJson(await text(request), 'body')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answerTo(request.headers['x-amz-target'], input)))
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (!isObject(address)) throw new Error('The services have no port')
  return { server, url: `http://127.0.0.1:${String(address['port'])}` }
}
