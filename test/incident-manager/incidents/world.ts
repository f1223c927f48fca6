// A small world to call operations in: a table in memory, a clock that stands still, a delivery that writes down what leaves.
import { Logger } from '@aws-lambda-powertools/logger'
import type { CreateResponsePlanCommandInput, StartIncidentCommandInput } from '@aws-sdk/client-ssm-incidents'
import { INDEXES } from '../../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../../lib/aws/table/sqlite.ts'
import type { Item, Key, Table } from '../../../lib/aws/table/table.ts'
import type { Context } from '../../../lib/incident-manager/context.ts'
import type { ChannelMessage } from '../../../lib/incident-manager/delivery/delivery.ts'
import { createReplicationSet } from '../../../lib/incident-manager/operations/incidents/create-replication-set.ts'
import { createResponsePlan } from '../../../lib/incident-manager/operations/incidents/create-response-plan.ts'
import { getTimelineEvent } from '../../../lib/incident-manager/operations/incidents/get-timeline-event.ts'
import { listTimelineEvents } from '../../../lib/incident-manager/operations/incidents/list-timeline-events.ts'
import { settleIncident } from '../../../lib/incident-manager/operations/incidents/settle.ts'
import { startIncident } from '../../../lib/incident-manager/operations/incidents/start-incident.ts'
import { arnOfChannel, arnOfContact, channelItem, contactItem } from '../../../lib/incident-manager/store/contacts.ts'
import { DUE_SHARDS } from '../../../lib/aws/table/due.ts'
import { pageTokens } from '../../../lib/incident-manager/store/page-tokens.ts'

export const CALLER = 'arn:aws:sts::111122223333:assumed-role/Admin/ana'
export const TOPIC = 'arn:aws:sns:us-east-1:111122223333:incidents'
export const CHAT = 'arn:aws:sns:us-east-1:111122223333:chat'
export const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/payments'
export const ALARM = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-errors'
/** An incident that never was. */
export const GONE = 'arn:aws:ssm-incidents::111122223333:incident-record/payments/00000000-0000-8000-8000-000000000000'

export interface Published {
  readonly topicArn: string
  readonly message: Record<string, unknown>
}

export interface World {
  readonly context: Context
  readonly now: Date
  /** Moves the clock. */
  advance(minutes: number): void
  /** The calls that the table has had since it was last asked, as `put record`. */
  calls(): string[]
  /** Lets so many more table calls through; every later one throws. The last one takes effect and throws, too, if `after`. */
  breakAfter(calls: number, after?: boolean): void
  repair(): void
  readonly published: Published[]
  readonly sent: ChannelMessage[]
  /** Topics that refuse. */
  readonly refusing: Set<string>
  /** What a sweep does: settles everything that is due by now. */
  sweep(): Promise<void>
  /** All items, for comparing how two stories ended. */
  items(): Promise<Item[]>
}

export function world(): World {
  const database = openDatabase(':memory:')
  const real = sqliteTable(database, 'incidents', INDEXES)
  let now = new Date('2026-03-01T10:00:00.000Z')
  let calls: string[] = []
  let left = Infinity
  let effective = false
  const guard = async <T>(name: string, key: Key | undefined, call: () => Promise<T>): Promise<T> => {
    calls.push(key ? `${name} ${key.sk.replace(/#.*/u, '')}` : name)
    left--
    if (left < 0) throw new Error('The process has died')
    const answer = await call()
    if (left === 0 && effective) throw new Error('The process has died')
    return answer
  }
  const table: Table = {
    get: (key) => guard('get', key, () => real.get(key)),
    put: (item, condition) => guard('put', item, () => real.put(item, condition)),
    update: (key, change, condition) => guard('update', key, () => real.update(key, change, condition)),
    delete: (key, condition) => guard('delete', key, () => real.delete(key, condition)),
    query: (query) => guard('query', undefined, () => real.query(query)),
  }
  const published: Published[] = []
  const sent: ChannelMessage[] = []
  const refusing = new Set<string>()
  const context: Context = {
    clock: { now: () => now },
    measure: () => {},
    place: { account: '111122223333', region: 'us-east-1' },
    caller: CALLER,
    table,
    pageTokens: pageTokens(async () => new Uint8Array(32)),
    delivery: {
      async send(message) {
        sent.push(message)
        return { sent: true }
      },
      async publish(topicArn, message) {
        if (refusing.has(topicArn)) throw new Error('No such topic')
        published.push({ topicArn, message: { ...message } })
      },
    },
    logger: new Logger({ serviceName: 'test', logLevel: 'SILENT' }),
  }
  return {
    context,
    get now() {
      return now
    },
    advance(minutes) {
      now = new Date(now.getTime() + minutes * 60_000)
    },
    calls() {
      const since = calls
      calls = []
      return since
    },
    breakAfter(count, after = false) {
      left = count
      effective = after
    },
    repair() {
      left = Infinity
    },
    published,
    sent,
    refusing,
    async sweep() {
      for (const partition of DUE_SHARDS) {
        const { items } = await real.query({ index: 'due', partition, range: { to: now.toISOString() } })
        for (const { pk, sk } of items)
          if (!/^(?:engagement|page)$/u.test(sk)) await settleIncident(context, { pk, sk })
      }
    },
    async items() {
      const rows = database.read((db) => db.prepare('SELECT doc FROM incidents ORDER BY pk, sk').all())
      return rows.map(({ doc }): Item => JSON.parse(String(doc)))
    },
  }
}

