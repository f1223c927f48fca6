// What AWS Health tells of one event is one incident: opened once, told on its timeline, over when AWS says so.
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Engine, Rehearsal } from './rehearsal.ts'

const ARN =
  'arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_7f35c8ae_0a1b_54a5_9e1d_08e2a1b9c3d7'
const TITLE = 'AWS Health: EC2 in us-east-1, AWS_EC2_OPERATIONAL_ISSUE'
const RULES = `
version: 1
defaults: {title: "\${detail.alarmName}", resolve: {after: 10m, mode: unless-human}}
rules:
  - {id: health, match: {source: [aws.health]}}
`

const health = (communicationId: string, statusCode: string, more: object = {}): object => ({
  eventArn: ARN,
  service: 'EC2',
  eventTypeCode: 'AWS_EC2_OPERATIONAL_ISSUE',
  eventTypeCategory: 'issue',
  eventScopeCode: 'PUBLIC',
  communicationId,
  statusCode,
  eventRegion: 'us-east-1',
  eventDescription: [{ language: 'en_US', latestDescription: `text ${communicationId}` }],
  ...more,
})

describe.each<Engine>(['sqlite', 'dynamodb'])('AWS Health, on %s', (engine) => {
  let on: Rehearsal
  beforeEach(async () => {
    on = await Rehearsal.start(engine, {}, RULES)
  })
  afterEach(() => on.close())
  const tell = (...event: Parameters<typeof health>): Promise<void> =>
    on.put('aws.health', 'AWS Health Event', health(...event), ['i-0a1b2c3d4e5f60718'])

  it('opens one incident, says service, Region and type, tells each update once, and resolves it when it is closed', async () => {
    await tell('c-1', 'open')
    await tell('c-2', 'open')
    // The same communication again, with another id of EventBridge's.
    await tell('c-2', 'open')
    const { arn, title } = await on.incident()
    expect(title).toBe(TITLE)
    expect((await on.relatedItems(arn)).map((item) => item.title)).toContain('AWS Health Dashboard')
    expect((await on.told(arn)).toSorted()).toEqual([`${TITLE} is open: text c-1`, `${TITLE} is open: text c-2`])
    expect(await on.pages()).toHaveLength(1)
    await tell('c-3', 'closed')
    await on.minutes(11)
    expect((await on.incident()).status).toBe('RESOLVED')
    expect(await on.told(arn)).toContain(`${TITLE} is closed: text c-3`)
    expect(await on.pages()).toHaveLength(1)
    expect(await on.system.failures()).toEqual([])
  })

  it('opens nothing for what is closed before its opening arrives', async () => {
    const before = on.system.now()
    await on.minutes(1)
    await tell('c-2', 'closed')
    const Entries = [
      {
        Source: 'aws.health',
        DetailType: 'AWS Health Event',
        Detail: JSON.stringify(health('c-1', 'open')),
        Time: before,
      },
    ]
    await on.events.send(new PutEventsCommand({ Entries }))
    await on.system.idle()
    await on.minutes(15)
    expect(await on.records()).toEqual([])
  })

  it.each<[what: string, more: object]>([
    ['is about another Region', { eventRegion: 'eu-west-1' }],
    ['is about another Region by its ARN', { eventRegion: undefined, eventArn: ARN.replace('us-east-1', 'eu-west-1') }],
    ['is a copy for the backup Region', { backupEvent: 'true' }],
    ['is such a copy, told as a boolean', { backupEvent: true }],
    ['is planned', { eventTypeCategory: 'scheduledChange' }],
    ['is a notification of the account', { eventTypeCategory: 'accountNotification' }],
  ])('opens nothing for what %s', async (_what, more) => {
    await tell('c-1', 'open', more)
    expect(await on.records()).toEqual([])
    expect(await on.system.failures()).toEqual([])
  })

  it.each<[what: string, more: object]>([
    ['is about no Region', { eventRegion: 'global' }],
    ['is no copy', { backupEvent: 'false' }],
    ['is being looked into', { eventTypeCategory: 'investigation' }],
    ['names no event of its own', { eventArn: undefined }],
  ])('opens for what %s', async (_what, more) => {
    await tell('c-1', 'open', more)
    expect(await on.records()).toHaveLength(1)
  })
})

describe('with healthRegions: all', () => {
  it('what is told of other Regions opens, and its copy joins', async () => {
    const on = await Rehearsal.start('sqlite', { environment: { TOCSIN_HEALTH_REGIONS: 'all' } }, RULES)
    try {
      const eventRegion = 'eu-west-1'
      await on.put('aws.health', 'AWS Health Event', health('c-1', 'open', { eventRegion }))
      await on.put('aws.health', 'AWS Health Event', health('c-1', 'open', { eventRegion, backupEvent: 'true' }))
      const { title, arn } = await on.incident()
      expect(title).toBe(TITLE.replace('us-east-1', 'eu-west-1'))
      expect(await on.told(arn)).toHaveLength(1)
    } finally {
      await on.close()
    }
  })
})

describe('an organization', () => {
  it('has one incident for an event that affects several accounts, over when it is closed for all', async () => {
    const on = await Rehearsal.start('sqlite', {}, RULES)
    const tell = (affectedAccount: string, communication: string, status: string): Promise<void> =>
      on.put('aws.health', 'AWS Health Event', health(communication, status, { affectedAccount }))
    try {
      await tell('111122223333', 'c-1', 'open')
      await tell('444455556666', 'c-1', 'open')
      await tell('111122223333', 'c-2', 'closed')
      await on.minutes(20)
      expect((await on.incident()).status).toBe('OPEN')
      await tell('444455556666', 'c-2', 'closed')
      await on.minutes(20)
      expect((await on.incident()).status).toBe('RESOLVED')
    } finally {
      await on.close()
    }
  })
})
