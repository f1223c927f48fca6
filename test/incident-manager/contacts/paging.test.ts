// Engagements: who is paged when, what stops it, and what is left to read of it.
import { beforeEach, describe, expect, test } from 'vitest'
import { deactivateContactChannel } from '../../../lib/incident-manager/operations/contacts/deactivate-contact-channel.ts'
import { deleteContact } from '../../../lib/incident-manager/operations/contacts/delete-contact.ts'
import { describePage } from '../../../lib/incident-manager/operations/contacts/describe-page.ts'
import { engage } from '../../../lib/incident-manager/operations/contacts/engage.ts'
import { listEngagements } from '../../../lib/incident-manager/operations/contacts/list-engagements.ts'
import { listPageReceipts } from '../../../lib/incident-manager/operations/contacts/list-page-receipts.ts'
import { listPagesByContact } from '../../../lib/incident-manager/operations/contacts/list-pages-by-contact.ts'
import { listPagesByEngagement } from '../../../lib/incident-manager/operations/contacts/list-pages-by-engagement.ts'
import {
  accept,
  contactArn,
  type Desk,
  escalation,
  INCIDENT,
  openDesk,
  openIncident,
  pagedBy,
  person,
  receiptsOf,
  START,
  start,
  timeline,
  watched,
} from './desk.ts'

let desk: Desk
beforeEach(async () => {
  desk = await openDesk()
})

const paged = (): string[] => pagedBy(desk)
const receipts = (page: string | undefined): Promise<string[]> => receiptsOf(desk, page)

const minute = (count: number): Date => new Date(START.getTime() + count * 60_000)

