// A whole system in simulated time, spoken to only through the official clients and the local contract.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { ListTopicsCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import {
  AcceptPageCommand,
  type Engagement,
  paginateListEngagements,
  paginateListPagesByEngagement,
  type Page,
  SSMContactsClient,
} from '@aws-sdk/client-ssm-contacts'
import {
  GetIncidentRecordCommand,
  GetTimelineEventCommand,
  type IncidentRecord,
  paginateListIncidentRecords,
  paginateListRelatedItems,
  paginateListTimelineEvents,
  type RelatedItem,
  SSMIncidentsClient,
  UpdateIncidentRecordCommand,
} from '@aws-sdk/client-ssm-incidents'
import type { LocalMessage } from '../../lib/aws/runtime.ts'
import { startSystem, type System, type SystemOptions } from '../../lib/local/system.ts'
import { dynaliteEngine } from '../dynalite.ts'
import { leaksSince, logMark, logsSince } from '../logs.ts'

export const START = new Date('2026-03-01T03:00:00.000Z')

const RULES = `
version: 1
defaults:
  plan: default
  unmatched: {aws: ignore}
  resolve: {after: 10m, mode: unless-human}
ignore:
  - id: autoscaling
    reason: scaling signal
    match: {detail: {alarmName: [{prefix: TargetTracking-}]}}
rules:
  - id: payments
    match: {source: [aws.cloudwatch], detail: {alarmName: [{prefix: pay-}]}}
    open: {title: "\${detail.alarmName} (\${region})", impact: 2, dedupe: "\${resources.0}",
           links: [{title: Runbook, url: "https://wiki.example.com/\${detail.alarmName}"}]}
    escalate: [{unacknowledgedFor: 15m, engage: [manager], impact: 1, repeat: 3}]
  - id: shared
    match: {detail: {alarmName: [{prefix: shared-}]}}
    open: {plan: shared}
  - id: answered
    match: {detail: {alarmName: [{prefix: auto-}]}}
    autoAcknowledge: [answered-elsewhere]
`

export type Engine = 'sqlite' | 'dynamodb'

export interface TimelineEntry {
  readonly type: string
  readonly at: Date
  readonly data: Record<string, unknown>
}

export interface AlarmEvent {
  readonly name: string
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  /** Another event of the same change has another id. */
  readonly at?: Date
  readonly threshold?: number
  readonly previous?: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  readonly composite?: boolean
  readonly suppressedBy?: 'Alarm' | 'WaitPeriod'
  readonly mutedUntil?: Date
}

export class Rehearsal {
  readonly system: System
  readonly incidents: SSMIncidentsClient
  readonly contacts: SSMContactsClient
  readonly events: EventBridgeClient
  readonly topics: SNSClient
  readonly #cleanUp: () => Promise<void>
  readonly #mark = logMark()

