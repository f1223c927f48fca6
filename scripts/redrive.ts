// Puts back what sits in the dead-letter queues, those of the local system or of a deployed stage, or discards one message of the former.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { localSettings, processEnvironment, region } from '../lib/aws/config.ts'
import { authorizationOf } from '../lib/local/guard.ts'
import { parseJson } from '../lib/local/json.ts'
import { helpIfAsked } from '../lib/local/usage.ts'

const ROOT = join(import.meta.dirname, '..')
const USAGE = `Usage: npm run redrive                                      the local system, at PORT
       npm run redrive -- --discard ID                      deletes a message that /_tocsin/failures lists instead
       npm run redrive -- --stage production [--region eu-west-1]   a deployed stage, with your AWS credentials`

/** The dead-letter queues of a stage as serverless.yml names them, each with the queue that its function reads. */
const QUEUES = { alarm: 'alarms', notification: 'notifications', reply: 'replies' }

/** One line for a person, and whether it tells of a failure. */
export interface Line {
  readonly text: string
  readonly failed: boolean
}

/**
 * Asks the system on `port` to replay everything that failed, or to delete the one message with the id `discarded`; `folder`
 * is its data folder where it checks signatures.
 */
async function redriveLocal(port: number, folder: string, discarded: string | undefined): Promise<Line> {
  const url = `http://127.0.0.1:${port}`
  const [order, body] = discarded === undefined ? ['redrive'] : ['discard', JSON.stringify({ id: discarded })]
  try {
    const request = { method: 'POST', headers: authorizationOf(folder), body: body ?? null }
    const response = await fetch(`${url}/_tocsin/failures/${order}`, request)
    const answer = parseJson(await response.text(), 'The answer')
    if (!response.ok)
      return failed(answer.get('message').optionalString() ?? `${url} answered ${response.status}: nothing was done`)
    if (discarded !== undefined) return done(`${discarded} is deleted`)
    return done(`${messages(answer.get('redriven').number())} put back by Tocsin on ${answer.get('data').string()}`)
  } catch (error) {
    return failed(`Nothing answers at ${url} (${reasonOf(error)}): start the system with npm start, or set PORT`)
  }
}

/**
 * Has SQS move everything in the dead-letter queues of a stage to the queues of their functions; a line for each. SQS alone
 * would refuse: what SNS or EventBridge could not deliver was in no queue before.
 */
export async function redriveStage(stage: string, client: SQSClient): Promise<Line[]> {
  const lines: Line[] = []
  for (const [use, queue] of Object.entries(QUEUES))
    lines.push(await redriveQueue(`tocsin-${stage}-${use}-dead-letters`, `tocsin-${stage}-${queue}`, client))
  return lines
}

async function redriveQueue(QueueName: string, destination: string, client: SQSClient): Promise<Line> {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }))
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'QueueArn'],
      }),
    )
    const visible = Number(Attributes['ApproximateNumberOfMessages'] ?? 0)
    const looked = Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0)
    if (visible + looked === 0) return done(`${QueueName}: empty`)
    const SourceArn = Attributes['QueueArn'] ?? ''
    const DestinationArn = SourceArn.replace(/[^:]+$/u, destination)
    await client.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }))
    // The sweep holds for two minutes what it looks at.
    const more = looked > 0 ? `; ${messages(looked)} in flight: run this again in two minutes` : ''
    return done(`${QueueName}: about ${messages(visible)} on the way to ${destination}${more}`)
  } catch (error) {
    if (error instanceof QueueDoesNotExist)
      return failed(`${QueueName}: no such queue in ${await client.config.region()}; check --stage and --region`)
    return failed(`${QueueName}: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'CredentialsProviderError')
    return 'no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
  const { cause } = error
  return cause instanceof Error && cause.message ? cause.message : `${error.name}: ${error.message}`
}

const messages = (count: number): string => (count === 1 ? '1 message' : `${count} messages`)
const done = (text: string): Line => ({ text, failed: false })
const failed = (text: string): Line => ({ text, failed: true })

async function main(): Promise<void> {
  helpIfAsked(USAGE)
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { stage: text, region: text, discard: text } })
  if (values.stage !== undefined && values.discard !== undefined)
    throw new Error('--discard is for one machine; on AWS, delete the message in the console of SQS')
  const environment = processEnvironment()
  const local = localSettings(environment)
  const lines =
    values.stage === undefined
      ? [await redriveLocal(local.port, resolve(ROOT, local.data), values.discard)]
      : await redriveStage(values.stage, new SQSClient({ region: values.region ?? region(environment) }))
  for (const { text, failed: isFailure } of lines) (isFailure ? console.error : console.log)(text)
  if (lines.some((line) => line.failed)) process.exitCode = 1
}

if (import.meta.main)
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    console.error(USAGE)
    process.exitCode = 1
  })
