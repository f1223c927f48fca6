// Topics and who has subscribed to them: those of the template, and those that clients have made.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../aws/clock.ts'
import type { LocalMessage } from '../aws/runtime.ts'
import type { Database } from '../aws/table/sqlite-database.ts'
import { uuidOf } from '../aws/token.ts'
import type { Carrier } from './carrier.ts'
import { Json, parseJson } from './json.ts'
import type { Outgoing } from './message-store.ts'
import type { SubscriptionSpec, Wiring } from './template.ts'
import { isWebhook, toWebhook } from './webhooks.ts'

export interface Publication {
  readonly message: string
  readonly subject: string | undefined
  /** The message is JSON with one text per protocol, and a default. */
  readonly perProtocol: boolean
  readonly attributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>
}

export interface Subscription extends SubscriptionSpec {
  readonly arn: string
}

interface Options {
  readonly database: Database
  readonly clock: Clock
  readonly wiring: Wiring
  readonly carrier: Carrier
  readonly url: string
  readonly send: (messages: readonly Outgoing[]) => Promise<void>
  /** Takes the states of alarms from what comes by. */
  readonly hear: (inputs: readonly unknown[]) => Promise<void>
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS local_topic (arn TEXT NOT NULL PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS local_subscription (
    arn TEXT NOT NULL PRIMARY KEY, topic TEXT NOT NULL, protocol TEXT NOT NULL, endpoint TEXT NOT NULL, raw INTEGER NOT NULL
  ) STRICT;`

export class Topics {
  readonly #options: Options

  private constructor(options: Options) {
    this.#options = options
  }

  static async open(options: Options): Promise<Topics> {
    await options.database.write((db) => db.exec(SCHEMA))
    return new Topics(options)
  }

  topics(): string[] {
    const made = this.#options.database.read((db) => db.prepare('SELECT arn FROM local_topic ORDER BY rowid').all())
    return [...new Set([...this.#options.wiring.topics, ...made.map((row) => String(row['arn']))])]
  }

  subscriptions(): Subscription[] {
    const made = this.#options.database
      .read((db) => db.prepare('SELECT * FROM local_subscription ORDER BY rowid').all())
      .map((row) => ({
        arn: String(row['arn']),
        topicArn: String(row['topic']),
        protocol: String(row['protocol']),
        endpoint: String(row['endpoint']),
        raw: row['raw'] === 1,
      }))
    const wired = this.#options.wiring.subscriptions.map((spec) => ({ ...spec, arn: subscriptionArn(spec) }))
    return [...wired, ...made]
  }

  /** Makes the topic unless it is there. */
  async create(arn: string): Promise<void> {
    await this.#options.database.write((db) =>
      db.prepare('INSERT INTO local_topic (arn) VALUES (?) ON CONFLICT DO NOTHING').run(arn),
    )
  }

  /** Subscribes, confirmed at once, also where an endpoint is asked; the same subscription again is the same. Answers its ARN. */
  async subscribe(spec: SubscriptionSpec): Promise<string> {
    const arn = subscriptionArn(spec)
    if (this.subscriptions().some((one) => one.arn === arn)) return arn
    await this.#options.database.write((db) =>
      db
        .prepare('INSERT INTO local_subscription (arn, topic, protocol, endpoint, raw) VALUES (?, ?, ?, ?, ?)')
        .run(arn, spec.topicArn, spec.protocol, spec.endpoint, spec.raw ? 1 : 0),
    )
    if (isWebhook(spec.protocol)) await this.#options.send([this.#confirmation({ ...spec, arn })])
    return arn
  }

  /** Ends a subscription that a client has made, if there is one of the ARN. */
  async unsubscribe(arn: string): Promise<void> {
    await this.#options.database.write((db) => db.prepare('DELETE FROM local_subscription WHERE arn = ?').run(arn))
  }

  /** Publishes to a topic; on disk for every subscription when it settles. Answers the message's id. */
  async publish(topicArn: string, publication: Publication): Promise<string> {
    const id = randomUUID()
    const subscriptions = this.subscriptions().filter((subscription) => subscription.topicArn === topicArn)
    const messages = subscriptions.flatMap((subscription): Outgoing[] => {
      const { protocol, endpoint, raw } = subscription
      if (protocol === 'sqs') {
        const attributes = raw ? queueAttributes(publication) : undefined
        return [{ queue: endpoint, body: this.#queueBody(id, subscription, publication), attributes }]
      }
      if (isWebhook(protocol)) return [this.#webhook(id, subscription, publication)]
      return protocol === 'lambda'
        ? [{ queue: endpoint, body: this.#invocationBody(id, subscription, publication) }]
        : []
    })
    // One turn, one commit.
    await Promise.all([this.#options.send(messages), this.#options.hear(alarmsIn(publication))])
    for (const { arn, protocol, endpoint } of subscriptions) {
      const type = PEOPLE[protocol]
      if (type) await this.#carry(`${id} ${arn}`, type, endpoint, textFor(protocol, publication), publication.subject)
    }
    // The last resort is shown in any case. Where nobody has subscribed, AWS drops it; here it is shown, so that it can be missed.
    if (subscriptions.length === 0 || topicArn === this.#options.wiring.outputs['LastResortTopicArn'])
      await this.#carry(id, 'SNS', topicArn, textFor('default', publication), publication.subject)
    return id
  }

  /** Sends a text message to a telephone number. Answers its id. */
  async text(number: string, publication: Publication): Promise<string> {
    const id = randomUUID()
    await this.#carry(id, 'SMS', number, textFor('sms', publication), undefined)
    return id
  }

  #carry(id: string, type: LocalMessage['type'], address: string, body: string, subject?: string): Promise<void> {
    const at = this.#options.clock.now()
    return this.#options.carrier.carry({ id, at, type, address, body, ...(subject === undefined ? {} : { subject }) })
  }

  #queueBody(id: string, subscription: Subscription, publication: Publication): string {
    const text = textFor(subscription.protocol, publication)
    return subscription.raw ? text : JSON.stringify(this.#envelope(id, subscription, text, publication))
  }

  #webhook(messageId: string, subscription: Subscription, publication: Publication): Outgoing {
    const { arn: subscriptionArn, topicArn, endpoint, raw } = subscription
    const body = this.#queueBody(messageId, subscription, publication)
    return toWebhook({ endpoint, topicArn, subscriptionArn, messageId, type: 'Notification', raw, body })
  }

  /** Whoever waits for it may confirm what is confirmed already. */
  #confirmation(subscription: Subscription): Outgoing {
    const { arn, topicArn, endpoint } = subscription
    const messageId = randomUUID()
    const Token = tokenOf(arn)
    const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token })
    const { UnsubscribeURL: _, ...envelope } = this.#envelope(messageId, subscription, CONFIRM)
    const SubscribeURL = `${this.#options.url}/?${query.toString()}`
    const body = JSON.stringify({ ...envelope, Type: 'SubscriptionConfirmation', Token, SubscribeURL })
    const type = 'SubscriptionConfirmation'
    return toWebhook({ endpoint, topicArn, subscriptionArn: arn, messageId, type, raw: false, body })
  }

  #invocationBody(id: string, subscription: Subscription, publication: Publication): string {
    const { SigningCertURL, UnsubscribeURL, ...rest } = this.#envelope(
      id,
      subscription,
      textFor('lambda', publication),
      publication,
    )
    const Sns = { ...rest, SigningCertUrl: SigningCertURL, UnsubscribeUrl: UnsubscribeURL }
    const Record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscription.arn, Sns }
    return JSON.stringify({ Records: [Record] })
  }

  /** What SNS puts around a message. The signature is none: there is nobody to check it against. */
  #envelope(id: string, { arn, topicArn }: Subscription, message: string, beside?: Publication) {
    const { subject, attributes = {} } = beside ?? {}
    return {
      Type: 'Notification',
      MessageId: id,
      TopicArn: topicArn,
      ...(subject === undefined ? {} : { Subject: subject }),
      Message: message,
      Timestamp: this.#options.clock.now().toISOString(),
      SignatureVersion: '1',
      Signature: 'bG9jYWw=',
      SigningCertURL: `${this.#options.url}/local.pem`,
      UnsubscribeURL: `${this.#options.url}/?Action=Unsubscribe&SubscriptionArn=${arn}`,
      ...(Object.keys(attributes).length > 0 ? { MessageAttributes: attributes } : {}),
    }
  }
}

