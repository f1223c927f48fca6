// An incident manager in memory as both its clients see it, and an account in it that has one of everything.
import type { Logger } from '@aws-lambda-powertools/logger'
import type { LocalMessage, Runtime } from '../../../lib/aws/runtime.ts'
import { INDEXES } from '../../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../../lib/aws/table/sqlite.ts'
import type { Model } from '../../../lib/incident-manager/model/model.ts'
import { ssmContacts } from '../../../lib/incident-manager/model/ssm-contacts.generated.ts'
import { ssmIncidents } from '../../../lib/incident-manager/model/ssm-incidents.generated.ts'
import { runDue } from '../../../lib/incident-manager/run-due.ts'
import { incidentManager, serviceContext } from '../../../lib/incident-manager/service.ts'
import { encode } from './encode.ts'
import type { Serve } from './loopback.ts'

/** When the first request is made; each comes a second after the one before. */
export const BEGINNING = new Date('2026-03-01T12:00:00.000Z')

export interface InMemory {
  readonly serve: Serve
  /** A minute later: does what is due. */
  readonly sweep: () => ReturnType<typeof runDue>
}

/** The service as it is deployed, on a table in memory. `onMessage` is told what the local carrier takes. */
export function inMemory(logger: Logger, onMessage: (message: LocalMessage) => void): InMemory {
  let seconds = 0
  const table = sqliteTable(openDatabase(':memory:'), 'Incidents', INDEXES)
  const runtime: Runtime = {
    environment: { TOCSIN_ACCOUNT_ID: '111122223333', TOCSIN_INCIDENTS_TABLE: 'Incidents', TOCSIN_AUTH: 'loopback' },
    clock: {
      now: () => new Date(BEGINNING.getTime() + seconds * 1000),
      wait: () => Promise.reject(new Error('nothing waits in a request')),
    },
    table: () => table,
    idempotency: () => {
      throw new Error('the incident manager consumes no records')
    },
    secret: async () => new Uint8Array(32),
    localCarrier: async (message) => onMessage(message),
    onCall: () => Promise.reject(new Error('no topic is there')),
  }
  const serve = incidentManager(runtime, logger, () => {})
  return {
    serve(request) {
      seconds += 1
      return serve(request)
    },
    sweep() {
      seconds += 60
      return runDue(serviceContext(runtime, logger, () => {}))
    },
  }
}

export const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
})

/** What there is afterwards, by the ARN's or the id's kind. */
export interface Furnished {
  readonly set: string
  readonly plan: string
  readonly incident: string
  readonly event: string
  readonly policyId: string
  readonly person: string
  readonly channels: readonly [string, string]
  readonly escalation: string
  readonly engagement: string
  readonly page: string
}

/**
 * Makes one of everything: a set, if there is none, a plan, an incident with an event, a person with two activated channels,
 * an escalation plan that engages the person, a schedule, and an engagement with its page. `latestCode` reads the person's
 * messages; names end with `suffix`.
 */
