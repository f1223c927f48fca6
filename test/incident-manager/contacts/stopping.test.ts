// What stops paging: a person's answer, the end of an engagement, the end of an incident.
import { beforeEach, describe, expect, test } from 'vitest'
import { acceptPage } from '../../../lib/incident-manager/operations/contacts/accept-page.ts'
import { describeEngagement } from '../../../lib/incident-manager/operations/contacts/describe-engagement.ts'
import { listPageReceipts } from '../../../lib/incident-manager/operations/contacts/list-page-receipts.ts'
import { stopEngagement } from '../../../lib/incident-manager/operations/contacts/stop-engagement.ts'
import { stopEngagementsOf } from '../../../lib/incident-manager/operations/contacts/stop-engagements-of.ts'
import {
  accept,
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
  withLaggingIndexes,
} from './desk.ts'

let desk: Desk
beforeEach(async () => {
  desk = await openDesk()
})

const paged = (): string[] => pagedBy(desk)
const receipts = (page: string | undefined): Promise<string[]> => receiptsOf(desk, page)

describe('An acknowledgement', () => {
  test('stops further pages to that person, in every engagement of the incident, in the same call', async () => {
    await openIncident(desk)
    const ann = await person(desk, 'ann', { retryMinutes: 1 })
    const bob = await person(desk, 'bob')
    await start(desk, await escalation(desk, 'duty', [ann, bob]))
    await start(desk, await escalation(desk, 'managers', [ann, bob]))
    await accept(desk, desk.messages[0])
    await desk.sweep(1)
    expect(paged()).toEqual(['ann', 'ann'])
    await desk.sweep(5)
    expect(paged()).toEqual(['ann', 'ann', 'bob', 'bob'])
    const acknowledgements = (await timeline(desk)).filter((type) => type.includes('Acknowledgement'))
    expect(acknowledgements).toEqual(['SSM Contacts Page Acknowledgement for Incident'])
  })

  test('counts for engagements of the incident that start up to a minute later', async () => {
    const ann = await person(desk, 'ann')
    const bob = await person(desk, 'bob')
    await start(desk, await escalation(desk, 'duty', [ann]))
    await accept(desk, desk.messages[0])
    await start(desk, await escalation(desk, 'managers', [ann, bob]))
    expect(paged()).toEqual(['ann', 'bob'])
  })

  test('does not count for one that starts after that: who engages somebody then means it, and their next answer counts', async () => {
    const ann = await person(desk, 'ann', { retryMinutes: 1 })
    const bob = await person(desk, 'bob')
    await start(desk, await escalation(desk, 'duty', [ann]))
    await accept(desk, desk.messages[0])
    await desk.sweep(2)
    await start(desk, await escalation(desk, 'managers', [{ ...ann, essential: true }, bob]))
    expect(paged()).toEqual(['ann', 'ann'])
    await accept(desk, desk.messages[1])
    await start(desk, await escalation(desk, 'others', [ann]))
    await desk.sweep(10)
    expect(paged()).toEqual(['ann', 'ann'])
  })

  test('does not count for another incident', async () => {
    const ann = await person(desk, 'ann')
    await start(desk, ann.arn)
    await accept(desk, desk.messages[0])
    await start(desk, ann.arn, { IncidentId: 'another' })
    await start(desk, ann.arn, {})
    expect(paged()).toEqual(['ann', 'ann', 'ann'])
  })

  test('of the essential person ends the plan and closes the open pages of the others', async () => {
    const ann = await person(desk, 'ann')
    const bob = await person(desk, 'bob')
    const cy = await person(desk, 'cy')
    const plan = await escalation(desk, 'duty', [cy, { ...ann, essential: true }, bob])
    const EngagementId = await start(desk, plan)
    await desk.sweep(5)
    await accept(desk, desk.messages[1])
    expect(await describeEngagement({ EngagementId }, desk.context)).toMatchObject({
      StopTime: desk.context.clock.now(),
    })
    expect(await receipts(desk.messages[0]?.pageArn)).toEqual(['STOP', 'SENT'])
    expect(await receipts(desk.messages[1]?.pageArn)).toEqual(['READ', 'DELIVERED', 'SENT'])
    await desk.sweep(60)
    expect(paged()).toEqual(['cy', 'ann'])
  })

  test('needs the right code, unless the caller vouches for it', async () => {
    const ann = await person(desk, 'ann')
    await start(desk, ann.arn)
    const PageId = desk.messages[0]?.pageArn
    const AcceptCode = desk.messages[0]?.code === '000000' ? '111111' : '000000'
    const wrong = { PageId, AcceptType: 'READ', AcceptCode } as const
    for (const input of [wrong, { ...wrong, AcceptCodeValidation: 'ENFORCE' as const }])
      await expect(acceptPage(input, desk.context)).rejects.toMatchObject({ name: 'ValidationException' })
    expect(await receipts(PageId)).toEqual(['SENT'])
    await acceptPage({ ...wrong, AcceptCodeValidation: 'IGNORE', Note: 'on my way' }, desk.context)
    const { Receipts } = await listPageReceipts({ PageId, MaxResults: 2 }, desk.context)
    expect(Receipts).toMatchObject([
      { ReceiptType: 'READ', ReceiptInfo: 'on my way' },
      { ReceiptType: 'DELIVERED', ReceiptInfo: 'on my way' },
    ])
  })

  test('is none when the page was only delivered', async () => {
    const ann = await person(desk, 'ann', { retryMinutes: 1 })
    await start(desk, ann.arn)
    const { pageArn: PageId, code: AcceptCode } = desk.messages[0] ?? {}
    await acceptPage({ PageId, AcceptCode, AcceptType: 'DELIVERED' }, desk.context)
    expect(await receipts(PageId)).toEqual(['DELIVERED', 'SENT'])
    await desk.sweep(1)
    expect(desk.messages).toHaveLength(2)
    await accept(desk, desk.messages[0])
    expect(await receipts(PageId)).toEqual(['READ', 'SENT', 'DELIVERED', 'SENT'])
  })

  test('is seen by an engagement that a lagging index did not show, before it pages that person again', async () => {
    const ann = await person(desk, 'ann', { retryMinutes: 1 })
    await start(desk, await escalation(desk, 'duty', [ann]))
    await start(desk, await escalation(desk, 'managers', [ann]))
    const { pageArn: PageId, code: AcceptCode } = desk.messages[0] ?? {}
    await acceptPage({ PageId, AcceptCode, AcceptType: 'READ' }, withLaggingIndexes(desk))
    await desk.sweep(1)
    expect(paged()).toEqual(['ann', 'ann'])
  })

  test('may be repeated', async () => {
    await openIncident(desk)
    const ann = await person(desk, 'ann')
    await start(desk, ann.arn)
    await accept(desk, desk.messages[0])
    desk.advance(1)
    await accept(desk, desk.messages[0])
    expect(await receipts(desk.messages[0]?.pageArn)).toEqual(['READ', 'DELIVERED', 'SENT'])
    expect(await timeline(desk)).toHaveLength(2)
    expect(await desk.sweep(60)).toEqual({ done: 0, failed: 0 })
  })
})

