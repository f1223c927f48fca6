// StopEngagement ends an engagement: nobody is paged by it any more.
import { DescribeEngagementCommand, ListPageReceiptsCommand, StopEngagementCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, onAws } from '../client.ts'
import { absent, answered, expectRefusal, newContact, newEngagement, newPage } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const stop = (EngagementId: string, Reason?: string) =>
  account.contacts.send(new StopEngagementCommand({ EngagementId, Reason }))

describe('StopEngagement', () => {
  it('stops it, and stopping it again changes nothing', async () => {
    const EngagementId = await newEngagement(account, await newContact(account))
    const output = await stop(EngagementId, 'Only a test')
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const describe = () => account.contacts.send(new DescribeEngagementCommand({ EngagementId }))
    const { StopTime } = await describe()
    expect(StopTime).toEqual(expect.any(Date))
    expect(answered(await stop(EngagementId))).toEqual({})
    expect((await describe()).StopTime).toEqual(StopTime)
  })

  it.skipIf(onAws)('gives each open page a receipt (on AWS nobody is there to be paged)', async () => {
    const { engagement, page } = await newPage(account)
    await stop(engagement, 'Only a test')
    const { Receipts = [] } = await account.contacts.send(new ListPageReceiptsCommand({ PageId: page }))
    expect(Receipts.map(({ ReceiptType }) => ReceiptType)).toEqual(['STOP', 'SENT'])
  })

  it('knows no engagement that does not exist', async () => {
    const other = absent(await newEngagement(account, await newContact(account)))
    await expectRefusal(stop(other), 'ResourceNotFoundException', 400, {
      ResourceType: 'ENGAGEMENT',
      ResourceId: other,
    })
  })
})
