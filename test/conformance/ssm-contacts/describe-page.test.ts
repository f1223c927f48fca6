// DescribePage answers what a person was told, and what has become of it.
import { AcceptPageCommand, DescribePageCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName, onAws } from '../client.ts'
import { answered, expectRefusal, newContact, newPage, pageOfNobody } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (PageId: string) => account.contacts.send(new DescribePageCommand({ PageId }))

describe('DescribePage', () => {
  it.skipIf(onAws)('answers every member that a page has (on AWS nobody is there to be paged)', async () => {
    const more = { IncidentId: newName('incident'), PublicSubject: 'Come', PublicContent: 'Now.' }
    const { contact, engagement, page, code } = await newPage(account, more)
    const output = await get(page)
    const members = {
      PageArn: page,
      EngagementArn: engagement,
      ContactArn: contact,
      Sender: 'conformance',
      Subject: 'Test',
      Content: 'Only a test.',
      ...more,
      SentTime: expect.any(Date),
    }
    expect(answered(output)).toEqual(members)
    expect(output.$metadata.httpStatusCode).toBe(200)
    await account.contacts.send(new AcceptPageCommand({ PageId: page, AcceptType: 'READ', AcceptCode: code }))
    expect(answered(await get(page))).toEqual({
      ...members,
      DeliveryTime: expect.any(Date),
      ReadTime: expect.any(Date),
    })
  })

  it('knows no page that does not exist', async () => {
    const other = pageOfNobody(await newContact(account))
    await expectRefusal(get(other), 'ResourceNotFoundException', 400, { ResourceType: 'PAGE', ResourceId: other })
  })
})
