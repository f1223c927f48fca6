// Every operation of both APIs once with each AWS CLI that the machine has, by the options that people write.
import * as contactsSdk from '@aws-sdk/client-ssm-contacts'
import * as incidentsSdk from '@aws-sdk/client-ssm-incidents'
import { describe, expect, it } from 'vitest'
import { startSystem, type System } from '../../lib/local/system.ts'
import { type Answer, caller, type Cli, findClis, textOf } from './aws-cli.ts'
import { contactPolicy, planPolicy } from './policies.ts'
import { DAILY, nine } from './rotations.ts'

const clis = findClis()
const none: Cli = { path: '', version: 'any version', operations: new Set() }
if (!clis.length) console.log('SKIPPED: the walk with the AWS CLI needs aws')

/** As the CLI calls them: `ssm-contacts accept-page`. */
const operations = (service: string, sdk: object): string[] =>
  Object.keys(sdk).flatMap((name) => {
    const [, operation] = /^([A-Z]\w+)Command$/u.exec(name) ?? []
    return operation === undefined ? [] : [`${service} ${kebab(operation)}`]
  })
const kebab = (name: string): string => name.replaceAll(/(?!^)[A-Z]/gu, '-$&').toLowerCase()
const ALL = [...operations('ssm-incidents', incidentsSdk), ...operations('ssm-contacts', contactsSdk)]

const anything = expect.anything()
const some = [anything]

describe('the AWS CLI', () => {
  it.skipIf(!clis.length).for(clis.length ? clis : [none])(
    '$version works with every operation that it knows',
    { timeout: 300_000 },
    async (cli) => {
      expect(ALL).toHaveLength(70)
      const unknown = ALL.filter((operation) => !cli.operations.has(operation))
      if (unknown.length) console.log(`SKIPPED: ${cli.version} does not know ${unknown.join(', ')}`)
      const system = await startSystem({
        port: 0,
        data: ':memory:',
        clock: 'real',
        seed: false,
        rules: 'rules.yml',
        region: 'us-east-1',
      })
      try {
        const called: string[] = []
        await walk(cli, system, (operation) => called.push(operation))
        expect(called.filter((operation) => !operation.includes(' wait ')).toSorted()).toEqual(
          ALL.filter((operation) => cli.operations.has(operation)).toSorted(),
        )
      } finally {
        await system.close()
      }
    },
  )
})

async function walk(cli: Cli, system: System, called: (operation: string) => void): Promise<void> {
  const call = caller(cli, system.url, called)
  const incidents: Commands = (command, options, members) => call('ssm-incidents', command, options, members)
  const contacts: Commands = (command, options, members) => call('ssm-contacts', command, options, members)
  const set = await incidents('create-replication-set', { regions: { 'us-east-1': {} } }, { arn: anything })
  const arn = textOf(set, 'arn')
  await incidents('wait wait-for-replication-set-active', { arn })
  await Promise.all([changeSet(incidents, arn), workIncident(incidents, cli), workPage(contacts, cli, system)])
  await incidents('delete-replication-set', { arn })
  await incidents('wait wait-for-replication-set-deleted', { arn })
}

type Commands = (command: string, options: object, members?: object) => Promise<Answer>

async function changeSet(incidents: Commands, arn: string): Promise<void> {
  await incidents('list-replication-sets', {}, { replicationSetArns: [arn] })
  await incidents('update-replication-set', { arn, actions: [{ addRegionAction: { regionName: 'us-west-2' } }] })
  await incidents('update-deletion-protection', { arn, 'deletion-protected': false })
  const regionMap = { 'us-east-1': anything, 'us-west-2': { sseKmsKeyId: 'DefaultKey', status: 'ACTIVE' } }
  await incidents('get-replication-set', { arn }, { replicationSet: { status: 'ACTIVE', regionMap } })
}

async function workIncident(incidents: Commands, { operations }: Cli): Promise<void> {
  const template = { title: 'Disk full', impact: 2 }
  const plan = await incidents(
    'create-response-plan',
    { name: 'disk', 'incident-template': template },
    { arn: anything },
  )
  const planArn = textOf(plan, 'arn')
  await incidents('update-response-plan', { arn: planArn, 'display-name': 'Disk', 'incident-template-impact': 3 })
  const read = { name: 'disk', displayName: 'Disk', incidentTemplate: { title: 'Disk full', impact: 3 } }
  await Promise.all([
    incidents('get-response-plan', { arn: planArn }, read),
    incidents('list-response-plans', {}, { responsePlanSummaries: [{ arn: planArn }] }),
    sharePlan(incidents, planArn),
    tagPlan(incidents, planArn),
    workRecord(incidents, planArn, operations),
  ])
  await incidents('delete-response-plan', { arn: planArn })
}

async function sharePlan(incidents: Commands, arn: string): Promise<void> {
  const put = await incidents(
    'put-resource-policy',
    { 'resource-arn': arn, policy: planPolicy(arn) },
    { policyId: anything },
  )
  const policyId = textOf(put, 'policyId')
  await incidents('get-resource-policies', { 'resource-arn': arn }, { resourcePolicies: [{ policyId }] })
  await incidents('delete-resource-policy', { 'resource-arn': arn, 'policy-id': policyId })
}

