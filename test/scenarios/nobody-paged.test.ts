// An incident that is open and pages nobody is as silent as one that was never opened: somebody is told, and the timeline says so.
import {
  ActivateContactChannelCommand,
  CreateContactChannelCommand,
  CreateContactCommand,
  DeleteContactCommand,
  StartEngagementCommand,
  UpdateContactCommand,
} from '@aws-sdk/client-ssm-contacts'
import {
  CreateReplicationSetCommand,
  CreateResponsePlanCommand,
  StartIncidentCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, it } from 'vitest'
import { OnAws } from '../aws-stub/on-aws.ts'
import { Faults } from './faults.ts'
import { Rehearsal } from './rehearsal.ts'

const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/default'
const CONTACT = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/'
const RULES = `
version: 1
defaults: {title: "\${detail.alarmName}", unanswered: never, resolve: {after: 10m, mode: unless-human}}
rules:
  - id: escalated
    match: {detail: {alarmName: [{prefix: pay-}]}}
    escalate: [{unacknowledgedFor: 1m, engage: [nobody-made-them]}, {unacknowledgedFor: 4m, engage: [manager]}]
`
const ALARM = { name: 'checkout', state: 'ALARM' } as const

let on: Rehearsal
afterEach(() => on.close())

/** An account in which somebody has just begun: a plan that engages these. */
async function begin(engagements: string[], options: Parameters<typeof Rehearsal.start>[1] = {}): Promise<void> {
  on = await Rehearsal.start('sqlite', { seed: false, ...options }, RULES)
  await on.incidents.send(new CreateReplicationSetCommand({ regions: { 'us-east-1': {} } }))
  for (const arn of engagements)
    await on.contacts.send(
      new CreateContactCommand({ Alias: arn.slice(CONTACT.length), Type: 'PERSONAL', Plan: { Stages: [] } }),
    )
  const incidentTemplate = { title: 'Something is wrong', impact: 3 }
  await on.incidents.send(new CreateResponsePlanCommand({ name: 'default', incidentTemplate, engagements }))
}

/** The contact's channel, which pages at once, once it is activated. */
async function addChannel(alias: string): Promise<string> {
  const { ContactChannelArn } = await on.contacts.send(
    new CreateContactChannelCommand({
      ContactId: `${CONTACT}${alias}`,
      Name: 'sms',
      Type: 'SMS',
      DeliveryAddress: { SimpleAddress: '+15550100' },
    }),
  )
  const Targets = [{ ChannelTargetInfo: { ContactChannelId: ContactChannelArn, RetryIntervalInMinutes: 1 } }]
  const Plan = { Stages: [{ DurationInMinutes: 30, Targets }] }
  await on.contacts.send(new UpdateContactCommand({ ContactId: `${CONTACT}${alias}`, Plan }))
  return ContactChannelArn ?? ''
}

