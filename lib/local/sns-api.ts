// The part of the SNS API that a rehearsal needs, over the query protocol: form fields in, XML out.
import type { Place } from '../aws/arn.ts'
import { Refused, toXml, type Xml } from './aws-wire.ts'
import { WrongJson } from './json.ts'
import type { FunctionSpec, QueueSpec } from './template.ts'
import { type Publication, tokenOf, type Topics } from './topics.ts'
import { isWebhook } from './webhooks.ts'

export interface SnsApi {
  readonly topics: Topics
  readonly place: Place
  readonly queues: readonly QueueSpec[]
  readonly functions: readonly FunctionSpec[]
}

/** SNS's limit for a message, in bytes. */
const MAX_MESSAGE_BYTES = 256 * 1024
const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/'

/** Answers one form-encoded call. */
export async function answerSns(
  form: URLSearchParams,
  api: SnsApi,
  requestId: string,
): Promise<{ status: number; body: string }> {
  const action = form.get('Action') ?? ''
  try {
    const result = await perform(action, form, api)
    const answer = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } }
    return { status: 200, body: `<${action}Response xmlns="${NAMESPACE}">${toXml(answer)}</${action}Response>` }
  } catch (error) {
    const { code, message, status } = refusal(error)
    const answer = { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: requestId }
    return { status, body: `<ErrorResponse xmlns="${NAMESPACE}">${toXml(answer)}</ErrorResponse>` }
  }
}

/** Throws what is no fault of the sender. */
function refusal(error: unknown): Refused {
  if (error instanceof Refused) return error
  if (error instanceof WrongJson) return new Refused('InvalidParameter', `Invalid parameter: ${error.message}`)
  throw error
}

async function perform(action: string, form: URLSearchParams, api: SnsApi): Promise<Xml> {
  const { topics, place } = api
  switch (action) {
    case 'Publish':
      return { MessageId: await publish(form, topics) }
    case 'CreateTopic': {
      const name = field(form, 'Name')
      if (!/^[\w-]{1,256}$/.test(name)) throw new Refused('InvalidParameter', 'Invalid parameter: Topic Name')
      const arn = `arn:aws:sns:${place.region}:${place.account}:${name}`
      await topics.create(arn)
      return { TopicArn: arn }
    }
    case 'ListTopics':
      return { Topics: { member: topics.topics().map((TopicArn) => ({ TopicArn })) } }
    case 'Subscribe':
      return { SubscriptionArn: await subscribe(form, api) }
    case 'ConfirmSubscription':
      return { SubscriptionArn: confirmed(form, topics) }
    case 'Unsubscribe':
      await topics.unsubscribe(field(form, 'SubscriptionArn'))
      return {}
    case 'ListSubscriptions':
      return listed(api)
    case 'ListSubscriptionsByTopic':
      return listed(api, existing(field(form, 'TopicArn'), topics))
    default:
      throw new Refused('InvalidAction', `The action ${action} is not served on one machine`)
  }
}

const listed = ({ topics, place }: SnsApi, topic?: string): Xml => ({
  Subscriptions: {
    member: topics
      .subscriptions()
      .filter(({ topicArn }) => topic === undefined || topicArn === topic)
      .map(({ arn, topicArn, protocol, endpoint }) => ({
        SubscriptionArn: arn,
        Owner: place.account,
        Protocol: protocol,
        Endpoint: endpoint,
        TopicArn: topicArn,
      })),
  },
})

function publish(form: URLSearchParams, topics: Topics): Promise<string> {
  const message = form.get('Message') ?? ''
  if (message === '') throw new Refused('InvalidParameter', 'Invalid parameter: Empty message')
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES)
    throw new Refused('InvalidParameter', 'Invalid parameter: Message too long')
  const subject = form.get('Subject') ?? undefined
  if (subject !== undefined && !/^[\x20-\x7e]{1,100}$/.test(subject))
    throw new Refused('InvalidParameter', 'Invalid parameter: Subject')
  const perProtocol = form.get('MessageStructure') === 'json'
  if (perProtocol && !hasDefault(message))
    throw new Refused(
      'InvalidParameter',
      'Invalid parameter: Message Structure - No default entry in JSON message body',
    )
  const publication: Publication = { message, subject, perProtocol, attributes: attributes(form) }
  const number = form.get('PhoneNumber')
  if (number !== null) return topics.text(number, publication)
  return topics.publish(existing(form.get('TopicArn') ?? field(form, 'TargetArn'), topics), publication)
}

function subscribe(form: URLSearchParams, { topics, queues, functions }: SnsApi): Promise<string> {
  const topicArn = existing(field(form, 'TopicArn'), topics)
  const protocol = field(form, 'Protocol')
  const endpoint = field(form, 'Endpoint')
  const served =
    protocol === 'sqs'
      ? queues.some(({ arn }) => arn === endpoint)
      : protocol === 'lambda'
        ? functions.some(({ arn }) => arn === endpoint)
        : ['email', 'email-json', 'sms'].includes(protocol) || isWebhook(protocol)
  if (isWebhook(protocol) && !(URL.canParse(endpoint) && new URL(endpoint).protocol === `${protocol}:`))
    throw new Refused('InvalidParameter', 'Invalid parameter: Endpoint must match the specified protocol')
  if (!served)
    throw new Refused('InvalidParameter', `Invalid parameter: ${protocol} to ${endpoint} is not served on one machine`)
  const settings = entries(form, 'Attributes', 'key', 'value')
  const other = settings.find(([name]) => name !== 'RawMessageDelivery')
  if (other) throw new Refused('InvalidParameter', `Invalid parameter: ${other[0]} is not served on one machine`)
  return topics.subscribe({ topicArn, protocol, endpoint, raw: settings.some(([, value]) => value === 'true') })
}

/** The ARN of a subscription, which is confirmed already. */
function confirmed(form: URLSearchParams, topics: Topics): string {
  const [topicArn, token] = [existing(field(form, 'TopicArn'), topics), field(form, 'Token')]
  const found = topics.subscriptions().find((one) => one.topicArn === topicArn && tokenOf(one.arn) === token)
  if (!found) throw new Refused('InvalidParameter', 'Invalid parameter: Token')
  return found.arn
}

function existing(arn: string, topics: Topics): string {
  if (!topics.topics().includes(arn)) throw new Refused('NotFound', 'Topic does not exist', 404)
  return arn
}

function field(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (!value) throw new Refused('InvalidParameter', `Invalid parameter: ${name}`)
  return value
}

/** Numbered pairs of a form, such as `Attributes.entry.1.key`. */
function entries(form: URLSearchParams, list: string, key: string, value: string): [string, string][] {
  // Each look into a form goes through all of it.
  const fields = new Map(form)
  const found: [string, string][] = []
  for (let index = 1; ; index += 1) {
    const name = fields.get(`${list}.entry.${index}.${key}`)
    if (name === undefined) return found
    found.push([name, fields.get(`${list}.entry.${index}.${value}`) ?? ''])
  }
}

function attributes(form: URLSearchParams): Publication['attributes'] {
  const types = new Map(entries(form, 'MessageAttributes', 'Name', 'Value.DataType'))
  const texts = entries(form, 'MessageAttributes', 'Name', 'Value.StringValue')
  return Object.fromEntries(texts.map(([name, Value]) => [name, { Type: types.get(name) ?? 'String', Value }]))
}

function hasDefault(message: string): boolean {
  try {
    const texts: unknown = JSON.parse(message)
    return typeof texts === 'object' && texts !== null && 'default' in texts && typeof texts.default === 'string'
  } catch {
    return false
  }
}