export async function furnish(serve: Serve, latestCode: () => string, suffix = ''): Promise<Furnished> {
  const call = async (model: Model, operation: string, input: object): Promise<Record<string, unknown>> => {
    const { status, body } = await serve(encode(model, operation, input))
    if (status >= 300) throw new Error(`${operation} was refused: ${body}`)
    return body ? JSON.parse(body) : {}
  }
  const incidents = (operation: string, input: object) => call(ssmIncidents, operation, input)
  const contacts = (operation: string, input: object) => call(ssmContacts, operation, input)
  const newOf = async (made: Promise<Record<string, unknown>>, member: string) => String((await made)[member])

  const { replicationSetArns } = await incidents('ListReplicationSets', {})
  const present = Array.isArray(replicationSetArns) ? replicationSetArns[0] : undefined
  const regions = { 'us-east-1': { sseKmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1' }, 'us-east-2': {} }
  const set = String(present ?? (await incidents('CreateReplicationSet', { regions }))['arn'])

  const person = await newOf(
    contacts('CreateContact', {
      Alias: `akuam${suffix}`,
      DisplayName: 'Akua Mansa',
      Type: 'PERSONAL',
      Plan: { Stages: [] },
    }),
    'ContactArn',
  )
  const newChannel = async (Type: string, SimpleAddress: string): Promise<string> => {
    const input = { ContactId: person, Name: `akuas ${Type}`, Type, DeliveryAddress: { SimpleAddress } }
    const ContactChannelId = await newOf(contacts('CreateContactChannel', input), 'ContactChannelArn')
    await contacts('ActivateContactChannel', { ContactChannelId, ActivationCode: latestCode() })
    return ContactChannelId
  }
  const channels = [await newChannel('EMAIL', 'akuam@example.com'), await newChannel('SMS', '+15005550199')] as const
  const Stages = channels.map((ContactChannelId) => ({
    DurationInMinutes: 5,
    Targets: [{ ChannelTargetInfo: { ContactChannelId, RetryIntervalInMinutes: 1 } }],
  }))
  await contacts('UpdateContact', { ContactId: person, Plan: { Stages } })
  const target = { ContactTargetInfo: { ContactId: person, IsEssential: true } }
  const escalation = await newOf(
    contacts('CreateContact', {
      Alias: `test_escalation_plan${suffix}`,
      DisplayName: 'Test Escalation Plan',
      Type: 'ESCALATION',
      Plan: { Stages: [{ DurationInMinutes: 5, Targets: [target] }] },
    }),
    'ContactArn',
  )
  const Recurrence = {
    DailySettings: [{ HourOfDay: 9, MinuteOfHour: 0 }],
    NumberOfOnCalls: 1,
    RecurrenceMultiplier: 1,
  }
  const RotationId = await newOf(
    contacts('CreateRotation', { Name: `daily${suffix}`, ContactIds: [person], TimeZoneId: 'UTC', Recurrence }),
    'RotationArn',
  )
  const week = { StartTime: inDays(1), EndTime: inDays(8) }
  await contacts('CreateRotationOverride', { RotationId, NewContactIds: [person], ...week })
  await contacts('CreateContact', {
    Alias: `schedule${suffix}`,
    Type: 'ONCALL_SCHEDULE',
    Plan: { RotationIds: [RotationId] },
  })
  const words = {
    Sender: 'cli',
    Subject: 'cli-test',
    Content: 'Testing',
    PublicSubject: 'cli-test',
    PublicContent: 'T',
  }
  const engagement = await newOf(contacts('StartEngagement', { ContactId: escalation, ...words }), 'EngagementArn')
  const { Pages } = await contacts('ListPagesByContact', { ContactId: person })
  const page = Array.isArray(Pages) ? String(Pages[0]?.PageArn) : ''

  const incidentTemplate = { impact: 5, title: 'example-incident' }
  const plan = await newOf(
    incidents('CreateResponsePlan', {
      name: `example-response${suffix}`,
      displayName: 'Example response plan',
      incidentTemplate,
      chatChannel: { chatbotSns: ['arn:aws:sns:us-east-1:111122223333:Standard_User'] },
      engagements: [escalation],
      actions: [
        {
          ssmAutomation: {
            documentName: 'AWSIncidents-CriticalIncidentRunbookTemplate',
            documentVersion: '$DEFAULT',
            roleArn: 'arn:aws:iam::111122223333:role/runbooks',
            targetAccount: 'RESPONSE_PLAN_OWNER_ACCOUNT',
          },
        },
      ],
    }),
    'arn',
  )
  const incident = await newOf(incidents('StartIncident', { responsePlanArn: plan }), 'incidentRecordArn')
  const note = { eventType: 'Custom Event', eventTime: new Date('2021-08-10T22:33:57Z'), eventData: '"example"' }
  const event = await newOf(incidents('CreateTimelineEvent', { incidentRecordArn: incident, ...note }), 'eventId')
  const policyId = await newOf(incidents('PutResourcePolicy', { resourceArn: plan, policy: POLICY }), 'policyId')
  for (const itemToAdd of RELATED)
    await incidents('UpdateRelatedItems', { incidentRecordArn: incident, relatedItemsUpdate: { itemToAdd } })
  await contacts('PutContactPolicy', { ContactArn: person, Policy: POLICY })
  await incidents('TagResource', { resourceArn: plan, tags: { group1: '1' } })
  await contacts('TagResource', { ResourceARN: person, Tags: [{ Key: 'group1', Value: '1' }] })
  return { set, plan, incident, event, policyId, person, channels, escalation, engagement, page }
}

const inDays = (days: number): Date => new Date(BEGINNING.getTime() + days * 86_400_000)

const RELATED = [
  { title: 'Example related item', identifier: { type: 'OTHER', value: { url: 'https://example.com' } } },
  {
    title: 'parentItem',
    identifier: { type: 'PARENT', value: { arn: 'arn:aws:ssm:us-east-1:111122223333:opsitem/oi-40089EXAMPLE' } },
  },
]