async function tagPlan(incidents: Commands, arn: string): Promise<void> {
  await incidents('tag-resource', { 'resource-arn': arn, tags: { team: 'storage' } })
  await incidents('list-tags-for-resource', { 'resource-arn': arn }, { tags: { team: 'storage' } })
  await incidents('untag-resource', { 'resource-arn': arn, 'tag-keys': ['team'] })
}

async function workRecord(incidents: Commands, planArn: string, operations: Cli['operations']): Promise<void> {
  const started = await incidents('start-incident', { 'response-plan-arn': planArn }, { incidentRecordArn: anything })
  const arn = textOf(started, 'incidentRecordArn')
  const incident = { 'incident-record-arn': arn }
  const item = { identifier: { type: 'OTHER', value: { url: 'https://example.com/runbook' } }, title: 'Runbook' }
  await Promise.all([
    incidents(
      'get-incident-record',
      { arn },
      { incidentRecord: { arn, title: 'Disk full', status: 'OPEN', impact: 3 } },
    ),
    incidents('list-incident-records', {}, { incidentRecordSummaries: [{ arn }] }),
    incidents('update-related-items', { ...incident, 'related-items-update': { itemToAdd: item } }),
    writeTimeline(incidents, incident),
    ...(operations.has('ssm-incidents list-incident-findings') ? [lookForFindings(incidents, incident)] : []),
  ])
  await incidents('list-related-items', incident, { relatedItems: [item] })
  await incidents('update-incident-record', { arn, status: 'RESOLVED', summary: 'Made room.' })
  await incidents('delete-incident-record', { arn })
}

async function writeTimeline(incidents: Commands, incident: object): Promise<void> {
  const event = { 'event-type': 'Custom Event', 'event-time': '2026-03-01T12:00:00Z', 'event-data': '"Half full"' }
  const created = await incidents('create-timeline-event', { ...incident, ...event }, { eventId: anything })
  const eventId = textOf(created, 'eventId')
  const one = { ...incident, 'event-id': eventId }
  await incidents('update-timeline-event', { ...one, 'event-data': '"Nine tenths full"' })
  await Promise.all([
    incidents('get-timeline-event', one, { event: { eventId, eventData: '"Nine tenths full"' } }),
    incidents('list-timeline-events', incident, { eventSummaries: expect.arrayContaining(some) }),
  ])
  await incidents('delete-timeline-event', one)
}

async function lookForFindings(incidents: Commands, incident: object): Promise<void> {
  await incidents('list-incident-findings', incident, { findings: [] })
  const unknown = { findings: [], errors: [{ findingId: 'none', code: anything, message: anything }] }
  await incidents('batch-get-incident-findings', { ...incident, 'finding-ids': ['none'] }, unknown)
}

async function workPage(contacts: Commands, cli: Cli, system: System): Promise<void> {
  const person = { alias: 'erin', type: 'PERSONAL', plan: { Stages: [] }, tags: [{ Key: 'team', Value: 'storage' }] }
  const contact = textOf(await contacts('create-contact', person, { ContactArn: anything }), 'ContactArn')
  const channel = await activatedChannel(contacts, system, contact)
  const targets = [{ ChannelTargetInfo: { ContactChannelId: channel, RetryIntervalInMinutes: 1 } }]
  const plan = { Stages: [{ DurationInMinutes: 5, Targets: targets }] }
  await contacts('update-contact', { 'contact-id': contact, 'display-name': 'Erin', plan })
  await Promise.all([
    contacts('get-contact', { 'contact-id': contact }, { Alias: 'erin', DisplayName: 'Erin', Plan: plan }),
    contacts('list-contacts', {}, { Contacts: [{ ContactArn: contact }] }),
    shareContact(contacts, contact),
    tagContact(contacts, contact),
    answerPage(contacts, cli, system, contact),
    ...(cli.operations.has('ssm-contacts create-rotation') ? [takeTurns(contacts, contact)] : []),
  ])
  const changed = { 'contact-channel-id': channel }
  await contacts('update-contact-channel', { ...changed, name: 'work' })
  await contacts('deactivate-contact-channel', changed)
  await contacts('delete-contact-channel', changed)
  await contacts('delete-contact', { 'contact-id': contact })
}

async function activatedChannel(contacts: Commands, system: System, contact: string): Promise<string> {
  const address = { SimpleAddress: 'erin@example.com' }
  const channel = { name: 'e-mail', type: 'EMAIL', 'delivery-address': address, 'defer-activation': true }
  const created = await contacts(
    'create-contact-channel',
    { 'contact-id': contact, ...channel },
    { ContactChannelArn: anything },
  )
  const arn = textOf(created, 'ContactChannelArn')
  await contacts('send-activation-code', { 'contact-channel-id': arn })
  const [sent] = await system.messages()
  await contacts('activate-contact-channel', { 'contact-channel-id': arn, 'activation-code': sent?.code ?? '' })
  const read = { ContactArn: contact, Name: 'e-mail', DeliveryAddress: address, ActivationStatus: 'ACTIVATED' }
  await Promise.all([
    contacts('get-contact-channel', { 'contact-channel-id': arn }, read),
    contacts('list-contact-channels', { 'contact-id': contact }, { ContactChannels: [{ ContactChannelArn: arn }] }),
  ])
  return arn
}