describe('An engagement', () => {
  test('pages in the call that starts it, and says so on the page and the timeline', async () => {
    await openIncident(desk)
    const ann = await person(desk, 'ann')
    const engagement = await start(desk, await escalation(desk, 'duty', [ann]))
    expect(desk.messages).toHaveLength(1)
    const { pageArn, code, body } = desk.messages[0] ?? {}
    expect(body).toBe(`Checkout is down. Reply ${code} to acknowledge.`)
    expect(pageArn).toMatch(/^arn:aws:ssm-contacts:us-east-1:111122223333:page\/ann\/[0-9a-f-]{36}$/u)
    expect(engagement).toMatch(/^arn:aws:ssm-contacts:us-east-1:111122223333:engagement\/duty\/[0-9a-f-]{36}$/u)
    expect(await describePage({ PageId: pageArn }, desk.context)).toEqual({
      PageArn: pageArn,
      EngagementArn: engagement,
      ContactArn: ann.arn,
      Sender: 'tests',
      Subject: 'Checkout is down',
      Content: 'All of it, since noon.',
      IncidentId: INCIDENT,
      SentTime: START,
    })
    expect(await receipts(pageArn)).toEqual(['SENT'])
    expect(await timeline(desk)).toEqual(['SSM Contacts Page for Incident'])
  })

  test('goes on to the next stage when nobody has answered in time', async () => {
    const contacts = [await person(desk, 'ann'), await person(desk, 'bob')]
    await start(desk, await escalation(desk, 'duty', contacts))
    await desk.sweep(4)
    expect(paged()).toEqual(['ann'])
    expect(await desk.sweep(1)).toEqual({ done: 1, failed: 0 })
    expect(paged()).toEqual(['ann', 'bob'])
    expect(await desk.sweep(60)).toEqual({ done: 0, failed: 0 })
  })

  test('gives a responder the whole stage after a late sweep', async () => {
    const contacts = [await person(desk, 'ann'), await person(desk, 'bob'), await person(desk, 'cy')]
    await start(desk, await escalation(desk, 'duty', contacts))
    await desk.sweep(60)
    expect(paged()).toEqual(['ann', 'bob'])
    await desk.sweep(4)
    expect(paged()).toEqual(['ann', 'bob'])
    await desk.sweep(1)
    expect(paged()).toEqual(['ann', 'bob', 'cy'])
  })

  test('sends the same page with the same code again until it is answered', async () => {
    const ann = await person(desk, 'ann', { retryMinutes: 1 })
    await start(desk, ann.arn)
    await desk.sweep(1)
    await desk.sweep(1)
    expect(desk.messages).toHaveLength(3)
    expect(new Set(desk.messages.map(({ pageArn, code }) => `${pageArn} ${code}`)).size).toBe(1)
    expect(await receipts(desk.messages[0]?.pageArn)).toEqual(['SENT', 'SENT', 'SENT'])
    await accept(desk, desk.messages[0])
    expect(await desk.sweep(1)).toEqual({ done: 0, failed: 0 })
    expect(desk.messages).toHaveLength(3)
  })

  test('is the same one for the same token, and a conflict with other words', async () => {
    const ann = await person(desk, 'ann')
    const first = await start(desk, ann.arn, { IdempotencyToken: 'one' })
    desk.advance(1)
    expect(await start(desk, ann.arn, { IdempotencyToken: 'one' })).toBe(first)
    expect(desk.messages).toHaveLength(1)
    const other = start(desk, ann.arn, { IdempotencyToken: 'one', IncidentId: INCIDENT })
    await expect(other).rejects.toMatchObject({ name: 'ConflictException' })
    await deleteContact({ ContactId: ann.arn }, desk.context)
    expect(await start(desk, ann.arn, { IdempotencyToken: 'one' })).toBe(first)
  })

  test('of nobody is refused by name', async () => {
    await expect(start(desk, contactArn('nobody'))).rejects.toMatchObject({
      resource: { type: 'CONTACT', id: contactArn('nobody') },
    })
  })

  test('does not page a channel that has been deactivated in the meantime', async () => {
    const ann = await person(desk, 'ann', { retryMinutes: 1 })
    await start(desk, ann.arn)
    await deactivateContactChannel({ ContactChannelId: ann.channelArn }, desk.context)
    await desk.sweep(1)
    expect(desk.messages).toHaveLength(1)
    expect(await desk.sweep(60)).toEqual({ done: 0, failed: 0 })
  })

  test('tells SMS only what is public, and keeps it short', async () => {
    const ann = await person(desk, 'ann')
    await start(desk, ann.arn, { PublicSubject: 'Tocsin '.repeat(200) })
    const [message] = desk.messages
    expect(message?.body.length).toBeLessThanOrEqual(300)
    expect(message?.body).toMatch(/^Tocsin .*… Reply \d{6} to acknowledge\.$/u)
  })

  test('puts the page into the subject of an e-mail, so that a reply finds it', async () => {
    const ann = await person(desk, 'ann', { type: 'EMAIL' })
    await start(desk, ann.arn)
    const [message] = desk.messages
    expect(message?.subject).toBe(`Checkout is down [${message?.pageArn}]`)
    expect(message?.body).toContain('All of it, since noon.')
    expect(message?.body).toContain(message?.code)
  })
})

describe('A carrier that fails', () => {
  test('for a while is tried again, later each time, with one ERROR receipt', async () => {
    const ann = await person(desk, 'ann')
    desk.carrier = () => ({ sent: false, retry: true, reason: 'busy' })
    await start(desk, ann.arn)
    const { Engagements = [] } = await listEngagements({}, desk.context)
    const { Pages = [] } = await listPagesByEngagement({ EngagementId: Engagements[0]?.EngagementArn }, desk.context)
    expect(await desk.sweep(0.4)).toEqual({ done: 0, failed: 0 })
    await desk.sweep(0.1)
    expect(await receipts(Pages[0]?.PageArn)).toEqual(['ERROR'])
    desk.carrier = () => ({ sent: true })
    expect(await desk.sweep(0.9)).toEqual({ done: 0, failed: 0 })
    await desk.sweep(0.1)
    expect(await receipts(Pages[0]?.PageArn)).toEqual(['SENT', 'ERROR'])
    expect(await desk.sweep(60)).toEqual({ done: 0, failed: 0 })
    expect(desk.messages).toHaveLength(1)
  })

  test('for good is recorded and not asked again, and the next contact is told at once', async () => {
    const contacts = [await person(desk, 'ann', { retryMinutes: 1 }), await person(desk, 'bob')]
    const asked: string[] = []
    desk.carrier = ({ contactArn }) => {
      asked.push(contactArn)
      return contactArn === contacts[0]?.arn ? { sent: false, retry: false, reason: 'no such number' } : { sent: true }
    }
    const EngagementId = await start(desk, await escalation(desk, 'duty', contacts))
    expect(paged()).toEqual(['bob'])
    const { Pages = [] } = await listPagesByEngagement({ EngagementId }, desk.context)
    const page = Pages.find(({ ContactArn }) => ContactArn === contacts[0]?.arn)
    const { Receipts } = await listPageReceipts({ PageId: page?.PageArn }, desk.context)
    expect(Receipts).toMatchObject([{ ReceiptType: 'ERROR', ReceiptInfo: 'no such number; given up' }])
    for (let minute = 0; minute < 30; minute++) await desk.sweep(1)
    expect(asked).toEqual(contacts.map(({ arn }) => arn))
  })

  test('for one person does not keep it from another', async () => {
    const contacts = [await person(desk, 'ann'), await person(desk, 'bob')]
    desk.carrier = ({ contactArn }) =>
      contactArn === contacts[0]?.arn ? { sent: false, retry: true, reason: 'busy' } : { sent: true }
    await start(desk, await escalation(desk, 'duty', contacts))
    await desk.sweep(5)
    expect(paged()).toEqual(['bob'])
  })
})

