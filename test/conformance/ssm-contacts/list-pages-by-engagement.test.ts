// ListPagesByEngagement answers whom an engagement has paged.
import { ListPagesByEngagementCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName, onAws } from '../client.ts'
import {
  absent,
  answered,
  expectContactsPageRules,
  expectRefusal,
  newContact,
  newEngagement,
  newPage,
} from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (EngagementId: string, page: { MaxResults?: number; NextToken?: string } = {}) =>
  account.contacts.send(new ListPagesByEngagementCommand({ EngagementId, ...page }))

describe('ListPagesByEngagement', () => {
  it('answers an empty list where nobody could be paged', async () => {
    const output = await list(await newEngagement(account, await newContact(account)))
    expect(answered(output)).toEqual({ Pages: [] })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it.skipIf(onAws)('answers every member that a page has (on AWS nobody is there to be paged)', async () => {
    const IncidentId = newName('incident')
    const { contact, engagement, page } = await newPage(account, { IncidentId })
    expect(answered(await list(engagement))).toEqual({
      Pages: [
        {
          PageArn: page,
          EngagementArn: engagement,
          ContactArn: contact,
          Sender: 'conformance',
          IncidentId,
          SentTime: expect.any(Date),
        },
      ],
    })
    expect(page).toMatch(new RegExp(`^${contact.replace(':contact/', ':page/')}/[0-9a-f-]{36}$`, 'u'))
  })

  it('takes pages of up to 1,024, and no token that it has not given', async () => {
    const engagement = await newEngagement(account, await newContact(account))
    await expectContactsPageRules((page) => list(engagement, page))
  })

  it('knows no engagement that does not exist', async () => {
    const other = absent(await newEngagement(account, await newContact(account)))
    await expectRefusal(list(other), 'ResourceNotFoundException', 400, {
      ResourceType: 'ENGAGEMENT',
      ResourceId: other,
    })
  })
})
