// A small working set-up for an empty data folder, made through the official clients as a user would make it.
import {
  ActivateContactChannelCommand,
  type ChannelTargetInfo,
  CreateContactChannelCommand,
  CreateContactCommand,
  GetContactChannelCommand,
  type SSMContactsClient,
  type Stage,
  UpdateContactCommand,
} from '@aws-sdk/client-ssm-contacts'
import {
  CreateReplicationSetCommand,
  CreateResponsePlanCommand,
  ListReplicationSetsCommand,
  ListResponsePlansCommand,
  type SSMIncidentsClient,
} from '@aws-sdk/client-ssm-incidents'
import { contactsClient } from '../aws/clients/contacts.ts'
import { incidentsClient } from '../aws/clients/incidents.ts'
import { region } from '../aws/config.ts'
import type { LocalMessage, Runtime } from '../aws/runtime.ts'
import { createAccessKey, type KeyStore, revokeAccessKey } from '../incident-manager/store/access-keys.ts'
import type { Settings } from './settings.ts'

interface Person {
  readonly alias: string
  readonly name: string
  readonly sms: string
  readonly email: string
}

const PEOPLE = {
  primary: { alias: 'primary', name: 'Primary on call', sms: '+15550100', email: 'primary@example.com' },
  secondary: { alias: 'secondary', name: 'Secondary on call', sms: '+15550101', email: 'secondary@example.com' },
  manager: { alias: 'manager', name: 'Incident manager', sms: '+15550102', email: 'manager@example.com' },
} as const satisfies Record<string, Person>

const STATE = 'seed'
type Messages = () => readonly LocalMessage[]

/**
 * Seeds a data folder that is empty, once: a seeding that was interrupted is finished by the next start, and a folder
 * that was first used without it stays without it. `notificationTopic` is the ARN that the response plan notifies.
 */
export async function seedOnce(
  wanted: boolean,
  settings: Settings,
  runtime: Runtime,
  keys: KeyStore | undefined,
  notificationTopic: string | undefined,
  messages: Messages,
): Promise<void> {
  const state = settings.get(STATE) ?? (wanted ? 'unfinished' : 'unwanted')
  if (settings.get(STATE) === undefined) await settings.set(STATE, state)
  if (state !== 'unfinished') return
  await asAdmin(runtime, keys, async (admin) => {
    const incidents = incidentsClient(admin)
    const contacts = contactsClient(admin)
    try {
      await seed(incidents, contacts, region(admin.environment), notificationTopic, messages)
      await settings.set(STATE, 'done')
    } finally {
      incidents.destroy()
      contacts.destroy()
    }
  })
}

/** Where signatures are checked, the work is done with a key of its own, which is revoked afterwards. */
async function asAdmin(runtime: Runtime, keys: KeyStore | undefined, work: (admin: Runtime) => Promise<void>) {
  const { environment } = runtime
  if (environment['TOCSIN_AUTH'] !== 'sigv4' || !keys) return work(runtime)
  const key = await createAccessKey(keys, { name: 'seed', role: 'admin', now: new Date(), guarded: true })
  const credentials = { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey }
  try {
    // Without the ARN of the secret, clients sign with these and not as the automation.
    await work({ ...runtime, environment: { ...environment, ...credentials, TOCSIN_SECRET_ARN: undefined } })
  } finally {
    await revokeAccessKey(keys, key.accessKeyId)
  }
}

async function seed(
  incidents: SSMIncidentsClient,
  contacts: SSMContactsClient,
  here: string,
  notificationTopic: string | undefined,
  messages: Messages,
): Promise<void> {
  const sets = await incidents.send(new ListReplicationSetsCommand({}))
  if (sets.replicationSetArns?.length === 0)
    await incidents.send(
      new CreateReplicationSetCommand({ regions: { [here]: {} }, clientToken: 'seed-replication-set' }),
    )
  const primary = await makePerson(contacts, PEOPLE.primary, messages)
  const secondary = await makePerson(contacts, PEOPLE.secondary, messages)
  await makePerson(contacts, PEOPLE.manager, messages)
  const onCall = await contacts.send(
    new CreateContactCommand({
      Alias: 'on-call',
      DisplayName: 'On call',
      Type: 'ESCALATION',
      Plan: {
        Stages: [
          { DurationInMinutes: 5, Targets: [{ ContactTargetInfo: { ContactId: primary, IsEssential: true } }] },
          { DurationInMinutes: 5, Targets: [{ ContactTargetInfo: { ContactId: secondary, IsEssential: true } }] },
        ],
      },
      IdempotencyToken: 'seed-on-call',
    }),
  )
  const plans = await incidents.send(new ListResponsePlansCommand({}))
  if (plans.responsePlanSummaries?.length === 0)
    await incidents.send(
      new CreateResponsePlanCommand({
        name: 'default',
        displayName: 'Default',
        incidentTemplate: {
          title: 'Something is wrong',
          impact: 3,
          ...(notificationTopic ? { notificationTargets: [{ snsTopicArn: notificationTopic }] } : {}),
        },
        engagements: [onCall.ContactArn ?? ''],
        clientToken: 'seed-response-plan',
      }),
    )
}

const stage = (minutes: number, ChannelTargetInfo: ChannelTargetInfo): Stage => ({
  DurationInMinutes: minutes,
  Targets: [{ ChannelTargetInfo }],
})

/** Answers the contact's ARN. */
async function makePerson(contacts: SSMContactsClient, person: Person, messages: Messages): Promise<string> {
  const { ContactArn } = await contacts.send(
    new CreateContactCommand({
      Alias: person.alias,
      DisplayName: person.name,
      Type: 'PERSONAL',
      Plan: { Stages: [] },
      IdempotencyToken: `seed-${person.alias}`,
    }),
  )
  const sms = await makeChannel(contacts, ContactArn, 'SMS', person, messages)
  const email = await makeChannel(contacts, ContactArn, 'EMAIL', person, messages)
  await contacts.send(
    new UpdateContactCommand({
      ContactId: ContactArn,
      Plan: {
        Stages: [stage(2, { ContactChannelId: sms }), stage(1, { ContactChannelId: email })],
      },
    }),
  )
  return ContactArn ?? ''
}

/** Answers the channel's ARN, activated with the code that it was sent. */
async function makeChannel(
  contacts: SSMContactsClient,
  ContactId: string | undefined,
  Type: 'SMS' | 'EMAIL',
  person: Person,
  messages: Messages,
): Promise<string> {
  const address = Type === 'SMS' ? person.sms : person.email
  const { ContactChannelArn = '' } = await contacts.send(
    new CreateContactChannelCommand({
      ContactId,
      Name: Type === 'SMS' ? 'Mobile' : 'E-mail',
      Type,
      DeliveryAddress: { SimpleAddress: address },
      IdempotencyToken: `seed-${person.alias}-${Type}`,
    }),
  )
  const channel = await contacts.send(new GetContactChannelCommand({ ContactChannelId: ContactChannelArn }))
  if (channel.ActivationStatus === 'ACTIVATED') return ContactChannelArn
  const code = messages().find((message) => message.address === address && message.code !== undefined)?.code
  await contacts.send(new ActivateContactChannelCommand({ ContactChannelId: ContactChannelArn, ActivationCode: code }))
  return ContactChannelArn
}
