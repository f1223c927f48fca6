// A page that cannot be delivered: it says so, and whoever it was for is told another way, as soon as there is one.
import type { ChannelType } from '@aws-sdk/client-ssm-contacts'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Sent } from '../../../lib/incident-manager/delivery/delivery.ts'
import { activateContactChannel } from '../../../lib/incident-manager/operations/contacts/activate-contact-channel.ts'
import { createContactChannel } from '../../../lib/incident-manager/operations/contacts/create-contact-channel.ts'
import { deactivateContactChannel } from '../../../lib/incident-manager/operations/contacts/deactivate-contact-channel.ts'
import { listPageReceipts } from '../../../lib/incident-manager/operations/contacts/list-page-receipts.ts'
import { listPagesByEngagement } from '../../../lib/incident-manager/operations/contacts/list-pages-by-engagement.ts'
import { updateContact } from '../../../lib/incident-manager/operations/contacts/update-contact.ts'
import { timelineOf } from '../../../lib/incident-manager/store/keys.ts'
import { readTimelineEvent } from '../../../lib/incident-manager/store/timeline.ts'
import { accept, type Desk, escalation, INCIDENT, openDesk, openIncident, person, start } from './desk.ts'

const REFUSED: Sent = { sent: false, retry: false, reason: 'SNS: OptedOutException' }
const BUSY: Sent = { sent: false, retry: true, reason: 'SNS: ThrottledException' }

let desk: Desk
/** What each type of channel answers; it works unless told otherwise. */
let answers: Partial<Record<ChannelType, Sent>>
/** Every try, in order: the alias and the type of the channel. */
let tries: string[]
beforeEach(async () => {
  desk = await openDesk()
  await openIncident(desk)
  answers = {}
  tries = []
  desk.carrier = ({ contactArn, channelType, pageArn }) => {
    if (pageArn) tries.push(`${contactArn.split('/')[1]} ${channelType}`)
    return (pageArn && answers[channelType]) || { sent: true }
  }
})

const left = (): string[] =>
  desk.messages.map(({ contactArn, channelType }) => `${contactArn.split('/')[1]} ${channelType}`)

/** A person who is told on these channels, one stage each, five minutes apart. */
async function reachable(
  alias: string,
  types: readonly ChannelType[],
  retryMinutes = 0,
  name = 'phone',
): Promise<string[]> {
  const { arn, channelArn } = await person(desk, alias, { type: types[0] ?? 'SMS', retryMinutes })
  const channels = [channelArn]
  for (const Type of types.slice(1)) channels.push(await addChannel(arn, Type, name))
  const Stages = channels.map((ContactChannelId) => ({
    DurationInMinutes: 5,
    Targets: [{ ChannelTargetInfo: { ContactChannelId, RetryIntervalInMinutes: retryMinutes } }],
  }))
  await updateContact({ ContactId: arn, Plan: { Stages } }, desk.context)
  return [arn, ...channels]
}

async function addChannel(ContactId: string, Type: ChannelType, Name: string): Promise<string> {
  const DeliveryAddress = { SimpleAddress: Type === 'EMAIL' ? 'person@example.com' : '+15005550123' }
  const { ContactChannelArn = '' } = await createContactChannel(
    { ContactId, Name, Type, DeliveryAddress },
    desk.context,
  )
  const ActivationCode = desk.messages.pop()?.code
  await activateContactChannel({ ContactChannelId: ContactChannelArn, ActivationCode }, desk.context)
  return ContactChannelArn
}

/** What the timeline says of pages that were given up. */
async function givenUp(): Promise<unknown[]> {
  const { items } = await desk.context.table.query({
    index: 'list',
    partition: timelineOf(INCIDENT.slice(INCIDENT.lastIndexOf('/') + 1)),
  })
  const events = items.map((item) => readTimelineEvent(item))
  return events
    .filter(({ eventType }) => eventType === 'SSM Contacts Page Failure for Incident')
    .map(({ eventData }): unknown => JSON.parse(eventData).message)
}

/** The infos of the receipts of an engagement's pages. */
async function infos(EngagementId: string): Promise<(string | undefined)[]> {
  const { Pages = [] } = await listPagesByEngagement({ EngagementId }, desk.context)
  const receipts = await Promise.all(Pages.map(({ PageArn }) => listPageReceipts({ PageId: PageArn }, desk.context)))
  return receipts.flatMap(({ Receipts = [] }) => Receipts.map(({ ReceiptInfo }) => ReceiptInfo)).filter(Boolean)
}

const minutes = async (count: number): Promise<void> => {
  for (let minute = 0; minute < count; minute++) await desk.sweep(1)
}