const CONFIRM = 'You have chosen to subscribe to the topic. To confirm the subscription, visit the SubscribeURL.'

/** What an endpoint shows to confirm its subscription. */
export const tokenOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1)

/** The protocols by which people are told. */
const PEOPLE: Readonly<Record<string, LocalMessage['type']>> = { sms: 'SMS', email: 'EMAIL', 'email-json': 'EMAIL' }

const subscriptionArn = ({ topicArn, protocol, endpoint }: SubscriptionSpec): string =>
  `${topicArn}:${uuidOf(`${topicArn} ${protocol} ${endpoint}`)}`

/** What SNS hands on beside the body where a subscription has raw message delivery. */
function queueAttributes({ attributes }: Publication): string | undefined {
  const entries = Object.entries(attributes).map(([name, { Type, Value }]) => [
    name,
    { DataType: Type, StringValue: Value },
  ])
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries))
}

/** The alarm's notification that a message is; most are none, and are not parsed. */
function alarmsIn({ message }: Publication): unknown[] {
  if (!message.includes('"NewStateValue"')) return []
  try {
    return [JSON.parse(message)]
  } catch {
    return []
  }
}

function textFor(protocol: string, { message, perProtocol }: Publication): string {
  if (!perProtocol) return message
  const texts: Json = parseJson(message, 'Message')
  return texts.get(protocol).optionalString() ?? texts.get('default').string()
}