  private constructor(system: System, cleanUp: () => Promise<void>) {
    const settings = {
      endpoint: system.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'responder', secretAccessKey: 'any' },
    }
    this.system = system
    this.incidents = new SSMIncidentsClient(settings)
    this.contacts = new SSMContactsClient(settings)
    this.events = new EventBridgeClient(settings)
    this.topics = new SNSClient(settings)
    this.#cleanUp = cleanUp
  }

  static async start(engine: Engine, options: Partial<SystemOptions> = {}, rules = RULES): Promise<Rehearsal> {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
    const file = join(folder, 'rules.yml')
    writeFileSync(file, rules)
    const dynamodb = engine === 'dynamodb' ? await dynaliteEngine() : undefined
    const system = await startSystem({
      port: 0,
      data: ':memory:',
      clock: 'simulated',
      startAt: START,
      rules: file,
      seed: true,
      region: 'us-east-1',
      ...(dynamodb ? { tables: dynamodb.table, idempotency: dynamodb.idempotency } : {}),
      ...options,
    })
    return new Rehearsal(system, async () => {
      await system.close()
      await dynamodb?.close()
      rmSync(folder, { recursive: true })
    })
  }

  /** Every story ends so: whatever it was about, nothing that nobody may read is in the log of the functions. */
  async close(): Promise<void> {
    const messages = await this.system.messages()
    const secrets = messages.flatMap(({ address, code }) => (address.startsWith('arn:') ? [] : [address, code ?? '']))
    const leaks = leaksSince(this.#mark, [...new Set(secrets)])
    if (leaks.length) throw new Error(`the log holds what nobody may read:\n${leaks.join('')}`)
    for (const client of [this.incidents, this.contacts, this.events, this.topics]) client.destroy()
    await this.#cleanUp()
  }

  /** Puts alarm changes on the bus as CloudWatch does, and waits until everything they set off is done. */
  async alarm(...changes: readonly AlarmEvent[]): Promise<void> {
    const entries = changes.map((change) => alarmEntry(change, this.system.now()))
    for (let at = 0; at < entries.length; at += 10) {
      const { FailedEntryCount } = await this.events.send(new PutEventsCommand({ Entries: entries.slice(at, at + 10) }))
      if (FailedEntryCount) throw new Error(`${FailedEntryCount} entries were refused`)
    }
    await this.system.idle()
  }

  /** As CloudWatch tells of an alarm that somebody deleted. */
  async deleteAlarm(name: string): Promise<void> {
    const arn = `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`
    const configuration = { timestamp: this.system.now().toISOString() }
    const detail = { alarmName: name, operation: 'delete', state: { value: 'ALARM' }, configuration }
    await this.put('aws.cloudwatch', 'CloudWatch Alarm Configuration Change', detail, [arn])
  }

  /** CloudWatch knows of it, but nobody tells the automation: it is published to a topic that nobody reads. */
  async setAlarm(name: string, state: 'OK' | 'ALARM'): Promise<void> {
    const AlarmArn = `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`
    const StateChangeTime = this.system.now().toISOString()
    const change = { AlarmName: name, AlarmArn, NewStateValue: state, NewStateReason: 'Threshold Crossed' }
    await this.publish('self-watch', { ...change, StateChangeTime })
  }

  /** What the last resort was told, oldest first. */
  async lastResorts(): Promise<LocalMessage[]> {
    return (await this.system.messages()).filter(({ address }) => address.endsWith('last-resort')).toReversed()
  }

  /** As a person does. */
  async resolve(arn: string): Promise<void> {
    await this.incidents.send(new UpdateIncidentRecordCommand({ arn, status: 'RESOLVED' }))
    await this.system.idle()
  }

  async put(source: string, detailType: string, detail: object, resources: string[] = []): Promise<void> {
    const Time = this.system.now()
    await this.events.send(
      new PutEventsCommand({
        Entries: [
          { Source: source, DetailType: detailType, Detail: JSON.stringify(detail), Resources: resources, Time },
        ],
      }),
    )
    await this.system.idle()
  }

  /** Publishes to the template's topic whose name ends so. */
  async publish(topic: string, message: object): Promise<void> {
    const { Topics = [] } = await this.topics.send(new ListTopicsCommand({}))
    const TopicArn = Topics.find((each) => each.TopicArn?.endsWith(topic))?.TopicArn
    await this.topics.send(new PublishCommand({ TopicArn, Message: JSON.stringify(message) }))
    await this.system.idle()
  }

  minutes(count: number): Promise<Date> {
    return this.system.advance(count * 60_000)
  }

  /** What has been sent, oldest first, activation codes of the seed left out. */
  async pages(): Promise<LocalMessage[]> {
    const messages = await this.system.messages()
    return messages.filter(({ pageArn }) => pageArn !== undefined).toReversed()
  }

  async records(): Promise<IncidentRecord[]> {
    const records: IncidentRecord[] = []
    for await (const { incidentRecordSummaries } of paginateListIncidentRecords({ client: this.incidents }, {}))
      for (const { arn } of incidentRecordSummaries ?? []) records.push(await this.record(arn ?? ''))
    return records.toReversed()
  }

  /** What the functions have logged since the story began. */
  logs(): ReturnType<typeof logsSince> {
    return logsSince(this.#mark)
  }

  async record(arn: string): Promise<IncidentRecord> {
    const { incidentRecord } = await this.incidents.send(new GetIncidentRecordCommand({ arn }))
    if (!incidentRecord) throw new Error(`no incident ${arn}`)
    return incidentRecord
  }

  /** The only incident there is. */
  async incident(): Promise<IncidentRecord & { arn: string }> {
    const [record, ...others] = await this.records()
    if (!record?.arn || others.length)
      throw new Error(`expected one incident, found ${others.length + (record ? 1 : 0)}`)
    return { ...record, arn: record.arn }
  }

  /** Oldest first. */
  async timeline(incidentRecordArn: string): Promise<TimelineEntry[]> {
    const entries: TimelineEntry[] = []
    for await (const { eventSummaries } of paginateListTimelineEvents(
      { client: this.incidents },
      { incidentRecordArn },
    ))
      for (const { eventId } of eventSummaries ?? []) {
        const { event } = await this.incidents.send(new GetTimelineEventCommand({ incidentRecordArn, eventId }))
        entries.push({
          type: event?.eventType ?? '',
          at: event?.eventTime ?? START,
          data: JSON.parse(event?.eventData ?? '{}'),
        })
      }
    return entries.toReversed()
  }

  /** What Tocsin wrote itself: the sentences. */
  async told(incidentRecordArn: string): Promise<string[]> {
    const entries = await this.timeline(incidentRecordArn)
    return entries.filter(({ type }) => type === 'Custom Event').map(({ data }) => String(data['message']))
  }

  async relatedItems(incidentRecordArn: string): Promise<RelatedItem[]> {
    const items: RelatedItem[] = []
    for await (const { relatedItems } of paginateListRelatedItems({ client: this.incidents }, { incidentRecordArn }))
      items.push(...(relatedItems ?? []))
    return items
  }

  async engagements(IncidentId: string): Promise<Engagement[]> {
    const found: Engagement[] = []
    for await (const { Engagements } of paginateListEngagements({ client: this.contacts }, { IncidentId }))
      found.push(...(Engagements ?? []))
    return found.toReversed()
  }

  async pagesOf(incidentArn: string): Promise<Page[]> {
    const found: Page[] = []
    for (const { EngagementArn } of await this.engagements(incidentArn))
      for await (const { Pages } of paginateListPagesByEngagement(
        { client: this.contacts },
        { EngagementId: EngagementArn },
      ))
        found.push(...(Pages ?? []))
    return found
  }

  /** Answers as the person does: with the code that came with the page. */
  async accept(message: LocalMessage | undefined): Promise<void> {
    if (!message?.code) throw new Error('no page to accept')
    await this.contacts.send(
      new AcceptPageCommand({
        PageId: message.pageArn,
        AcceptType: 'READ',
        AcceptCode: message.code,
        AcceptCodeValidation: 'ENFORCE',
      }),
    )
    await this.system.idle()
  }
}

const MUTE_RULE = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm-mute-rule:release'

export function alarmEntry(
  { name, state, at, threshold = 5, previous, composite, suppressedBy, mutedUntil }: AlarmEvent,
  now: Date,
) {
  const instant = at ?? now
  const Detail = {
    alarmName: name,
    state: {
      value: state,
      reason: `Threshold Crossed: 1 datapoint [12.0] was compared with the threshold (${threshold}).`,
      reasonData: JSON.stringify({ version: '1.0', recentDatapoints: [12], threshold }),
      timestamp: instant.toISOString().replace('Z', '+0000'),
      ...(suppressedBy ? { actionsSuppressedBy: suppressedBy, actionsSuppressedReason: 'Actions suppressed' } : {}),
    },
    ...(mutedUntil ? { muteDetail: { mutedByArn: MUTE_RULE, muteWindowEnd: mutedUntil.toISOString() } } : {}),
    previousState: {
      value: previous ?? (state === 'OK' ? 'ALARM' : 'OK'),
      timestamp: instant.toISOString().replace('Z', '+0000'),
    },
    configuration: {
      ...(composite ? { alarmRule: 'ALARM(checkout-5xx) OR ALARM(checkout-slow)' } : {}),
      metrics: [
        {
          id: 'm1',
          returnData: true,
          metricStat: {
            metric: {
              namespace: 'AWS/ApplicationELB',
              name: 'HTTPCode_Target_5XX_Count',
              dimensions: { LoadBalancer: 'app/checkout/1' },
            },
            period: 60,
            stat: 'Sum',
          },
        },
      ],
    },
  }
  return {
    Source: 'aws.cloudwatch',
    DetailType: 'CloudWatch Alarm State Change',
    Resources: [`arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`],
    Time: instant,
    Detail: JSON.stringify(Detail),
  }
}