async function shareContact(contacts: Commands, contact: string): Promise<void> {
  await contacts('put-contact-policy', { 'contact-arn': contact, policy: contactPolicy(contact) })
  await contacts(
    'get-contact-policy',
    { 'contact-arn': contact },
    { ContactArn: contact, Policy: contactPolicy(contact) },
  )
}

async function tagContact(contacts: Commands, contact: string): Promise<void> {
  await contacts('tag-resource', { 'resource-arn': contact, tags: [{ Key: 'site', Value: 'north' }] })
  const both = [
    { Key: 'site', Value: 'north' },
    { Key: 'team', Value: 'storage' },
  ]
  await contacts('list-tags-for-resource', { 'resource-arn': contact }, { Tags: expect.arrayContaining(both) })
  await contacts('untag-resource', { 'resource-arn': contact, 'tag-keys': ['team'] })
}

async function answerPage(contacts: Commands, { operations }: Cli, system: System, contact: string): Promise<void> {
  const words = { sender: 'storage', subject: 'Disk full', content: 'Make room.' }
  const engaged = await contacts('start-engagement', { 'contact-id': contact, ...words }, { EngagementArn: anything })
  const engagement = textOf(engaged, 'EngagementArn')
  const [sent] = (await system.messages()).filter(({ pageArn }) => pageArn !== undefined)
  const page = sent?.pageArn ?? ''
  const pages = { Pages: [{ PageArn: page, EngagementArn: engagement, ContactArn: contact }] }
  await Promise.all([
    contacts('describe-engagement', { 'engagement-id': engagement }, { Sender: 'storage', Subject: 'Disk full' }),
    contacts('list-engagements', {}, { Engagements: [{ EngagementArn: engagement }] }),
    contacts('list-pages-by-engagement', { 'engagement-id': engagement }, pages),
    contacts('list-pages-by-contact', { 'contact-id': contact }, pages),
    contacts('describe-page', { 'page-id': page }, { PageArn: page, Subject: 'Disk full', Content: 'Make room.' }),
    ...(operations.has('ssm-contacts list-page-resolutions')
      ? [contacts('list-page-resolutions', { 'page-id': page }, { PageResolutions: [{ ContactArn: contact }] })]
      : []),
  ])
  await contacts('accept-page', { 'page-id': page, 'accept-type': 'READ', 'accept-code': sent?.code ?? '' })
  const receipts = [{ ReceiptType: 'READ' }, { ReceiptType: 'DELIVERED' }, { ReceiptType: 'SENT' }]
  await contacts('list-page-receipts', { 'page-id': page }, { Receipts: receipts })
  await contacts('stop-engagement', { 'engagement-id': engagement, reason: 'There is room again.' })
}

async function takeTurns(contacts: Commands, contact: string): Promise<void> {
  const turns = { name: 'nights', 'contact-ids': [contact], 'time-zone-id': 'Europe/Berlin', recurrence: DAILY }
  const created = await contacts('create-rotation', { ...turns, 'start-time': at(1) }, { RotationArn: anything })
  const arn = textOf(created, 'RotationArn')
  const rotation = { 'rotation-id': arn }
  await contacts('update-rotation', { ...rotation, recurrence: DAILY, 'time-zone-id': 'UTC' })
  const span = { 'start-time': at(2), 'end-time': at(2, 1) }
  const override = await contacts(
    'create-rotation-override',
    { ...rotation, 'new-contact-ids': [contact], ...span },
    { RotationOverrideId: anything },
  )
  const id = textOf(override, 'RotationOverrideId')
  const window = { 'start-time': at(1), 'end-time': at(3) }
  const imagined = { members: ['erin', 'mo'], 'time-zone-id': 'UTC', recurrence: DAILY }
  const shifts = { RotationShifts: expect.arrayContaining(some) }
  await Promise.all([
    contacts('get-rotation', rotation, { Name: 'nights', TimeZoneId: 'UTC', ContactIds: [contact], Recurrence: DAILY }),
    contacts('list-rotations', { 'rotation-name-prefix': 'night' }, { Rotations: [{ RotationArn: arn }] }),
    contacts('list-rotation-shifts', { ...rotation, ...window }, shifts),
    contacts('list-preview-rotation-shifts', { ...imagined, ...window }, shifts),
    contacts(
      'get-rotation-override',
      { ...rotation, 'rotation-override-id': id },
      { RotationOverrideId: id, NewContactIds: [contact] },
    ),
    contacts(
      'list-rotation-overrides',
      { ...rotation, ...window },
      { RotationOverrides: [{ RotationOverrideId: id }] },
    ),
  ])
  await contacts('delete-rotation-override', { ...rotation, 'rotation-override-id': id })
  await contacts('delete-rotation', rotation)
}

const at = (inDays: number, hoursLater = 0): string => nine(inDays, hoursLater).toISOString()