describe('Stopping', () => {
  test('an engagement closes its open pages, and nobody is paged any more', async () => {
    const contacts = [await person(desk, 'ann', { retryMinutes: 1 }), await person(desk, 'bob')]
    const EngagementId = await start(desk, await escalation(desk, 'duty', contacts))
    await stopEngagement({ EngagementId, Reason: 'false alarm' }, desk.context)
    const { Receipts } = await listPageReceipts({ PageId: desk.messages[0]?.pageArn }, desk.context)
    expect(Receipts).toMatchObject([{ ReceiptType: 'STOP', ReceiptInfo: 'false alarm' }, { ReceiptType: 'SENT' }])
    expect(await desk.sweep(60)).toEqual({ done: 0, failed: 0 })
    expect(paged()).toEqual(['ann'])
    await stopEngagement({ EngagementId }, desk.context)
    expect(await describeEngagement({ EngagementId }, desk.context)).toMatchObject({ StopTime: START })
  })

  test('those of an incident leaves the others, and those that start afterwards', async () => {
    const ann = await person(desk, 'ann', { retryMinutes: 1 })
    await start(desk, ann.arn)
    await start(desk, ann.arn, { IncidentId: 'another' })
    desk.advance(0.5)
    await stopEngagementsOf(desk.context, INCIDENT, 'resolved')
    await start(desk, ann.arn)
    desk.messages.length = 0
    await desk.sweep(1)
    expect(desk.messages).toHaveLength(2)
  })

  test('reaches an engagement that a lagging index did not show, before it pages again', async () => {
    const ann = await person(desk, 'ann', { retryMinutes: 1 })
    const EngagementId = await start(desk, ann.arn)
    desk.advance(0.5)
    await stopEngagementsOf(withLaggingIndexes(desk), INCIDENT, 'resolved')
    await desk.sweep(1)
    expect(desk.messages).toHaveLength(1)
    expect((await describeEngagement({ EngagementId }, desk.context)).StopTime).toBeDefined()
  })
})
