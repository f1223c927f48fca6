// ListContacts answers contacts, all or those of one type or of a beginning of their alias.
import { type ContactType, ListContactsCommand, paginateListContacts } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, connectWithoutSet, newName, onAws } from '../client.ts'
import { expectContactsPageRules, newContact, pagesOf } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

async function listed(input: { AliasPrefix?: string; Type?: ContactType }) {
  const pages = paginateListContacts({ client: account.contacts, pageSize: 1 }, input)
  return pagesOf(pages, ({ Contacts }) => Contacts, 1)
}

describe('ListContacts', () => {
  it('is read page by page, each contact of the prefix once, with the display name that it has', async () => {
    const prefix = newName('list')
    const first = await newContact(account, { Alias: `${prefix}-a`, DisplayName: 'First' })
    const second = await newContact(account, { Alias: `${prefix}-b`, Type: 'ESCALATION' })
    await newContact(account)
    expect(await listed({ AliasPrefix: prefix })).toEqual([
      { ContactArn: first, Alias: `${prefix}-a`, DisplayName: 'First', Type: 'PERSONAL' },
      { ContactArn: second, Alias: `${prefix}-b`, Type: 'ESCALATION' },
    ])
    const plans = await listed({ AliasPrefix: prefix, Type: 'ESCALATION' })
    expect(plans.map(({ ContactArn }) => ContactArn)).toEqual([second])
  })

  it.skipIf(onAws)('needs no replication set (the account on AWS may have one)', async () => {
    const empty = await connectWithoutSet()
    expect((await empty.contacts.send(new ListContactsCommand({}))).Contacts).toEqual([])
    await empty.close()
  })

  it('takes pages of up to 1,024, and no token that it has not given', () =>
    expectContactsPageRules((page) => account.contacts.send(new ListContactsCommand(page))))
})
