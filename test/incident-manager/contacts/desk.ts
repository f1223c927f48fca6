// An incident manager's desk for tests: a table in memory, a clock that stands, and a carrier that keeps what it was given.
import { listPageReceipts } from '../../../lib/incident-manager/operations/contacts/list-page-receipts.ts'
import type { ChannelType } from '@aws-sdk/client-ssm-contacts'
import { Logger } from '@aws-lambda-powertools/logger'
import { INDEXES } from '../../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../../lib/aws/table/sqlite.ts'
import type { Table } from '../../../lib/aws/table/table.ts'
import type { Context } from '../../../lib/incident-manager/context.ts'
import type { ChannelMessage, Sent } from '../../../lib/incident-manager/delivery/delivery.ts'
import { acceptPage } from '../../../lib/incident-manager/operations/contacts/accept-page.ts'
import { activateContactChannel } from '../../../lib/incident-manager/operations/contacts/activate-contact-channel.ts'
import { createContactChannel } from '../../../lib/incident-manager/operations/contacts/create-contact-channel.ts'
import { createContact } from '../../../lib/incident-manager/operations/contacts/create-contact.ts'
import { startEngagement } from '../../../lib/incident-manager/operations/contacts/start-engagement.ts'
import { updateContact } from '../../../lib/incident-manager/operations/contacts/update-contact.ts'
import { runDue } from '../../../lib/incident-manager/run-due.ts'
import { incidentItem } from '../../../lib/incident-manager/store/incidents.ts'
import { replicationSetKey, timelineOf } from '../../../lib/incident-manager/store/keys.ts'
import { readTimelineEvent } from '../../../lib/incident-manager/store/timeline.ts'
import { pageTokens } from '../../../lib/incident-manager/store/page-tokens.ts'

export const START = new Date('2026-03-01T12:00:00.000Z')
export const contactArn = (alias: string): string => `arn:aws:ssm-contacts:us-east-1:111122223333:contact/${alias}`
const INCIDENT_ID = '0f0e0d0c-0000-4000-8000-000000000001'
export const INCIDENT = `arn:aws:ssm-incidents::111122223333:incident-record/shop/${INCIDENT_ID}`

/** Calls `before` ahead of every call of a table, and `after` when it has taken effect. */
export function watched(
  table: Table,
  before: (method: keyof Table, about: string) => void,
  after: () => void = () => undefined,
): Table {
  const watch =
    <Input extends unknown[], Output>(method: keyof Table, call: (...input: Input) => Promise<Output>) =>
    async (...input: Input): Promise<Output> => {
      before(method, JSON.stringify(input[0]))
      const output = await call(...input)
      after()
      return output
    }
  return {
    get: watch('get', (key) => table.get(key)),
    put: watch('put', (item, condition) => table.put(item, condition)),
    update: watch('update', (key, change, condition) => table.update(key, change, condition)),
    delete: watch('delete', (key, condition) => table.delete(key, condition)),
    query: watch('query', (query) => table.query(query)),
  }
}

export interface Desk {
  readonly context: Context
  readonly messages: ChannelMessage[]
  readonly published: { readonly topicArn: string; readonly message: object }[]
  /** What the carrier answers from now on. */
  carrier: (message: ChannelMessage) => Sent
  advance(minutes: number): Date
  /** Advances and lets run what is due. */
  sweep(minutes: number): Promise<{ done: number; failed: number }>
}

/** A desk with an ACTIVE replication set and nothing else. */
export async function openDesk(): Promise<Desk> {
  let now = START
  const messages: ChannelMessage[] = []
  const published: Desk['published'] = []
  const context: Context = {
    clock: { now: () => now },
    measure: () => {},
    place: { account: '111122223333', region: 'us-east-1' },
    caller: 'arn:aws:iam::111122223333:user/tester',
    table: sqliteTable(openDatabase(':memory:'), 'incidents', INDEXES),
    pageTokens: pageTokens(() => Promise.resolve(new Uint8Array(32))),
    logger: new Logger(),
    delivery: {
      send: (message) => {
        const answer = desk.carrier(message)
        if (answer.sent && !messages.some(({ key }) => key === message.key)) messages.push(message)
        return Promise.resolve(answer)
      },
      publish: (topicArn, message) => {
        published.push({ topicArn, message })
        return Promise.resolve()
      },
    },
  }
  const desk: Desk = {
    context,
    messages,
    published,
    carrier: () => ({ sent: true }),
    advance: (minutes) => (now = new Date(now.getTime() + minutes * 60_000)),
    sweep: (minutes) => {
      desk.advance(minutes)
      return runDue(context)
    },
  }
  await context.table.put({
    ...replicationSetKey,
    arn: 'arn:aws:ssm-incidents::111122223333:replication-set/1',
    status: 'ACTIVE',
  })
  return desk
}

