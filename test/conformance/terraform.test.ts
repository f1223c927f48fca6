// What Terraform's AWS provider does with its resources of both APIs: its calls in its order, and what it reads back to compare.
import {
  CreateContactChannelCommand,
  CreateContactCommand,
  CreateRotationCommand,
  DeleteContactChannelCommand,
  DeleteContactCommand,
  DeleteRotationCommand,
  GetContactChannelCommand,
  GetContactCommand,
  GetRotationCommand,
  ListTagsForResourceCommand as ListContactTagsCommand,
  type Stage,
  TagResourceCommand as TagContactCommand,
  UntagResourceCommand as UntagContactCommand,
  UpdateContactChannelCommand,
  UpdateContactCommand,
  UpdateRotationCommand,
} from '@aws-sdk/client-ssm-contacts'
import {
  type Action,
  CreateReplicationSetCommand,
  CreateResponsePlanCommand,
  DeleteReplicationSetCommand,
  DeleteResponsePlanCommand,
  GetReplicationSetCommand,
  GetResponsePlanCommand,
  ListReplicationSetsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateReplicationSetCommand,
  UpdateResponsePlanCommand,
  waitUntilWaitForReplicationSetActive,
  waitUntilWaitForReplicationSetDeleted,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, connectWithoutSet, newName, onAws } from './client.ts'
import { expectRefusal, expectViolation } from './fixtures.ts'
import { nine } from './rotations.ts'

const SLOW = 1_800_000
let account: Account
const incidents: Account['incidents']['send'] = (command: never) => account.incidents.send(command)
const contacts: Account['contacts']['send'] = (command: never) => account.contacts.send(command)

/** A resource that is gone is taken out of the state by this exception, and by no other. */
const expectGone = (read: Promise<unknown>, status = 400) => expectRefusal(read, 'ResourceNotFoundException', status)

describe('aws_ssmincidents_replication_set', () => {
  beforeAll(async () => {
    account = await connectWithoutSet()
  }, SLOW)
  afterAll(() => account.close(), SLOW)

  it(
    'is created, imported, given and denied a Region and tags, and destroyed',
    async (test) => {
      const existing = await incidents(new ListReplicationSetsCommand({}))
      test.skip(!!existing.replicationSetArns?.length, 'the account has a replication set already')
      const waiter = { client: account.incidents, maxWaitTime: 900 }
      const home = await account.incidents.config.region()
      const other = home === 'us-west-2' ? 'us-east-1' : 'us-west-2'
      const created = new CreateReplicationSetCommand({ regions: { [home]: {} }, tags: { team: 'ops', empty: '' } })
      const { arn = '' } = await incidents(created)
      account.afterwards(() => incidents(new DeleteReplicationSetCommand({ arn })))
      const active = () => waitUntilWaitForReplicationSetActive(waiter, { arn })
      const read = async () => (await incidents(new GetReplicationSetCommand({ arn }))).replicationSet
      const tags = async () => (await incidents(new ListTagsForResourceCommand({ resourceArn: arn }))).tags
      await active()
      expect(await read()).toMatchObject({
        arn,
        status: 'ACTIVE',
        deletionProtected: false,
        createdBy: expect.stringMatching(/^arn:/u),
        lastModifiedBy: expect.stringMatching(/^arn:/u),
        regionMap: { [home]: { status: 'ACTIVE', sseKmsKeyId: 'DefaultKey' } },
      })
      expect(await tags()).toEqual({ team: 'ops', empty: '' })
      // An import finds the one set of the account.
      expect((await incidents(new ListReplicationSetsCommand({}))).replicationSetArns).toEqual([arn])

      await incidents(new UpdateReplicationSetCommand({ arn, actions: [{ addRegionAction: { regionName: other } }] }))
      await active()
      expect(Object.keys((await read())?.regionMap ?? {}).toSorted()).toEqual([home, other].toSorted())
      await incidents(
        new UpdateReplicationSetCommand({ arn, actions: [{ deleteRegionAction: { regionName: other } }] }),
      )
      await active()
      expect(Object.keys((await read())?.regionMap ?? {})).toEqual([home])

      await incidents(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['team', 'empty'] }))
      await incidents(new TagResourceCommand({ resourceArn: arn, tags: { 'cost centre': 'a/b+c', owner: '' } }))
      expect(await tags()).toEqual({ 'cost centre': 'a/b+c', owner: '' })

      await incidents(new DeleteReplicationSetCommand({ arn }))
      await waitUntilWaitForReplicationSetDeleted(waiter, { arn })
      await expectGone(read(), 404)
      await expectGone(incidents(new DeleteReplicationSetCommand({ arn })), 404)
    },
    SLOW,
  )
})

