// Stands in for Lambda where moto plays AWS: runs the zips' own code with the environment that CloudFormation gave each function,
// by the queues that its mappings read, by the minute, and behind a function URL.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { ListRulesCommand, ListTargetsByRuleCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge'
import {
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { DeleteMessageCommand, GetQueueUrlCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import type { Environment } from '../../lib/aws/config.ts'
import { fromUrlAnswer, toUrlEvent } from '../../lib/local/function-url.ts'
import { isObject, Json, parseJson } from '../../lib/local/json.ts'
import { type Bundle, Loaded } from './bundles.ts'
import { givenByLambda, servicesOf } from './deployed.ts'
import { type Moto, REGION, STACK } from './moto.ts'

/** A function as moto's Lambda has it, and its code, loaded when it is called first. */
interface Deployed {
  readonly name: string
  readonly arn: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly load: () => Promise<Loaded>
}

interface Mapping {
  readonly queueUrl: string
  readonly queueArn: string
  readonly functionArn: string
  readonly batchSize: number
}

export class LambdaDriver {
  /** What SES was told to send; moto does not show what it has been. */
  readonly emails: Json[] = []
  readonly #moto: Moto
  readonly #server: Server
  readonly #functions: Deployed[] = []
  readonly #loaded = new Map<string, Promise<Loaded>>()
  #mappings: readonly Mapping[] = []
  /** The ARNs of the functions that a schedule calls. */
  readonly #scheduled = new Set<string>()
  #ses: { readonly server: Server; readonly url: string } | undefined
  #aheadMs = 0
  #closed: Promise<readonly Json[]> | undefined

  private constructor(moto: Moto) {
    this.#moto = moto
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((cause: unknown) => response.destroy(new Error('', { cause })))
    })
  }

  /** Its URL is there before anything is deployed, which refers to it. */
  static async start(moto: Moto): Promise<LambdaDriver> {
    const driver = new LambdaDriver(moto)
    await new Promise<void>((resolve) => driver.#server.listen(0, '127.0.0.1', resolve))
    driver.#ses = await servicesOf(driver.emails)
    return driver
  }

  get url(): string {
    const address = this.#server.address()
    if (!isObject(address)) throw new Error('The function URL has no port')
    return `http://127.0.0.1:${String(address['port'])}/`
  }

  /** The functions that have been invoked, by their keys in serverless.yml. */
  get invoked(): string[] {
    return [...this.#loaded.keys()].map((name) => name.replace(`${STACK}-`, '')).toSorted()
  }

  /** Takes over what has been deployed; `elsewhere` is what moto does not play. */
  async take(bundles: readonly Bundle[], elsewhere: Environment): Promise<void> {
    const { lambda, sqs, url } = this.#moto
    const endpoints = { AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_SESV2: this.#ses?.url, ...elsewhere }
    for (const bundle of bundles) {
      const name = `${STACK}-${bundle.name}`
      const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }))
      const [module = '', exportName = ''] = found.Handler?.split('.') ?? []
      const memoryMegabytes = found.MemorySize ?? 0
      const given = givenByLambda({ name, module, exportName, memoryMegabytes }, bundle.taskRoot)
      const env = { ...endpoints, ...given, ...found.Environment?.Variables }
      this.#functions.push({
        name,
        arn: found.FunctionArn ?? '',
        timeoutSeconds: found.Timeout ?? 0,
        memoryMegabytes,
        load: () => Loaded.load(bundle, env),
      })
    }
    await this.#takeSchedules()
    const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}))
    this.#mappings = await Promise.all(
      EventSourceMappings.map(async ({ UUID, EventSourceArn = '', FunctionArn = '', BatchSize = 0 }) => {
        // Otherwise moto itself would run the function, in a container, and delete the message.
        await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }))
        const QueueName = EventSourceArn.split(':').at(-1)
        const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName }))
        return { queueUrl: QueueUrl, queueArn: EventSourceArn, functionArn: FunctionArn, batchSize: BatchSize }
      }),
    )
  }

  /** Runs a function of the schedule as at that minute, on a machine whose clock is so far ahead. */
  async tick(key: string, aheadMs = 0): Promise<void> {
    const name = `${STACK}-${key}`
    const scheduled = this.#functions.find((one) => one.name === name && this.#scheduled.has(one.arn))
    if (!scheduled) throw new Error(`No schedule calls ${name}`)
    this.#aheadMs = aheadMs
    const time = new Date(Date.now() + aheadMs).toISOString()
    try {
      await this.#invoke(name, { source: 'aws.events', 'detail-type': 'Scheduled Event', time })
    } finally {
      this.#aheadMs = 0
    }
  }

  /** Has the functions read their queues until none has a message left. Throws for a record that failed. */
  async drain(): Promise<void> {
    let left = true
    while (left) {
      left = false
      for (const mapping of this.#mappings) left = (await this.#readOnce(mapping)) || left
    }
  }

  /** Answers what the functions have logged, line by line. */
  close(): Promise<readonly Json[]> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<readonly Json[]> {
    const logs = await Promise.all([...this.#loaded.values()].map(async (one) => (await one).close()))
    for (const server of [this.#server, this.#ses?.server]) {
      server?.close()
      server?.closeAllConnections()
    }
    return logs.flat().map((line) => parseJson(line, 'line of the log'))
  }

  /** moto's bus takes a rule without a pattern for one that all events match, and fails at its target. */
  async #takeSchedules(): Promise<void> {
    const { bus } = this.#moto
    const { Rules = [] } = await bus.send(new ListRulesCommand({}))
    for (const { Name: Rule } of Rules.filter(({ ScheduleExpression }) => ScheduleExpression)) {
      const { Targets = [] } = await bus.send(new ListTargetsByRuleCommand({ Rule }))
      for (const { Arn = '' } of Targets) this.#scheduled.add(Arn)
      await bus.send(new RemoveTargetsCommand({ Rule, Ids: Targets.map(({ Id = '' }) => Id) }))
    }
  }

  async #readOnce({ queueUrl: QueueUrl, queueArn, functionArn, batchSize }: Mapping): Promise<boolean> {
    const { sqs } = this.#moto
    const call = { QueueUrl, MaxNumberOfMessages: batchSize, MessageSystemAttributeNames: ['All' as const] }
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(call))
    if (Messages.length === 0) return false
    const Records = Messages.map((message) => recordOf(message, queueArn))
    const answer = new Json(await this.#invoke(functionArn, { Records }), 'answer')
    const failed = answer.get('batchItemFailures').list()
    if (failed.length)
      throw new Error(`${functionArn} failed with ${JSON.stringify(failed)} of ${JSON.stringify(Records)}`)
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    return true
  }

  async #invoke(nameOrArn: string, event: unknown): Promise<unknown> {
    const found = this.#functions.find(({ name, arn }) => [name, arn].includes(nameOrArn))
    if (!found) throw new Error(`moto has no function ${nameOrArn} of a zip`)
    const { name, arn, timeoutSeconds, memoryMegabytes, load } = found
    const loaded = this.#loaded.get(name) ?? load()
    this.#loaded.set(name, loaded)
    const deadline = performance.now() + timeoutSeconds * 1000
    const context = {
      callbackWaitsForEmptyEventLoop: true,
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMegabytes),
      awsRequestId: randomUUID(),
      logGroupName: `/aws/lambda/${name}`,
      logStreamName: 'driver',
      getRemainingTimeInMillis: () => deadline - performance.now(),
    }
    return (await loaded).invoke(event, context, this.#aheadMs)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [rawPath = '/', rawQuery = ''] = (request.url ?? '/').split('?')
    const { method = 'GET', headers } = request
    const body = await buffer(request)
    const sourceIp = request.socket.remoteAddress ?? ''
    const at = new Date(Date.now() + this.#aheadMs)
    const event = toUrlEvent({ method, rawPath, rawQuery, headers, body, sourceIp, requestId: randomUUID(), at })
    const answer = fromUrlAnswer(await this.#invoke(`${STACK}-incident-manager`, event))
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
    // The SDK sets its clock by this.
    response.setHeader('date', at.toUTCString())
    response.writeHead(answer.status).end(answer.body)
  }
}

/** A message as Lambda hands it to a function. */
const recordOf = (
  { MessageId, ReceiptHandle, Body, Attributes, MD5OfBody }: Message,
  eventSourceARN: string,
): object => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attributes: Attributes,
  messageAttributes: {},
  md5OfBody: MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN,
  awsRegion: REGION,
})
