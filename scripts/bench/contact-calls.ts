// A request for each operation of the contacts API, in an account with sixty contacts.
import {
  AcceptPageCommand,
  ActivateContactChannelCommand,
  CreateContactChannelCommand,
  CreateContactCommand,
  CreateRotationCommand,
  CreateRotationOverrideCommand,
  DeactivateContactChannelCommand,
  DeleteContactChannelCommand,
  DeleteContactCommand,
  DeleteRotationCommand,
  DeleteRotationOverrideCommand,
  DescribeEngagementCommand,
  DescribePageCommand,
  GetContactChannelCommand,
  GetContactCommand,
  GetContactPolicyCommand,
  GetRotationCommand,
  GetRotationOverrideCommand,
  ListContactChannelsCommand,
  ListContactsCommand,
  ListEngagementsCommand,
  ListPageReceiptsCommand,
  ListPageResolutionsCommand,
  ListPagesByContactCommand,
  ListPagesByEngagementCommand,
  ListPreviewRotationShiftsCommand,
  ListRotationOverridesCommand,
  ListRotationShiftsCommand,
  ListRotationsCommand,
  ListTagsForResourceCommand,
  PutContactPolicyCommand,
  SendActivationCodeCommand,
  StartEngagementCommand,
  StopEngagementCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContactChannelCommand,
  UpdateContactCommand,
  UpdateRotationCommand,
} from '@aws-sdk/client-ssm-contacts'
import type { LocalMessage } from '../../lib/aws/runtime.ts'
import type { Calls } from './incident-calls.ts'
import type { Clients } from './prepared.ts'

const CONTACTS = 60
const DAY_MS = 24 * 60 * 60 * 1000
const HOUR_MS = 60 * 60 * 1000
const Recurrence = {
  NumberOfOnCalls: 1,
  RecurrenceMultiplier: 1,
  DailySettings: [{ HourOfDay: 9, MinuteOfHour: 0 }],
}

type Contacts = Clients['contacts']
/** What the local channels have sent, newest first. */
type Messages = () => Promise<LocalMessage[]>

const channel = (ContactId: string) => ({
  ContactId,
  Name: 'e-mail',
  Type: 'EMAIL' as const,
  DeliveryAddress: { SimpleAddress: 'erin@example.com' },
  DeferActivation: true,
})

const newChannel = async (real: Contacts, contact: string): Promise<string> =>
  (await real.send(new CreateContactChannelCommand(channel(contact)))).ContactChannelArn ?? ''

async function codeFor(real: Contacts, messages: Messages, ContactChannelId: string): Promise<string> {
  await real.send(new SendActivationCodeCommand({ ContactChannelId }))
  return (await messages())[0]?.code ?? ''
}

async function newActivatedChannel(real: Contacts, messages: Messages, contact: string): Promise<string> {
  const ContactChannelId = await newChannel(real, contact)
  const ActivationCode = await codeFor(real, messages, ContactChannelId)
  await real.send(new ActivateContactChannelCommand({ ContactChannelId, ActivationCode }))
  return ContactChannelId
}

/** The ARN of a person who is paged at once. */
export async function newOnCall(real: Contacts, messages: Messages): Promise<string> {
  const person = { Alias: 'on-call-000000000000', Plan: { Stages: [] } }
  const { ContactArn: ContactId = '' } = await real.send(new CreateContactCommand({ ...person, Type: 'PERSONAL' }))
  const ContactChannelId = await newActivatedChannel(real, messages, ContactId)
  const Targets = [{ ChannelTargetInfo: { ContactChannelId } }]
  await real.send(new UpdateContactCommand({ ContactId, Plan: { Stages: [{ DurationInMinutes: 5, Targets }] } }))
  return ContactId
}

