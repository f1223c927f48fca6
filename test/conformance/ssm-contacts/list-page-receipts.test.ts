// ListPageReceipts answers what has happened to a page, the newest first.
import { AcceptPageCommand, ListPageReceiptsCommand, paginateListPageReceipts } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, onAws } from '../client.ts'
import {
  answered,
  expectContactsPageRules,
  expectRefusal,
  newContact,
  newPage,
  pageOfNobody,
  pagesOf,
} from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (PageId: string, page: { MaxResults?: number; NextToken?: string } = {}) =>
  account.contacts.send(new ListPageReceiptsCommand({ PageId, ...page }))

describe('ListPageReceipts', () => {
  it.skipIf(onAws)('answers that it was sent, and by which channel (on AWS nobody is there to be paged)', async () => {
    const { contact, page } = await newPage(account)
    const output = await list(page)
    const channel = new RegExp(`^${contact.replace(':contact/', ':contact-channel/')}/`, 'u')
    expect(answered(output)).toEqual({
      Receipts: [
        { ContactChannelArn: expect.stringMatching(channel), ReceiptType: 'SENT', ReceiptTime: expect.any(Date) },
      ],
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it.skipIf(onAws)('is read page by page, each receipt once (on AWS nobody is there to be paged)', async () => {
    const { page: PageId, code } = await newPage(account)
    await account.contacts.send(new AcceptPageCommand({ PageId, AcceptType: 'READ', AcceptCode: code }))
    const pages = paginateListPageReceipts({ client: account.contacts, pageSize: 1 }, { PageId })
    const receipts = await pagesOf(pages, ({ Receipts }) => Receipts, 1)
    expect(receipts.map(({ ReceiptType }) => ReceiptType)).toEqual(['READ', 'DELIVERED', 'SENT'])
    await expectContactsPageRules((page) => list(PageId, page))
  })

  it('knows no page that does not exist', async () => {
    const other = pageOfNobody(await newContact(account))
    await expectRefusal(list(other), 'ResourceNotFoundException', 400, { ResourceType: 'PAGE', ResourceId: other })
  })
})
