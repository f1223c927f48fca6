// A list that is read page by page while it changes: what is there throughout is listed exactly once.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createContactChannel } from '../../../lib/incident-manager/operations/contacts/create-contact-channel.ts'
import { deleteContactChannel } from '../../../lib/incident-manager/operations/contacts/delete-contact-channel.ts'
import { listContactChannels } from '../../../lib/incident-manager/operations/contacts/list-contact-channels.ts'
import { listPageReceipts } from '../../../lib/incident-manager/operations/contacts/list-page-receipts.ts'
import { contactArn, type Desk, openDesk, person, start } from './desk.ts'
import { createContact } from '../../../lib/incident-manager/operations/contacts/create-contact.ts'

/** What one step between two pages does: creates a channel, or deletes one of those that are there. */
const steps = fc.array(fc.array(fc.oneof(fc.constant('create' as const), fc.nat(20)), { maxLength: 4 }), {
  maxLength: 6,
})

async function create({ context }: Desk, number: number): Promise<string> {
  const address = { Type: 'EMAIL', DeliveryAddress: { SimpleAddress: 'ann@example.com' } } as const
  const input = { ContactId: contactArn('ann'), Name: 'e-mail', DeferActivation: true, ...address }
  return (
    (await createContactChannel({ ...input, IdempotencyToken: `channel-${number}` }, context)).ContactChannelArn ?? ''
  )
}

describe('ListContactChannels', () => {
  it('lists each channel that is there throughout once, whatever is created and deleted between its pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        steps,
        async (many, size, changes) => {
          const desk = await openDesk()
          await createContact({ Alias: 'ann', Type: 'PERSONAL', Plan: { Stages: [] } }, desk.context)
          const there: string[] = []
          let made = 0
          while (made < many) there.push(await create(desk, made++))
          const throughout = new Set(there)
          const listed: string[] = []
          let page = 0
          let NextToken: string | undefined
          do {
            const input = { ContactId: contactArn('ann'), MaxResults: size, NextToken }
            const answer = await listContactChannels(input, desk.context)
            listed.push(...(answer.ContactChannels ?? []).map(({ ContactChannelArn = '' }) => ContactChannelArn))
            NextToken = answer.NextToken
            for (const change of changes[page++] ?? [])
              if (change === 'create') there.push(await create(desk, made++))
              else if (there.length) {
                const [arn = ''] = there.splice(change % there.length, 1)
                throughout.delete(arn)
                await deleteContactChannel({ ContactChannelId: arn }, desk.context)
              }
          } while (NextToken)
          expect(new Set(listed).size).toBe(listed.length)
          expect(listed).toEqual(expect.arrayContaining([...throughout]))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('ListPageReceipts', () => {
  it('repeats no receipt when the person is paged again between its pages', async () => {
    const desk = await openDesk()
    const { arn } = await person(desk, 'ann', { minutes: 10, retryMinutes: 1 })
    await start(desk, arn)
    for (let minute = 0; minute < 4; minute++) await desk.sweep(1)
    const PageId = desk.messages[0]?.pageArn
    const times: string[] = []
    let NextToken: string | undefined
    do {
      const answer = await listPageReceipts({ PageId, MaxResults: 2, NextToken }, desk.context)
      times.push(...(answer.Receipts ?? []).map(({ ReceiptTime }) => ReceiptTime?.toISOString() ?? ''))
      NextToken = answer.NextToken
      await desk.sweep(1)
    } while (NextToken)
    expect(times).toEqual([4, 3, 2, 1, 0].map((minute) => `2026-03-01T12:0${minute}:00.000Z`))
  })
})