describe('A page to an address that takes none', () => {
  test("says so on its receipt, on the timeline and in a figure, and the person's next channel is tried at once", async () => {
    const [ann = ''] = await reachable('ann', ['SMS', 'EMAIL'], 1)
    answers = { SMS: REFUSED }
    const measured: string[] = []
    const measuring = { ...desk, context: { ...desk.context, measure: (what: string) => void measured.push(what) } }
    const engagement = await start(measuring, ann)
    expect(left()).toEqual(['ann EMAIL'])
    expect(await infos(engagement)).toEqual(['SNS: OptedOutException; given up'])
    expect(await givenUp()).toEqual(['A page to ann by SMS (first) was given up: SNS: OptedOutException'])
    expect(measured).toEqual(['PagesGivenUp', 'Pages'])
    await minutes(30)
    expect(tries.filter((one) => one === 'ann SMS')).toHaveLength(1)
  })

  test('never shows the address, whatever its channel is called', async () => {
    const [ann = ''] = await reachable('ann', ['EMAIL', 'VOICE'], 0, 'my +1 (500) 555-0123')
    answers = { EMAIL: REFUSED, VOICE: REFUSED }
    await start(desk, ann)
    expect(await givenUp()).toHaveLength(2)
    expect(JSON.stringify(await givenUp())).not.toMatch(/555.?0123|example\.com/u)
  })

  test('goes on past every stage that has no other channel, to the first that has one', async () => {
    const { arn, channelArn } = await person(desk, 'ann')
    const email = await addChannel(arn, 'EMAIL', 'mail')
    const stage = (ContactChannelId: string) => ({
      DurationInMinutes: 5,
      Targets: [{ ChannelTargetInfo: { ContactChannelId, RetryIntervalInMinutes: 0 } }],
    })
    await updateContact({ ContactId: arn, Plan: { Stages: [channelArn, channelArn, email].map(stage) } }, desk.context)
    answers = { SMS: REFUSED }
    await start(desk, arn)
    expect(tries).toEqual(['ann SMS', 'ann EMAIL'])
  })

  test('waits for the end of its stage where no later one has another channel, and is tried anew then', async () => {
    const { arn, channelArn } = await person(desk, 'ann')
    const Targets = [{ ChannelTargetInfo: { ContactChannelId: channelArn, RetryIntervalInMinutes: 0 } }]
    const Stages = [
      { DurationInMinutes: 5, Targets },
      { DurationInMinutes: 5, Targets },
    ]
    await updateContact({ ContactId: arn, Plan: { Stages } }, desk.context)
    answers = { SMS: REFUSED }
    await start(desk, arn)
    await minutes(4)
    expect(tries).toEqual(['ann SMS'])
    answers = {}
    await minutes(1)
    expect(left()).toEqual(['ann SMS'])
  })

  test('leaves the rest of a stage alone in which somebody else was told', async () => {
    const [ann = ''] = await reachable('ann', ['SMS'])
    const [bob = ''] = await reachable('bob', ['EMAIL'])
    const [cy = ''] = await reachable('cy', ['EMAIL'])
    const engages = (...arns: string[]) => ({
      DurationInMinutes: 5,
      Targets: arns.map((ContactId) => ({ ContactTargetInfo: { ContactId, IsEssential: false } })),
    })
    const duty = await escalation(desk, 'duty', [])
    await updateContact({ ContactId: duty, Plan: { Stages: [engages(ann, bob), engages(cy)] } }, desk.context)
    answers = { SMS: REFUSED }
    await start(desk, duty)
    expect(left()).toEqual(['bob EMAIL'])
    await minutes(4)
    expect(left()).toEqual(['bob EMAIL'])
    await minutes(1)
    expect(left()).toEqual(['bob EMAIL', 'cy EMAIL'])
  })

  test('is followed by no other way once somebody has answered', async () => {
    const [ann = ''] = await reachable('ann', ['EMAIL', 'SMS', 'VOICE'])
    answers = { SMS: REFUSED }
    await start(desk, ann)
    await accept(desk, desk.messages[0])
    await minutes(30)
    expect(tries).toEqual(['ann EMAIL'])
  })
})

describe('A channel that is deactivated while its page waits to be tried again', () => {
  test('counts as one that works no more: the page is given up, and the next contact is told', async () => {
    const [ann = '', sms = ''] = await reachable('ann', ['SMS'])
    const [bob = ''] = await reachable('bob', ['EMAIL'])
    answers = { SMS: BUSY }
    await start(desk, await escalation(desk, 'duty', [{ arn: ann }, { arn: bob }]))
    await deactivateContactChannel({ ContactChannelId: sms }, desk.context)
    await minutes(1)
    expect(left()).toEqual(['bob EMAIL'])
    expect(await givenUp()).toEqual([
      'A page to ann by SMS (first) was given up: the contact channel is no longer active',
    ])
  })
})

describe('A page that could not leave for a while', () => {
  test("is tried again while the person's other channel is tried, and leaves once", async () => {
    const [ann = ''] = await reachable('ann', ['SMS', 'EMAIL'])
    answers = { SMS: BUSY }
    await start(desk, ann)
    expect(left()).toEqual(['ann EMAIL'])
    expect(await givenUp()).toEqual([])
    await minutes(2)
    answers = {}
    await minutes(10)
    expect(left()).toEqual(['ann EMAIL', 'ann SMS'])
    expect(tries.filter((one) => one === 'ann EMAIL')).toHaveLength(1)
  })

  test('does not cut short the stage of a plan: whom it is for is tried again before anybody else is woken', async () => {
    const [ann = ''] = await reachable('ann', ['SMS'])
    const [bob = ''] = await reachable('bob', ['EMAIL'])
    answers = { SMS: BUSY }
    await start(desk, await escalation(desk, 'duty', [{ arn: ann }, { arn: bob }]))
    await minutes(4)
    expect(left()).toEqual([])
    await minutes(1)
    expect(left()).toEqual(['bob EMAIL'])
  })

  test('is given up when it was tried often enough, and says so', async () => {
    const [ann = ''] = await reachable('ann', ['SMS'])
    answers = { SMS: BUSY }
    const engagement = await start(desk, ann)
    await minutes(60)
    expect(tries).toHaveLength(10)
    expect(await infos(engagement)).toEqual(['SNS: ThrottledException; given up'])
    expect(await givenUp()).toEqual(['A page to ann by SMS (first) was given up: SNS: ThrottledException'])
  })

  test('does not have a person told another way who has been told by it before', async () => {
    const [ann = ''] = await reachable('ann', ['SMS', 'EMAIL'], 1)
    await start(desk, ann)
    answers = { SMS: BUSY }
    await minutes(4)
    expect(left()).toEqual(['ann SMS'])
    await minutes(1)
    expect(left()).toEqual(['ann SMS', 'ann EMAIL'])
  })
})
