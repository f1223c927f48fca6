// What tells of incidents opens none, and what would open more of them than anybody can work on is one incident.
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { ListTopicsCommand } from '@aws-sdk/client-sns'
import {
  CreateResponsePlanCommand,
  UpdateIncidentRecordCommand,
  UpdateResponsePlanCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Rehearsal } from './rehearsal.ts'

const RULES = `
version: 1
defaults: {title: "\${detail-type}", resolve: {after: 10m, mode: unless-human}}
rules:
  - {id: orders, match: {source: [tocsin.orders]}, open: {title: "Order \${detail.n}", dedupe: "order-\${detail.n}", impact: 2}}
`
const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/default'

let on: Rehearsal
afterEach(() => on.close())

/** Few at a time: each opens an incident, and pages. */
async function orders(count: number, from = 0): Promise<void> {
  for (let at = 0; at < count; at += 5) {
    const Entries = Array.from({ length: Math.min(5, count - at) }, (_, index) => ({
      Source: 'tocsin.orders',
      DetailType: 'Order Failed',
      Detail: JSON.stringify({ n: from + at + index }),
      Time: on.system.now(),
    }))
    await on.events.send(new PutEventsCommand({ Entries }))
    await on.system.idle()
  }
}

const PATIENT_MS = 180_000

// Counting itself is told on both engines by test/automation/state/storms.test.ts.
describe('plain events', () => {
  beforeEach(async () => {
    on = await Rehearsal.start('sqlite', {}, RULES)
  })

  it(
    'open 60 incidents a minute by one rule; the others join one storm, which pages, until a minute has no more',
    async () => {
      await orders(75)
      const titles = (await on.records()).map(({ title }) => title)
      expect(titles).toHaveLength(61)
      const storm = (await on.records()).find(({ title }) => title?.startsWith('Storm by rule orders'))
      expect(storm).toMatchObject({ impact: 2, status: 'OPEN' })
      expect(await on.told(storm?.arn ?? '')).toHaveLength(15)
      expect((await on.pages()).filter(({ body }) => body.includes('Storm by rule orders')).length).toBe(1)
      await on.minutes(1)
      await orders(3, 100)
      expect(await on.records()).toHaveLength(61)
      await on.minutes(1)
      await orders(3, 200)
      expect(await on.records()).toHaveLength(64)
      expect(await on.system.failures()).toEqual([])
    },
    PATIENT_MS,
  )

  it(
    'that join their incident open none, so they are no storm',
    async () => {
      await orders(1, 7)
      for (let times = 0; times < 70; times++) await orders(1, 7)
      expect((await on.records()).map(({ title }) => title)).toEqual(['Order 7'])
    },
    PATIENT_MS,
  )
})

it(
  'alarms are never a storm',
  async () => {
    on = await Rehearsal.start('sqlite', {}, RULES)
    for (let at = 0; at < 65; at += 5)
      await on.alarm(
        ...Array.from({ length: 5 }, (_, index) => ({ name: `alarm-${at + index}`, state: 'ALARM' }) as const),
      )
    expect(await on.records()).toHaveLength(65)
  },
  PATIENT_MS,
)

describe('what the incident manager tells', () => {
  beforeEach(async () => {
    on = await Rehearsal.start('sqlite', {}, RULES)
  })

  it.each(['aws.ssm-incidents', 'tocsin'])('opens no incident as an event of %s, by whatever road', async (source) => {
    const event = { id: 'e', source, 'detail-type': 'SSM Incident Start', account: '111122223333', region: 'us-east-1' }
    await on.publish('alarms', { ...event, time: on.system.now().toISOString(), resources: [], detail: {} })
    expect(await on.records()).toEqual([])
    expect(await on.system.failures()).toEqual([])
  })

  it('is refused to the topic that alarms publish to, with the reason', async () => {
    const { Topics = [] } = await on.topics.send(new ListTopicsCommand({}))
    const snsTopicArn = Topics.find((each) => each.TopicArn?.endsWith('-alarms'))?.TopicArn ?? ''
    const incidentTemplate = { title: 'A', impact: 1 }
    const targets = [{ snsTopicArn }]
    const reason = { name: 'ValidationException', message: expect.stringContaining('the topic that alarms publish to') }
    const refused = [
      new CreateResponsePlanCommand({
        name: 'loop',
        incidentTemplate: { ...incidentTemplate, notificationTargets: targets },
      }),
      new CreateResponsePlanCommand({ name: 'loop', incidentTemplate, chatChannel: { chatbotSns: [snsTopicArn] } }),
    ]
    for (const command of refused) await expect(on.incidents.send(command)).rejects.toMatchObject(reason)
    const update = new UpdateResponsePlanCommand({ arn: PLAN, incidentTemplateNotificationTargets: targets })
    await expect(on.incidents.send(update)).rejects.toMatchObject(reason)
    await on.alarm({ name: 'checkout', state: 'ALARM' })
    const { arn } = await on.incident()
    const told = new UpdateIncidentRecordCommand({ arn, notificationTargets: targets })
    await expect(on.incidents.send(told)).rejects.toMatchObject(reason)
    const others = [{ snsTopicArn: snsTopicArn.replace(/-alarms$/u, '-notifications') }]
    await on.incidents.send(new UpdateResponsePlanCommand({ arn: PLAN, incidentTemplateNotificationTargets: others }))
  })
})