describe('an open incident that has paged nobody', () => {
  it.each([
    ['the plan engages nobody', async () => begin([]), 'Nobody is engaged'],
    [
      'the contact of the plan was deleted',
      async () => {
        await begin([`${CONTACT}me`])
        await on.contacts.send(new DeleteContactCommand({ ContactId: `${CONTACT}me` }))
      },
      'Nobody is engaged',
    ],
    [
      'the contact has no activated channel',
      async () => {
        await begin([`${CONTACT}me`])
        await addChannel('me')
      },
      'Engaged: me, but no page has left',
    ],
  ])('is told to the last resort, where %s, and again every 15 minutes', async (_why, prepare, cause) => {
    await prepare()
    await on.alarm(ALARM)
    await on.minutes(2)
    expect(await on.lastResorts()).toMatchObject([
      { subject: 'NOBODY IS PAGED for checkout', body: expect.stringContaining(cause) },
    ])
    const { arn } = await on.incident()
    expect(await on.told(arn)).toContainEqual(
      expect.stringMatching(/^Nobody has been paged for 2 minutes.*last resort/u),
    )
    await on.minutes(14)
    expect(await on.lastResorts()).toHaveLength(1)
    await on.minutes(34)
    expect(await on.lastResorts()).toHaveLength(4)
    await on.alarm({ ...ALARM, state: 'OK' })
    await on.minutes(60)
    expect(await on.lastResorts()).toHaveLength(4)
    expect(await on.system.failures()).toEqual([])
  })

  it('is told no more once somebody is paged, and nothing is asked any more', async () => {
    const faults = new Faults()
    await begin([], { watch: faults.watch })
    await on.alarm(ALARM)
    await on.minutes(2)
    await on.contacts.send(new CreateContactCommand({ Alias: 'me', Type: 'PERSONAL', Plan: { Stages: [] } }))
    const ContactChannelId = await addChannel('me')
    const code = (await on.system.messages()).find(({ code }) => code)?.code
    await on.contacts.send(new ActivateContactChannelCommand({ ContactChannelId, ActivationCode: code }))
    const { arn } = await on.incident()
    await on.contacts.send(
      new StartEngagementCommand({
        ContactId: `${CONTACT}me`,
        Sender: 'colleague',
        Subject: 'Look at this',
        Content: 'Look',
        IncidentId: arn,
      }),
    )
    await on.minutes(60)
    expect(await on.lastResorts()).toHaveLength(1)
    expect(faults.calls.filter((call) => call.includes('ListEngagements'))).toHaveLength(2)
  })

  it('is told where a person started it and an alarm has joined it, too', async () => {
    const incidentTemplate = { title: 'Shared', impact: 3, dedupeString: 'one for all' }
    on = await Rehearsal.start('sqlite', {}, `version: 1\ndefaults: {plan: shared}\n`)
    await on.incidents.send(new CreateResponsePlanCommand({ name: 'shared', incidentTemplate }))
    const responsePlanArn = PLAN.replace('default', 'shared')
    await on.incidents.send(new StartIncidentCommand({ responsePlanArn, title: 'By hand' }))
    await on.alarm(ALARM)
    expect(await on.records()).toHaveLength(1)
    await on.minutes(3)
    expect(await on.lastResorts()).toMatchObject([{ subject: 'NOBODY IS PAGED for checkout' }])
  })

  it('is told, too, where the incident manager is the one of AWS; one that pages is asked about once', async () => {
    const engagements = [{ name: 'default', title: 'Something is wrong', impact: 3, engage: [] }]
    const silent = await OnAws.start({ plans: engagements }, RULES)
    on = silent.rehearsal
    await on.alarm(ALARM)
    await on.minutes(17)
    expect(await on.lastResorts()).toHaveLength(2)
    await silent.stub.close()
    silent.person.destroy()
    await on.close()
    const paging = await OnAws.start({}, RULES)
    on = paging.rehearsal
    await on.alarm(ALARM)
    await on.minutes(60)
    expect(await on.lastResorts()).toEqual([])
    expect(paging.stub.callsOf('ListEngagements')).toHaveLength(1)
    expect(paging.stub.callsOf('ListPagesByEngagement')).toHaveLength(1)
    await paging.stub.close()
    paging.person.destroy()
  })
})

describe('an escalation to a contact that does not exist', () => {
  it('is told as what it is, to the last resort too, and the next step of the rule still comes', async () => {
    on = await Rehearsal.start('sqlite', {}, RULES)
    await on.alarm({ name: 'pay-db', state: 'ALARM' })
    await on.minutes(1)
    const { arn } = await on.incident()
    const told = await on.told(arn)
    expect(told.filter((text) => /nobody-made-them/u.test(text))).toEqual([
      expect.stringMatching(/^Could not engage nobody-made-them: ResourceNotFoundException/u),
    ])
    expect(await on.lastResorts()).toMatchObject([
      {
        subject: 'COULD NOT ENGAGE nobody-made-them for pay-db',
        body: expect.stringContaining('for 1 minute, escalation 1 of 2 (1 of 1)'),
      },
    ])
    await on.minutes(4)
    expect(await on.told(arn)).toContainEqual(expect.stringMatching(/^Escalated to manager: .* for 4 minutes/u))
    expect((await on.pages()).some(({ contactArn }) => contactArn === `${CONTACT}manager`)).toBe(true)
    await on.minutes(30)
    expect(await on.lastResorts()).toHaveLength(1)
  })
})

describe('an event that has not the field that a title begins with', () => {
  it("opens by the event's own words", async () => {
    on = await Rehearsal.start('sqlite', {}, RULES)
    await on.put('tocsin.orders', 'Order backlog', { waiting: 900 })
    expect((await on.incident()).title).toBe('Order backlog from tocsin.orders')
  })
})
