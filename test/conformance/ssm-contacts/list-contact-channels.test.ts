// ListContactChannels answers all ways to reach a person.
import { ListContactChannelsCommand, paginateListContactChannels } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import {
  absent,
  answered,
  expectContactsPageRules,
  expectRefusal,
  newChannel,
  newContact,
  pagesOf,
} from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (ContactId: string, page: { MaxResults?: number; NextToken?: string } = {}) =>
  account.contacts.send(new ListContactChannelsCommand({ ContactId, ...page }))

describe('ListContactChannels', () => {
  it('answers an empty list for a contact without channels', async () => {
    const output = await list(await newContact(account))
    expect(answered(output)).toEqual({ ContactChannels: [] })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('is read page by page, each channel once', async () => {
    const ContactId = await newContact(account)
    const arns = [await newChannel(account, ContactId), await newChannel(account, ContactId)]
    const pages = paginateListContactChannels({ client: account.contacts, pageSize: 1 }, { ContactId })
    const channels = await pagesOf(pages, ({ ContactChannels }) => ContactChannels, 1)
    const common = { ContactArn: ContactId, Name: 'e-mail', Type: 'EMAIL', ActivationStatus: 'NOT_ACTIVATED' }
    const expected = arns.map((ContactChannelArn) => ({
      ...common,
      ContactChannelArn,
      DeliveryAddress: { SimpleAddress: 'nobody@example.com' },
    }))
    expect(channels).toHaveLength(2)
    expect(channels).toEqual(expect.arrayContaining(expected))
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
