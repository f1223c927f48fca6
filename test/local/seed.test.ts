// The seed: a small working set-up in an empty folder, made once, and finished when it was interrupted.
import {
  GetContactCommand,
  ListContactChannelsCommand,
  ListContactsCommand,
  SSMContactsClient,
} from '@aws-sdk/client-ssm-contacts'
import {
  GetResponsePlanCommand,
  ListReplicationSetsCommand,
  ListResponsePlansCommand,
  SSMIncidentsClient,
} from '@aws-sdk/client-ssm-incidents'
import { afterEach, expect, test } from 'vitest'
import { startSystem, type System, type SystemOptions } from '../../lib/local/system.ts'
import { START, temporaryFolder } from './rehearsal.ts'

const systems: System[] = []
afterEach(async () => {
  await Promise.all(systems.splice(0).map((system) => system.close()))
})

async function start(data: string, options: Partial<SystemOptions> = {}): Promise<System> {
  const system = await startSystem({
    port: 0,
    data,
    clock: 'simulated',
    startAt: START,
    seed: true,
    rules: 'rules.yml',
    region: 'us-east-1',
    report: () => {},
    ...options,
  })
  systems.push(system)
  return system
}

/** What the official clients find. */
async function found(system: System) {
  const settings = {
    endpoint: system.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  }
  const incidents = new SSMIncidentsClient(settings)
  const contacts = new SSMContactsClient(settings)
  const { replicationSetArns = [] } = await incidents.send(new ListReplicationSetsCommand({}))
  const people =
    replicationSetArns.length > 0 ? ((await contacts.send(new ListContactsCommand({}))).Contacts ?? []) : []
  const plans =
    replicationSetArns.length > 0
      ? ((await incidents.send(new ListResponsePlansCommand({}))).responsePlanSummaries ?? [])
      : []
  const channels = await Promise.all(
    people
      .filter(({ Type }) => Type === 'PERSONAL')
      .map(async ({ ContactArn, Alias }) => {
        const { ContactChannels = [] } = await contacts.send(new ListContactChannelsCommand({ ContactId: ContactArn }))
        return ContactChannels.map(({ Type, ActivationStatus }) => `${Alias} ${Type} ${ActivationStatus}`)
      }),
  )
  const onCall = people.find(({ Alias }) => Alias === 'on-call')
  const result = {
    replicationSets: replicationSetArns.length,
    people: people.map(({ Alias, Type }) => `${Alias} ${Type}`).toSorted(),
    channels: channels.flat().toSorted(),
    stages: onCall
      ? (await contacts.send(new GetContactCommand({ ContactId: onCall.ContactArn }))).Plan?.Stages?.length
      : 0,
    plans: await Promise.all(
      plans.map(async ({ arn }) => {
        const { name, engagements, incidentTemplate } = await incidents.send(new GetResponsePlanCommand({ arn }))
        return { name, engagements, notificationTargets: incidentTemplate?.notificationTargets }
      }),
    ),
  }
  incidents.destroy()
  contacts.destroy()
  return result
}

const SEEDED = {
  replicationSets: 1,
  people: ['manager PERSONAL', 'on-call ESCALATION', 'primary PERSONAL', 'secondary PERSONAL'],
  channels: ['manager', 'primary', 'secondary'].flatMap((name) => [`${name} EMAIL ACTIVATED`, `${name} SMS ACTIVATED`]),
  stages: 2,
  plans: [
    {
      name: 'default',
      engagements: ['arn:aws:ssm-contacts:us-east-1:111122223333:contact/on-call'],
      notificationTargets: [{ snsTopicArn: 'arn:aws:sns:us-east-1:111122223333:tocsin-production-notifications' }],
    },
  ],
}
const EMPTY = { replicationSets: 0, people: [], channels: [], stages: 0, plans: [] }

test('an empty folder is seeded, at the start instant, and not again', async () => {
  const data = temporaryFolder()
  const first = await start(data)
  expect(await found(first)).toEqual(SEEDED)
  const messages = await first.messages()
  expect(new Set(messages.map(({ at }) => at.toISOString()))).toEqual(new Set([START.toISOString()]))
  await first.close()
  const second = await start(data)
  expect(await found(second)).toEqual(SEEDED)
  expect(await second.messages()).toHaveLength(messages.length)
})

test('a folder that was first used without a seed stays without it', async () => {
  const data = temporaryFolder()
  const first = await start(data, { seed: false })
  expect(await found(first)).toEqual(EMPTY)
  await first.close()
  expect(await found(await start(data))).toEqual(EMPTY)
})

test('a seeding that was interrupted, after whichever call, is finished by the next start', async () => {
  let calls = 0
  const counted = await start(':memory:', {
    watch: {
      invocation: (_name, _event, run) => {
        calls += 1
        return run()
      },
    },
  })
  await counted.close()
  expect(calls).toBeGreaterThan(20)

  for (let last = 1; last < calls; last += 3) {
    const data = temporaryFolder()
    let call = 0
    const interrupted = start(data, {
      watch: {
        invocation: async (_name, _event, run) => {
          call += 1
          const answer = await run()
          if (call > last) throw new Error('interrupted')
          return answer
        },
      },
    })
    await expect(interrupted).rejects.toMatchObject({ $metadata: { httpStatusCode: 502 } })
    const system = await start(data)
    expect(await found(system)).toEqual(SEEDED)
    await system.close()
  }
}, 120_000)
