// DescribeEngagement answers who was engaged, with which words, since when and until when.
import { DescribeEngagementCommand, StopEngagementCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newContact, newEngagement } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (EngagementId: string) => account.contacts.send(new DescribeEngagementCommand({ EngagementId }))

describe('DescribeEngagement', () => {
  it('answers every member that an engagement has, StopTime when it is over', async () => {
    const contact = await newContact(account)
    const EngagementId = await newEngagement(account, contact)
    const output = await get(EngagementId)
    const members = {
      ContactArn: contact,
      EngagementArn: EngagementId,
      Sender: 'conformance',
      Subject: 'Test',
      Content: 'Only a test.',
      StartTime: expect.any(Date),
    }
    expect(answered(output)).toEqual(members)
    expect(output.$metadata.httpStatusCode).toBe(200)
    await account.contacts.send(new StopEngagementCommand({ EngagementId }))
    expect(answered(await get(EngagementId))).toEqual({ ...members, StopTime: expect.any(Date) })
  })

  it('knows no engagement that does not exist', async () => {
    const other = absent(await newEngagement(account, await newContact(account)))
    await expectRefusal(get(other), 'ResourceNotFoundException', 400, {
      ResourceType: 'ENGAGEMENT',
      ResourceId: other,
    })
  })
})
