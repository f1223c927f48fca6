// Sends one payload of events/ to the running system, as AWS would, with its instants set to now.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { paginateListTopics, PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { localSettings, processEnvironment, region } from '../lib/aws/config.ts'
import { helpIfAsked } from '../lib/local/usage.ts'
import { accessKeyOf, authorizationOf } from '../lib/local/guard.ts'

const ROOT = join(import.meta.dirname, '..')
const USAGE = `Usage: npm run send -- <file of events/> [--url <of the system; PORT of this machine, when left out>] [--at <now, or an instant>]
  npm run send -- events/cloudwatch/alarm.json`

type Json = Readonly<Record<string, unknown>>

/** Something that the person who typed the command can put right. */
class Unsent extends Error {}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (json: unknown, ...path: string[]): string | undefined => {
  const found = path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), json)
  return typeof found === 'string' ? found : undefined
}

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:?00)/g

/** The payload as if it happened at `now`: every instant in it, in texts of JSON too, is moved by as much as its own. */
export function movedTo(now: Date, json: unknown): unknown {
  const own = instantOf(json)
  if (own === undefined) return json
  const by = now.getTime() - Date.parse(own)
  const moved = JSON.stringify(json).replaceAll(INSTANT, (instant, fraction: string | undefined, zone: string) => {
    const iso = new Date(Date.parse(instant) + by).toISOString()
    return (fraction === undefined ? iso.slice(0, 19) : iso.slice(0, 23)) + zone
  })
  return JSON.parse(moved)
}

/** When what a payload tells of happened. */
function instantOf(json: unknown): string | undefined {
  if (Array.isArray(json)) return instantOf(json[0])
  const inside = text(json, 'Detail') ?? text(json, 'Message')
  return (
    instantOfAlarm(isObject(json) ? (json['detail'] ?? json['alarmData'] ?? json) : json) ??
    (inside === undefined ? undefined : instantOfAlarm(JSON.parse(inside))) ??
    text(json, 'time') ??
    text(json, 'Time') ??
    text(json, 'Timestamp')
  )
}

function instantOfAlarm(detail: unknown): string | undefined {
  const operation = text(detail, 'operation')
  if (operation === undefined) return text(detail, 'state', 'timestamp') ?? text(detail, 'StateChangeTime')
  // A deleted alarm's configuration, and its state, are older than the deletion.
  return operation === 'delete' ? undefined : text(detail, 'configuration', 'timestamp')
}

const UNCHECKED = { accessKeyId: 'local', secretAccessKey: 'local' }

/**
 * Sends the payload by the road that its shape tells; answers in a sentence what was sent. `credentials` matter where
 * signatures are checked.
 */