describe('with a replication set', () => {
  beforeAll(async () => {
    account = await connect()
  }, SLOW)
  afterAll(() => account.close(), SLOW)

  describe('aws_ssmincidents_response_plan', () => {
    const name = newName('plan')
    const template = { title: 'Disk full', impact: 3, dedupeString: '', summary: '' }
    const automation = { documentName: 'clean-up', roleArn: 'arn:aws:iam::111122223333:role/clean-up' }
    const full = { ...automation, documentVersion: 'version', targetAccount: 'IMPACTED_ACCOUNT' } as const
    let arn = ''
    const read = async () => {
      const { $metadata: _, ...plan } = await incidents(new GetResponsePlanCommand({ arn }))
      return plan
    }

    it('is created with its optional arguments empty, and reads back without them', async () => {
      const empty = { displayName: '', chatChannel: { empty: {} }, engagements: [] }
      const created = await incidents(new CreateResponsePlanCommand({ name, ...empty, incidentTemplate: template }))
      arn = created.arn ?? ''
      account.afterwards(() => incidents(new DeleteResponsePlanCommand({ arn })))
      expect(arn).toMatch(new RegExp(`^arn:aws:ssm-incidents::\\d{12}:response-plan/${name}$`, 'u'))
      // Empty or absent is the same to it; a value would be a change to make.
      const plan = await read()
      expect(plan).toMatchObject({ arn, name, incidentTemplate: { title: 'Disk full', impact: 3 } })
      const { chatChannel, displayName, engagements, actions, integrations, incidentTemplate } = plan
      expect(chatChannel && 'chatbotSns' in chatChannel).toBeFalsy()
      expect([displayName, engagements, actions, integrations].filter((value) => value?.length)).toEqual([])
      expect([incidentTemplate?.dedupeString, incidentTemplate?.summary].filter(Boolean)).toEqual([])
      expect((await incidents(new ListTagsForResourceCommand({ resourceArn: arn }))).tags).toEqual({})
    })

    it.skipIf(onAws)('reads back all of its arguments as they were given (on AWS its topics must exist)', async () => {
      const action: Action = {
        ssmAutomation: {
          ...full,
          parameters: { disks: ['a', 'b'], none: [] },
          dynamicParameters: { incident: { variable: 'INCIDENT_RECORD_ARN' } },
        },
      }
      const topics = ['arn:aws:sns:us-east-1:111122223333:chat']
      const notificationTargets = [{ snsTopicArn: 'arn:aws:sns:us-east-1:111122223333:told' }]
      const pagerDuty = { name: 'duty', secretId: 'secret', pagerDutyIncidentConfiguration: { serviceId: 'service' } }
      const engagements = ['arn:aws:ssm-contacts:us-east-1:111122223333:contact/nobody']
      const parts = { displayName: 'Disk', chatChannel: { chatbotSns: topics }, engagements, actions: [action] }
      const integrations = [{ pagerDutyConfiguration: pagerDuty }]
      await incidents(
        new UpdateResponsePlanCommand({
          arn,
          ...parts,
          integrations,
          incidentTemplateTitle: 'Disk quite full',
          incidentTemplateImpact: 1,
          incidentTemplateDedupeString: 'disk',
          incidentTemplateSummary: 'No room.',
          incidentTemplateTags: { kind: 'disk' },
          incidentTemplateNotificationTargets: notificationTargets,
        }),
      )
      const incidentTags = { kind: 'disk' }
      const texts = { title: 'Disk quite full', impact: 1, dedupeString: 'disk', summary: 'No room.' }
      const incidentTemplate = { ...texts, incidentTags, notificationTargets }
      expect(await read()).toEqual({ arn, name, ...parts, integrations, incidentTemplate })
    })

    it('is refused an action without parameters, which it sends as empty maps, as AWS refuses it', async () => {
      const bare = { ...automation, documentVersion: '', parameters: {}, dynamicParameters: {} }
      const update = new UpdateResponsePlanCommand({ arn, actions: [{ ssmAutomation: bare }] })
      const must = 'have length greater than or equal to 1'
      await expectViolation(incidents(update), [
        { value: "'{}'", at: 'actions.1.member.ssmAutomation.dynamicParameters', must },
        { value: "'{}'", at: 'actions.1.member.ssmAutomation.parameters', must },
      ])
    })

    it.skipIf(onAws)('clears what is taken out of the configuration (on AWS it is as it was)', async () => {
      const cleared = { displayName: '', chatChannel: { empty: {} }, engagements: [] }
      const texts = { incidentTemplateDedupeString: '', incidentTemplateSummary: '' }
      await incidents(new UpdateResponsePlanCommand({ arn, ...cleared, ...texts }))
      const { displayName, engagements, incidentTemplate } = await read()
      expect([displayName, engagements].filter((value) => value?.length)).toEqual([])
      expect([incidentTemplate?.dedupeString, incidentTemplate?.summary].filter(Boolean)).toEqual([])
      expect(incidentTemplate).toMatchObject({ title: 'Disk quite full', impact: 1, incidentTags: { kind: 'disk' } })
    })

    it('is destroyed, also when somebody else was faster', async () => {
      await incidents(new DeleteResponsePlanCommand({ arn }))
      await expectGone(incidents(new GetResponsePlanCommand({ arn })), 404)
      await incidents(new DeleteResponsePlanCommand({ arn }))
    })
  })

  describe('aws_ssmcontacts_contact, _contact_channel, _plan and _rotation', () => {
    const Alias = newName('contact')
    let ContactId = ''
    let ContactChannelId = ''
    let RotationId = ''
    const tags = async (ResourceARN: string) => (await contacts(new ListContactTagsCommand({ ResourceARN }))).Tags

    it('create a contact with an empty plan and no display name, and give it tags and a name later', async () => {
      const Tags = [{ Key: 'team', Value: 'ops' }]
      const person = { Alias, DisplayName: '', Plan: { Stages: [] }, Tags }
      ContactId = (await contacts(new CreateContactCommand({ ...person, Type: 'PERSONAL' }))).ContactArn ?? ''
      account.afterwards(() => contacts(new DeleteContactCommand({ ContactId })))
      const read = async () => contacts(new GetContactCommand({ ContactId }))
      const created = await read()
      expect(created).toMatchObject({ ContactArn: ContactId, Alias, Type: 'PERSONAL', Plan: { Stages: [] } })
      expect(created.DisplayName ?? '').toBe('')
      expect(await tags(ContactId)).toEqual(Tags)
      await contacts(new UpdateContactCommand({ ContactId, DisplayName: 'Erin' }))
      await contacts(new UntagContactCommand({ ResourceARN: ContactId, TagKeys: ['team'] }))
      await contacts(new TagContactCommand({ ResourceARN: ContactId, Tags: [{ Key: 'site', Value: 'north' }] }))
      expect(await read()).toMatchObject({ DisplayName: 'Erin', Plan: { Stages: [] } })
      expect(await tags(ContactId)).toEqual([{ Key: 'site', Value: 'north' }])
    })

    it('create a channel that nobody is asked to activate, rename it and change its address', async () => {
      const address = { SimpleAddress: 'erin@example.com' }
      const channel = { ContactId, Name: 'e-mail', Type: 'EMAIL', DeliveryAddress: address } as const
      const created = await contacts(new CreateContactChannelCommand({ ...channel, DeferActivation: true }))
      ContactChannelId = created.ContactChannelArn ?? ''
      const read = () => contacts(new GetContactChannelCommand({ ContactChannelId }))
      const shown = { ContactChannelArn: ContactChannelId, ContactArn: ContactId, Type: 'EMAIL' }
      const before = { ...shown, Name: 'e-mail', DeliveryAddress: address, ActivationStatus: 'NOT_ACTIVATED' }
      expect(await read()).toMatchObject(before)
      await contacts(new UpdateContactChannelCommand({ ContactChannelId, Name: 'work' }))
      expect(await read()).toMatchObject({ ...before, Name: 'work' })
      const other = { SimpleAddress: 'erin@example.org' }
      await contacts(new UpdateContactChannelCommand({ ContactChannelId, DeliveryAddress: other }))
      expect(await read()).toMatchObject({ ...before, Name: 'work', DeliveryAddress: other })
    })

    it('put a plan on the contact, which reads back to the letter, and take it away', async () => {
      const plan = async (Stages: Stage[]): Promise<void> => {
        await contacts(new UpdateContactCommand({ ContactId, Plan: { Stages } }))
        const { Plan, DisplayName } = await contacts(new GetContactCommand({ ContactId }))
        expect({ Plan, DisplayName }).toEqual({ Plan: { Stages }, DisplayName: 'Erin' })
      }
      const channel = { ChannelTargetInfo: { ContactChannelId, RetryIntervalInMinutes: 0 } }
      await plan([
        { DurationInMinutes: 0, Targets: [channel] },
        { DurationInMinutes: 5, Targets: [] },
      ])
      await plan([])
    })

    it('create a rotation with the settings that it does not have as empty lists, and change it', async () => {
      const DailySettings = [{ HourOfDay: 1, MinuteOfHour: 0 }]
      const unset = { MonthlySettings: [], WeeklySettings: [] }
      const Recurrence = { NumberOfOnCalls: 1, RecurrenceMultiplier: 1, DailySettings, ...unset }
      const ContactIds = [ContactId]
      const StartTime = nine(2)
      const settings = { ContactIds, StartTime, TimeZoneId: 'Australia/Sydney' }
      const rotation = { Name: newName('rotation'), ...settings, Recurrence }
      const Tags = [{ Key: 'team', Value: 'ops' }]
      const created = new CreateRotationCommand({ IdempotencyToken: newName('token'), ...rotation, Tags })
      RotationId = (await contacts(created)).RotationArn ?? ''
      account.afterwards(() => contacts(new DeleteRotationCommand({ RotationId })))
      const read = () => contacts(new GetRotationCommand({ RotationId }))
      const { Recurrence: shown, ...others } = await read()
      expect(others).toMatchObject({ RotationArn: RotationId, Name: rotation.Name, ...settings })
      expect({ ...unset, ...shown }).toEqual(Recurrence)
      expect(await tags(RotationId)).toEqual(Tags)

      const Start = { HourOfDay: 8, MinuteOfHour: 0 }
      const ShiftCoverages = { MON: [{ Start, End: { HourOfDay: 17, MinuteOfHour: 0 } }] }
      const WeeklySettings = [
        { DayOfWeek: 'WED', HandOffTime: { HourOfDay: 4, MinuteOfHour: 25 } },
        { DayOfWeek: 'FRI', HandOffTime: { HourOfDay: 15, MinuteOfHour: 57 } },
      ] as const
      const weekly = { ...Recurrence, DailySettings: [], WeeklySettings: [...WeeklySettings], ShiftCoverages }
      const changed = { ContactIds, StartTime, TimeZoneId: 'America/Los_Angeles' }
      await contacts(new UpdateRotationCommand({ RotationId, Recurrence: weekly, ...changed }))
      const after = await read()
      expect(after).toMatchObject({ Name: rotation.Name, ...changed })
      expect({ DailySettings: [], MonthlySettings: [], ...after.Recurrence }).toEqual(weekly)
    })

    it('create a rotation without a start, which reads back without one until it is given one: nothing is left to change', async () => {
      const DailySettings = [{ HourOfDay: 1, MinuteOfHour: 0 }]
      const unset = { MonthlySettings: [], WeeklySettings: [] }
      const Recurrence = { NumberOfOnCalls: 1, RecurrenceMultiplier: 1, DailySettings, ...unset }
      const settings = { ContactIds: [ContactId], TimeZoneId: 'UTC', Recurrence }
      const created = new CreateRotationCommand({ Name: newName('rotation'), ...settings })
      const id = (await contacts(created)).RotationArn ?? ''
      account.afterwards(() => contacts(new DeleteRotationCommand({ RotationId: id })))
      const start = async () => (await contacts(new GetRotationCommand({ RotationId: id }))).StartTime
      expect(await start()).toBeUndefined()
      await contacts(new UpdateRotationCommand({ RotationId: id, ...settings, TimeZoneId: 'Europe/Paris' }))
      expect(await start()).toBeUndefined()
      await contacts(new UpdateRotationCommand({ RotationId: id, ...settings, StartTime: nine(3) }))
      expect(await start()).toEqual(nine(3))
      await contacts(new DeleteRotationCommand({ RotationId: id }))
    })

    it('are destroyed in reverse, and then found by none of their reads', async () => {
      await contacts(new DeleteRotationCommand({ RotationId }))
      await expectGone(contacts(new GetRotationCommand({ RotationId })))
      await contacts(new DeleteContactChannelCommand({ ContactChannelId }))
      await expectGone(contacts(new GetContactChannelCommand({ ContactChannelId })))
      await expectGone(contacts(new DeleteContactChannelCommand({ ContactChannelId })))
      await contacts(new DeleteContactCommand({ ContactId }))
      await expectGone(contacts(new GetContactCommand({ ContactId })))
      await expectGone(contacts(new DeleteContactCommand({ ContactId })))
    })
  })
})
