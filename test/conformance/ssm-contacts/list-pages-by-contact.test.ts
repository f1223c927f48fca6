// ListPagesByContact answers the pages of a person, the newest first.
import {
  ListPagesByContactCommand,
  ListPagesByEngagementCommand,
  paginateListPagesByContact,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, onAws } from '../client.ts'
import {
  absent,
  answered,
  expectContactsPageRules,
  expectRefusal,
  newContact,
  newEngagement,
  newPage,
  pagesOf,
} from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (ContactId: string, page: { MaxResults?: number; NextToken?: string } = {}) =>
  account.contacts.send(new ListPagesByContactCommand({ ContactId, ...page }))

describe('ListPagesByContact', () => {
  it('answers an empty list for a person who has not been paged', async () => {
    const output = await list(await newContact(account))
    expect(answered(output)).toEqual({ Pages: [] })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it.skipIf(onAws)('is read page by page, each once (on AWS nobody is there to be paged)', async () => {
    const { contact, page } = await newPage(account)
    const EngagementId = await newEngagement(account, contact)
    const { Pages: [second] = [] } = await account.contacts.send(new ListPagesByEngagementCommand({ EngagementId }))
    const pages = paginateListPagesByContact({ client: account.contacts, pageSize: 1 }, { ContactId: contact })
    const all = await pagesOf(pages, ({ Pages }) => Pages, 1)
    expect(all.map(({ PageArn }) => PageArn)).toEqual([second?.PageArn, page])
    expect(all[0]).toEqual(second)
  })

  it('takes pages of up to 1,024, and no token that it has not given', async () => {
    const contact = await newContact(account)
    await expectContactsPageRules((page) => list(contact, page))
  })

  it('knows no contact that does not exist', async () => {
    const other = absent(await newContact(account))
    await expectRefusal(list(other), 'ResourceNotFoundException', 400, { ResourceType: 'CONTACT', ResourceId: other })
  })
})