/** The same with a replication set and a plan named payments. */
export async function worldWithPlan(plan: Partial<CreateResponsePlanCommandInput> = {}): Promise<World> {
  const made = world()
  await createReplicationSet({ clientToken: 'set', regions: { 'us-east-1': {} } }, made.context)
  await createResponsePlan(
    { clientToken: 'plan', name: 'payments', incidentTemplate: { title: 'Payments fail', impact: 2 }, ...plan },
    made.context,
  )
  made.calls()
  return made
}

/** An on-call person with one SMS channel that is told at once. */
export async function withPerson(made: World, alias: string): Promise<string> {
  const { place, table } = made.context
  const arn = arnOfContact(place, alias)
  const channelArn = arnOfChannel(place, alias, 'phone')
  await table.put(
    contactItem({
      alias,
      arn,
      type: 'PERSONAL',
      stages: [{ durationMinutes: 5, targets: [{ kind: 'channel', channelArn, retryMinutes: 1 }] }],
      rotationArns: [],
    }),
  )
  await table.put(
    channelItem({
      alias,
      id: 'phone',
      arn: channelArn,
      name: 'phone',
      type: 'SMS',
      address: '+15005550006',
      activated: true,
    }),
  )
  made.calls()
  return arn
}

export const alarmStart = (
  token: string,
  more: Partial<StartIncidentCommandInput> = {},
): StartIncidentCommandInput => ({
  clientToken: token,
  responsePlanArn: PLAN,
  triggerDetails: { source: 'aws.cloudwatch', triggerArn: ALARM, timestamp: new Date('2026-03-01T09:59:00.000Z') },
  ...more,
})

export async function start(made: World, input: StartIncidentCommandInput): Promise<string> {
  const { incidentRecordArn } = await startIncident(input, made.context)
  if (incidentRecordArn === undefined) throw new Error('StartIncident answered no ARN')
  return incidentRecordArn
}

/** The timeline, oldest first: type and data of each event. */
export async function timelineOf(made: World, incidentRecordArn: string): Promise<{ type: string; data: unknown }[]> {
  const { eventSummaries = [] } = await listTimelineEvents(
    { incidentRecordArn, sortOrder: 'ASCENDING', maxResults: 100 },
    made.context,
  )
  return Promise.all(
    eventSummaries.map(async ({ eventId }) => {
      const { event } = await getTimelineEvent({ incidentRecordArn, eventId }, made.context)
      const data: unknown = event?.eventType?.startsWith('SSM') ? JSON.parse(event.eventData ?? '') : event?.eventData
      return { type: event?.eventType ?? '', data }
    }),
  )
}

export const typesOf = async (made: World, arn: string): Promise<string[]> =>
  (await timelineOf(made, arn)).map(({ type }) => type).toSorted()

/** A second plan, named paged, that engages these contacts. Answers its ARN. */
export async function planEngaging(made: World, engagements: string[]): Promise<string> {
  const { arn } = await createResponsePlan(
    { clientToken: 'paged', name: 'paged', incidentTemplate: { title: 'Paged', impact: 1 }, engagements },
    made.context,
  )
  made.calls()
  return arn ?? ''
}

/** What the timeline says has been changed, oldest first. */
export const updatesOf = async (made: World, arn: string): Promise<unknown[]> =>
  (await timelineOf(made, arn)).filter(({ type }) => type === 'SSM Incident Record Update').map(({ data }) => data)