/** A person with one activated channel that their plan pages at once. */
export async function person(
  { context, messages }: Desk,
  alias: string,
  { minutes = 5, retryMinutes = 0, type = 'SMS' }: { minutes?: number; retryMinutes?: number; type?: ChannelType } = {},
): Promise<{ arn: string; channelArn: string }> {
  const { ContactArn: arn = '' } = await createContact(
    { Alias: alias, Type: 'PERSONAL', Plan: { Stages: [] } },
    context,
  )
  const address = { SimpleAddress: type === 'EMAIL' ? `${alias}@example.com` : '+15005550100' }
  const { ContactChannelArn: channelArn = '' } = await createContactChannel(
    { ContactId: arn, Name: 'first', Type: type, DeliveryAddress: address },
    context,
  )
  const code = messages.pop()?.code
  await activateContactChannel({ ContactChannelId: channelArn, ActivationCode: code }, context)
  const target = { ChannelTargetInfo: { ContactChannelId: channelArn, RetryIntervalInMinutes: retryMinutes } }
  await updateContact(
    { ContactId: arn, Plan: { Stages: [{ DurationInMinutes: minutes, Targets: [target] }] } },
    context,
  )
  return { arn, channelArn }
}

/** An escalation plan that engages one contact after the other, five minutes apart. */
export async function escalation(
  { context }: Desk,
  alias: string,
  contacts: readonly { readonly arn: string; readonly essential?: boolean }[],
): Promise<string> {
  const stages = contacts.map(({ arn, essential = false }) => ({
    DurationInMinutes: 5,
    Targets: [{ ContactTargetInfo: { ContactId: arn, IsEssential: essential } }],
  }))
  const { ContactArn = '' } = await createContact(
    { Alias: alias, Type: 'ESCALATION', Plan: { Stages: stages } },
    context,
  )
  return ContactArn
}

const WORDS = { Sender: 'tests', Subject: 'Checkout is down', Content: 'All of it, since noon.' }

/** Engages a contact, for the desk's incident unless told otherwise. */
export async function start(
  { context }: Desk,
  contact: string,
  more: { IncidentId?: string; IdempotencyToken?: string; PublicSubject?: string } = { IncidentId: INCIDENT },
): Promise<string> {
  const { EngagementArn = '' } = await startEngagement({ ContactId: contact, ...WORDS, ...more }, context)
  return EngagementArn
}

/** Accepts the page that a message told of, with its code. */
export async function accept({ context }: Desk, message: ChannelMessage | undefined): Promise<void> {
  await acceptPage({ PageId: message?.pageArn, AcceptType: 'READ', AcceptCode: message?.code }, context)
}

/** The record of the incident that engagements here are for. */
export async function openIncident({ context }: Desk): Promise<void> {
  await context.table.put(
    incidentItem({
      incidentId: INCIDENT_ID,
      arn: INCIDENT,
      planName: 'shop',
      title: 'Checkout is down',
      status: 'OPEN',
      impact: 1,
      creationTime: START,
      lastModifiedTime: START,
      lastModifiedBy: context.caller,
      createdBy: context.caller,
      source: 'aws.ssm-incidents.custom',
      dedupeString: 'checkout',
      token: 'token',
      parameters: 'parameters',
      customEvents: 0,
    }),
  )
}

/** What the timeline of the incident says, oldest first. */
export async function timeline({ context }: Desk): Promise<string[]> {
  const { items } = await context.table.query({ index: 'list', partition: timelineOf(INCIDENT_ID) })
  return items.map((item) => readTimelineEvent(item).eventType)
}

/** The desk's context as on DynamoDB a moment after a write: its indexes do not show it yet. */
export function withLaggingIndexes({ context }: Desk): Context {
  const { table } = context
  const query: Table['query'] = (query) => (query.index ? Promise.resolve({ items: [] }) : table.query(query))
  return { ...context, table: { ...table, query } }
}

/** Whom the desk's messages went to, by alias, in order. */
export const pagedBy = (desk: Desk): string[] => desk.messages.map((message) => message.contactArn.split('/')[1] ?? '')

export async function receiptsOf(desk: Desk, PageId: string | undefined): Promise<string[]> {
  const { Receipts = [] } = await listPageReceipts({ PageId }, desk.context)
  return Receipts.map(({ ReceiptType }) => ReceiptType ?? '')
}