describe('Lists', () => {
  test('show engagements newest first, of all or of one incident, within a span of time, page by page', async () => {
    const ann = await person(desk, 'ann')
    const arns: string[] = []
    for (const IncidentId of ['one', 'two', 'one']) {
      arns.unshift(await start(desk, ann.arn, { IncidentId }))
      desk.advance(1)
    }
    const listed = async (input: Parameters<typeof listEngagements>[0]): Promise<(string | undefined)[]> => {
      const { Engagements = [], NextToken } = await listEngagements(input, desk.context)
      const found = Engagements.map(({ EngagementArn }) => EngagementArn)
      return NextToken ? [...found, ...(await listed({ ...input, NextToken }))] : found
    }
    expect(await listed({})).toEqual(arns)
    expect(await listed({ MaxResults: 1 })).toEqual(arns)
    expect(await listed({ IncidentId: 'one' })).toEqual([arns[0], arns[2]])
    expect(await listed({ TimeRangeValue: { StartTime: minute(1) } })).toEqual([arns[0], arns[1]])
    expect(await listed({ TimeRangeValue: { StartTime: minute(1), EndTime: minute(1) } })).toEqual([arns[1]])
    expect(await listed({ IncidentId: 'one', TimeRangeValue: { EndTime: minute(1) } })).toEqual([arns[2]])
  })

  test('show the pages of an engagement and of a person, newest first', async () => {
    const contacts = [await person(desk, 'ann'), await person(desk, 'bob')]
    const EngagementId = await start(desk, await escalation(desk, 'duty', contacts))
    await desk.sweep(5)
    const byEngagement = await listPagesByEngagement({ EngagementId }, desk.context)
    expect(byEngagement.Pages?.map(({ ContactArn }) => ContactArn)).toEqual([contactArn('bob'), contactArn('ann')])
    const byContact = await listPagesByContact({ ContactId: contactArn('bob') }, desk.context)
    expect(byContact.Pages).toEqual([byEngagement.Pages?.[0]])
    expect(byContact.Pages?.[0]).toMatchObject({ EngagementArn: EngagementId, SentTime: desk.context.clock.now() })
  })
})

test('The first page of a new incident costs six table calls, four of them before it leaves', async () => {
  const ann = await person(desk, 'ann')
  const plan = await escalation(desk, 'duty', [ann])
  const calls: string[] = []
  desk.carrier = () => {
    calls.push('send')
    return { sent: true }
  }
  const table = watched(desk.context.table, (method, about) => {
    calls.push(`${method} ${/"(?:pk|partition)":"(\w+)/u.exec(about)?.[1] ?? ''}`)
  })
  const words = { sender: 'tests', subject: 'Checkout is down', content: 'All of it, since noon.' }
  const input = { contactArn: plan, ...words, incidentId: 'not one of ours', token: 'one', newIncident: true }
  await engage({ ...desk.context, table }, input)
  expect(calls).toEqual([
    'query contact',
    'query contact',
    'put engagement',
    'put page',
    'send',
    'update page',
    'put engagement',
  ])
})