export async function send(url: string, payload: unknown, credentials = UNCHECKED): Promise<string> {
  const settings = {
    endpoint: url,
    region: region(processEnvironment()),
    credentials,
    maxAttempts: 1,
  }
  if (Array.isArray(payload)) return putEvents(new EventBridgeClient(settings), payload)
  if (!isObject(payload)) throw new Unsent('The file holds neither an event nor a list of entries')
  if (text(payload, 'detail-type') !== undefined) return putEvents(new EventBridgeClient(settings), [entryOf(payload)])
  if (text(payload, 'TopicArn') !== undefined) return publish(new SNSClient(settings), payload)
  if (isObject(payload['alarmData'])) {
    await new LambdaClient(settings).send(
      new InvokeCommand({
        FunctionName: 'open-incident',
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
    )
    return `open-incident was invoked by ${text(payload, 'alarmArn')}`
  }
  throw new Unsent("The file is no event, no list of entries, no SNS delivery and no alarm's invocation")
}

const entryOf = (event: Json): Json => ({
  Time: event['time'],
  Source: event['source'],
  Resources: event['resources'],
  DetailType: event['detail-type'],
  Detail: JSON.stringify(event['detail']),
})

async function putEvents(client: EventBridgeClient, entries: readonly unknown[]): Promise<string> {
  const { Entries = [] } = await client.send(
    new PutEventsCommand({
      Entries: entries.filter(isObject).map((entry) => ({
        Time: new Date(text(entry, 'Time') ?? Date.now()),
        Source: text(entry, 'Source'),
        Resources: Array.isArray(entry['Resources']) ? entry['Resources'].map(String) : [],
        DetailType: text(entry, 'DetailType'),
        Detail: text(entry, 'Detail'),
      })),
    }),
  )
  const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined)
  if (refused) throw new Unsent(`The event bus refused it: ${refused.ErrorCode}: ${refused.ErrorMessage}`)
  const names = entries.map((entry) => text(entry, 'DetailType'))
  return `${names.join(', ')} is on the event bus as ${Entries.map(({ EventId }) => EventId).join(', ')}`
}

/** To the topic of the same use: `-alarms`, `-notifications` or `-replies`. */
async function publish(client: SNSClient, delivery: Json): Promise<string> {
  const use = text(delivery, 'TopicArn')?.split('-').at(-1) ?? ''
  for await (const { Topics = [] } of paginateListTopics({ client }, {})) {
    const TopicArn = Topics.find((topic) => topic.TopicArn?.endsWith(`-${use}`))?.TopicArn
    if (TopicArn === undefined) continue
    const Message = text(delivery, 'Message')
    const { MessageId } = await client.send(
      new PublishCommand({ TopicArn, Message, Subject: text(delivery, 'Subject') }),
    )
    return `Message ${MessageId} is published to ${TopicArn}`
  }
  throw new Unsent(`There is no topic whose name ends in -${use}`)
}

/** The server's clock, which may stand still; this machine's where the server has none of its own. */
async function nowAt(url: string, headers: Record<string, string>): Promise<Date> {
  const answer = await fetch(new URL('/_tocsin/clock', url), { headers })
  const now = answer.ok ? text(await answer.json(), 'now') : undefined
  return now === undefined ? new Date() : new Date(now)
}

function parsed() {
  const url = `http://127.0.0.1:${localSettings(processEnvironment()).port}`
  const options = { url: { type: 'string', default: url }, at: { type: 'string', default: 'now' } } as const
  try {
    return parseArgs({ allowPositionals: true, options })
  } catch (error) {
    throw new Unsent(`${messageOf(error)}\n${USAGE}`)
  }
}

async function main(): Promise<void> {
  helpIfAsked(USAGE)
  const { values, positionals } = parsed()
  const [file] = positionals
  if (file === undefined) throw new Unsent(USAGE)
  if (!/^https?:$/u.test(URL.parse(values.url)?.protocol ?? ''))
    throw new Unsent(`--url must be a URL such as http://127.0.0.1:4600, but is ${values.url}`)
  // The data folder is that of this machine's Tocsin: another machine learns nothing of its secret.
  const folder = isHere(values.url) ? resolve(ROOT, localSettings(processEnvironment()).data) : undefined
  const at = values.at === 'now' ? await nowAt(values.url, folder ? authorizationOf(folder) : {}) : new Date(values.at)
  if (Number.isNaN(at.getTime())) throw new Unsent(`--at must be now or an instant such as 2026-03-01T12:00:00Z`)
  console.log(await send(values.url, movedTo(at, readJson(file)), folder ? accessKeyOf(folder) : undefined))
  console.log(`
What it came to:
  ${values.url}/                              open incidents
  curl ${values.url}/_tocsin/messages         what was sent to people, with the codes that they answer with
  curl ${values.url}/_tocsin/failures         what could not be processed`)
}

const isHere = (url: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Unsent(`${file} cannot be read: ${messageOf(error)}`)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** `fetch` and the SDK hide the reason of a failed connection in different places. */
const isNobodyThere = (error: unknown): boolean =>
  error instanceof Error && (('code' in error && error.code === 'ECONNREFUSED') || isNobodyThere(error.cause))

/** All that an error knows of its reasons. */
const reasons = (error: unknown): string =>
  error instanceof Error && error.cause ? `${error.message}: ${reasons(error.cause)}` : messageOf(error)

if (import.meta.main)
  await main().catch((error: unknown) => {
    const nobody = 'Nothing listens there: start the system with npm start, or name it with PORT or --url'
    console.error(isNobodyThere(error) ? nobody : reasons(error))
    process.exitCode = 1
  })