export async function contactCalls(
  { contacts: real }: Clients,
  { contacts: dry }: Clients,
  messages: Messages,
): Promise<Calls> {
  let names = 0
  const newContact = async (): Promise<string> => {
    const person = { Alias: `person-${++names}`, Type: 'PERSONAL' as const, Plan: { Stages: [] } }
    return (await real.send(new CreateContactCommand(person))).ContactArn ?? ''
  }
  const people: string[] = []
  for (let at = 0; at < CONTACTS; at++) people.push(await newContact())
  const personOf = (index: number): string => people[index % CONTACTS] ?? ''
  const channels: string[] = []
  for (const person of people) channels.push(await newChannel(real, person))
  const channelOf = (index: number): string => channels[index % CONTACTS] ?? ''

  const onCall = await newOnCall(real, messages)
  const words = { ContactId: onCall, Sender: 'storage', Subject: 'Disk full', Content: 'Make room.' }
  const newEngagement = async (): Promise<string> =>
    (await real.send(new StartEngagementCommand(words))).EngagementArn ?? ''
  const pageOf = async (EngagementId: string): Promise<string> =>
    (await real.send(new ListPagesByEngagementCommand({ EngagementId }))).Pages?.[0]?.PageArn ?? ''
  const engagements: string[] = []
  for (let at = 0; at < CONTACTS; at++) engagements.push(await newEngagement())
  const engagementOf = (index: number): string => engagements[index % CONTACTS] ?? ''
  const page = await pageOf(engagementOf(0))

  const tomorrow = new Date(Date.now() + DAY_MS)
  const rotation = {
    ContactIds: people.slice(0, 5),
    StartTime: tomorrow,
    TimeZoneId: 'Europe/Berlin',
    Recurrence,
  }
  const newRotation = async (): Promise<string> =>
    (await real.send(new CreateRotationCommand({ Name: `rotation-${++names}`, ...rotation }))).RotationArn ?? ''
  const rotations: string[] = []
  for (let at = 0; at < CONTACTS; at++) rotations.push(await newRotation())
  const rotationOf = (index: number): string => rotations[index % CONTACTS] ?? ''
  const override = (RotationId: string, index: number) => ({
    RotationId,
    NewContactIds: [personOf(1)],
    StartTime: new Date(tomorrow.getTime() + index * HOUR_MS),
    EndTime: new Date(tomorrow.getTime() + (index + 1) * HOUR_MS),
  })
  const newOverride = async (RotationId: string, index: number): Promise<string> =>
    (await real.send(new CreateRotationOverrideCommand(override(RotationId, index)))).RotationOverrideId ?? ''
  const RotationId = await newRotation()
  for (let at = 0; at < 5; at++) await newOverride(RotationId, at)
  const RotationOverrideId = await newOverride(RotationId, 5)
  const span = { StartTime: tomorrow, EndTime: new Date(tomorrow.getTime() + 30 * DAY_MS) }
  const Policy = (arn: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: ['ssm-contacts:GetContact'], Resource: [arn] },
      ],
    })
  const PolicyOf = (index: number) => ({ ContactArn: personOf(index), Policy: Policy(personOf(index)) })
  await real.send(new PutContactPolicyCommand(PolicyOf(0)))

  return {
    CreateContact: () =>
      dry.send(new CreateContactCommand({ Alias: `person-${++names}`, Type: 'PERSONAL', Plan: { Stages: [] } })),
    GetContact: (index) => dry.send(new GetContactCommand({ ContactId: personOf(index) })),
    ListContacts: () => dry.send(new ListContactsCommand({ MaxResults: 50 })),
    UpdateContact: (index) =>
      dry.send(new UpdateContactCommand({ ContactId: personOf(index), DisplayName: `Person ${index}` })),
    DeleteContact: async () => dry.send(new DeleteContactCommand({ ContactId: await newContact() })),
    PutContactPolicy: (index) => dry.send(new PutContactPolicyCommand(PolicyOf(index))),
    GetContactPolicy: () => dry.send(new GetContactPolicyCommand({ ContactArn: personOf(0) })),
    CreateContactChannel: (index) => dry.send(new CreateContactChannelCommand(channel(personOf(index)))),
    GetContactChannel: (index) => dry.send(new GetContactChannelCommand({ ContactChannelId: channelOf(index) })),
    ListContactChannels: (index) => dry.send(new ListContactChannelsCommand({ ContactId: personOf(index) })),
    UpdateContactChannel: (index) =>
      dry.send(new UpdateContactChannelCommand({ ContactChannelId: channelOf(index), Name: `work ${index}` })),
    DeleteContactChannel: async (index) =>
      dry.send(new DeleteContactChannelCommand({ ContactChannelId: await newChannel(real, personOf(index)) })),
    SendActivationCode: (index) => dry.send(new SendActivationCodeCommand({ ContactChannelId: channelOf(index) })),
    ActivateContactChannel: async (index) => {
      const ContactChannelId = await newChannel(real, personOf(index))
      const ActivationCode = await codeFor(real, messages, ContactChannelId)
      return dry.send(new ActivateContactChannelCommand({ ContactChannelId, ActivationCode }))
    },
    DeactivateContactChannel: async (index) =>
      dry.send(
        new DeactivateContactChannelCommand({
          ContactChannelId: await newActivatedChannel(real, messages, personOf(index)),
        }),
      ),
    StartEngagement: () => dry.send(new StartEngagementCommand(words)),
    StopEngagement: async () => dry.send(new StopEngagementCommand({ EngagementId: await newEngagement() })),
    DescribeEngagement: (index) => dry.send(new DescribeEngagementCommand({ EngagementId: engagementOf(index) })),
    ListEngagements: () => dry.send(new ListEngagementsCommand({ MaxResults: 50 })),
    ListPagesByEngagement: (index) => dry.send(new ListPagesByEngagementCommand({ EngagementId: engagementOf(index) })),
    ListPagesByContact: () => dry.send(new ListPagesByContactCommand({ ContactId: onCall, MaxResults: 50 })),
    DescribePage: () => dry.send(new DescribePageCommand({ PageId: page })),
    ListPageReceipts: () => dry.send(new ListPageReceiptsCommand({ PageId: page })),
    ListPageResolutions: () => dry.send(new ListPageResolutionsCommand({ PageId: page })),
    AcceptPage: async () => {
      const answer = { AcceptType: 'READ', AcceptCode: '123456', AcceptCodeValidation: 'IGNORE' } as const
      return dry.send(new AcceptPageCommand({ PageId: await pageOf(await newEngagement()), ...answer }))
    },
    'TagResource (contacts)': (index) =>
      dry.send(
        new TagResourceCommand({ ResourceARN: personOf(index), Tags: [{ Key: 'team', Value: `storage ${index}` }] }),
      ),
    'UntagResource (contacts)': async (index) => {
      const ResourceARN = personOf(index)
      await real.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: `site-${index}`, Value: 'north' }] }))
      return dry.send(new UntagResourceCommand({ ResourceARN, TagKeys: [`site-${index}`] }))
    },
    'ListTagsForResource (contacts)': (index) =>
      dry.send(new ListTagsForResourceCommand({ ResourceARN: personOf(index) })),
    CreateRotation: () => dry.send(new CreateRotationCommand({ Name: `rotation-${++names}`, ...rotation })),
    GetRotation: (index) => dry.send(new GetRotationCommand({ RotationId: rotationOf(index) })),
    ListRotations: () => dry.send(new ListRotationsCommand({ MaxResults: 50 })),
    UpdateRotation: (index) => dry.send(new UpdateRotationCommand({ RotationId: rotationOf(index), Recurrence })),
    DeleteRotation: async () => dry.send(new DeleteRotationCommand({ RotationId: await newRotation() })),
    CreateRotationOverride: (index) => dry.send(new CreateRotationOverrideCommand(override(rotationOf(index), index))),
    GetRotationOverride: () => dry.send(new GetRotationOverrideCommand({ RotationId, RotationOverrideId })),
    DeleteRotationOverride: async (index) => {
      const made = await newOverride(rotationOf(index), index)
      return dry.send(new DeleteRotationOverrideCommand({ RotationId: rotationOf(index), RotationOverrideId: made }))
    },
    ListRotationOverrides: () => dry.send(new ListRotationOverridesCommand({ RotationId, ...span })),
    ListRotationShifts: () => dry.send(new ListRotationShiftsCommand({ RotationId, ...span })),
    ListPreviewRotationShifts: () =>
      dry.send(
        new ListPreviewRotationShiftsCommand({
          Members: ['erin', 'mo'],
          TimeZoneId: 'Europe/Berlin',
          Recurrence,
          RotationStartTime: tomorrow,
          ...span,
        }),
      ),
  }
}
