// AcceptPage says that a page has arrived, or that its person has read it.
import {
  AcceptPageCommand,
  type AcceptPageCommandInput,
  DescribeEngagementCommand,
  ListPageReceiptsCommand,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, onAws } from '../client.ts'
import { answered, expectRefusal, expectViolation, newChannel, newContact, newPage, pageOfNobody } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const accept = (PageId: string, AcceptCode: string, more: Partial<AcceptPageCommandInput> = {}) =>
  account.contacts.send(new AcceptPageCommand({ PageId, AcceptCode, AcceptType: 'READ', ...more }))
async function receiptsOf(PageId: string) {
  const { Receipts = [] } = await account.contacts.send(new ListPageReceiptsCommand({ PageId }))
  return Receipts.map(({ ReceiptType, ReceiptInfo }) => [ReceiptType, ReceiptInfo])
}
const otherThan = (code: string): string => (code === '000000' ? '000001' : '000000')

describe('AcceptPage', () => {
  // It takes the code that came with the page.
  it.skipIf(onAws)('takes the code, writes receipts and ends the engagement (on AWS nobody reads it)', async () => {
    const { engagement, page, code } = await newPage(account)
    const output = await accept(page, code)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const receipts = [
      ['READ', code],
      ['DELIVERED', code],
      ['SENT', undefined],
    ]
    expect(await receiptsOf(page)).toEqual(receipts)
    const describe = new DescribeEngagementCommand({ EngagementId: engagement })
    expect((await account.contacts.send(describe)).StopTime).toEqual(expect.any(Date))
    await accept(page, code)
    expect(await receiptsOf(page)).toEqual(receipts)
  })

  it.skipIf(onAws)('says only that it was delivered, when asked to (on AWS nobody reads the code)', async () => {
    const { engagement, page, code } = await newPage(account)
    await accept(page, code, { AcceptType: 'DELIVERED' })
    expect((await receiptsOf(page)).map(([type]) => type)).toEqual(['DELIVERED', 'SENT'])
    const describe = new DescribeEngagementCommand({ EngagementId: engagement })
    expect(await account.contacts.send(describe)).not.toHaveProperty('StopTime')
  })

  it.skipIf(onAws)(
    'refuses another code where codes are enforced, and takes any where not (on AWS nobody is paged)',
    async () => {
      const { page, code } = await newPage(account)
      const wrong = otherThan(code)
      await expectRefusal(accept(page, wrong, { AcceptCodeValidation: 'ENFORCE' }), 'ValidationException', 400)
      expect((await receiptsOf(page)).map(([type]) => type)).toEqual(['SENT'])
      await accept(page, wrong, { AcceptCodeValidation: 'IGNORE' })
      expect((await receiptsOf(page)).map(([type]) => type)).toEqual(['READ', 'DELIVERED', 'SENT'])
    },
  )

  it.skipIf(onAws)('takes a channel of its person only (on AWS nobody is paged)', async () => {
    const { contact, page, code } = await newPage(account)
    const other = await newContact(account)
    const stranger = await newChannel(account, other)
    const nobodys = contact.replace(':contact/', ':contact-channel/') + '/00000000-0000-4000-8000-000000000000'
    for (const ContactChannelId of [stranger, nobodys, contact])
      await expectRefusal(accept(page, code, { ContactChannelId }), 'ValidationException', 400, {
        message: `Invalid value provided - ${ContactChannelId} is no channel of ${contact}`,
      })
    expect((await receiptsOf(page)).map(([type]) => type)).toEqual(['SENT'])
    const ContactChannelId = await newChannel(account, contact)
    await accept(page, code, { ContactChannelId })
    const { Receipts = [] } = await account.contacts.send(new ListPageReceiptsCommand({ PageId: page }))
    expect(Receipts[0]).toMatchObject({ ReceiptType: 'READ', ContactChannelArn: ContactChannelId })
  })

  it('refuses what is no code', async () => {
    const page = pageOfNobody(await newContact(account))
    await expectViolation(accept(page, '12345'), [
      { value: "'12345'", at: 'acceptCode', must: 'have length greater than or equal to 6' },
    ])
    await expectViolation(accept(page, 'sixsix'), [
      { value: "'sixsix'", at: 'acceptCode', must: 'satisfy regular expression pattern: ^[0-9]*$' },
    ])
  })

  it('knows no page that does not exist', async () => {
    const other = pageOfNobody(await newContact(account))
    await expectRefusal(accept(other, '123456'), 'ResourceNotFoundException', 400, {
      ResourceType: 'PAGE',
      ResourceId: other,
    })
  })
})
