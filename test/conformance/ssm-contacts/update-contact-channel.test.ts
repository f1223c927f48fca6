// UpdateContactChannel changes the name or the address of a channel.
import {
  GetContactChannelCommand,
  UpdateContactChannelCommand,
  type UpdateContactChannelCommandInput,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, onAws } from '../client.ts'
import {
  absent,
  activationCodeOf,
  answered,
  expectRefusal,
  expectViolation,
  newActivatedChannel,
  newChannel,
  newContact,
} from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const update = (input: UpdateContactChannelCommandInput) =>
  account.contacts.send(new UpdateContactChannelCommand(input))
const get = (ContactChannelId: string) => account.contacts.send(new GetContactChannelCommand({ ContactChannelId }))
const elsewhere = { SimpleAddress: 'somebody@example.com' }

describe('UpdateContactChannel', () => {
  it('changes what is given and leaves the rest', async () => {
    const ContactChannelId = await newChannel(account, await newContact(account))
    const output = await update({ ContactChannelId, Name: 'work' })
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    expect(await get(ContactChannelId)).toMatchObject({
      Name: 'work',
      DeliveryAddress: { SimpleAddress: 'nobody@example.com' },
    })
    await update({ ContactChannelId, DeliveryAddress: elsewhere })
    expect(await get(ContactChannelId)).toMatchObject({ Name: 'work', DeliveryAddress: elsewhere })
  })

  it.skipIf(onAws)('deactivates a channel whose address changes (on AWS nobody reads the code)', async () => {
    const contact = await newContact(account)
    const ContactChannelId = await newActivatedChannel(account, contact)
    await update({ ContactChannelId, Name: 'work' })
    expect(await get(ContactChannelId)).toMatchObject({ ActivationStatus: 'ACTIVATED' })
    await update({ ContactChannelId, DeliveryAddress: elsewhere })
    expect(await get(ContactChannelId)).toMatchObject({ ActivationStatus: 'NOT_ACTIVATED' })
    expect(await activationCodeOf(account, contact)).not.toBe('')
  })

  it('refuses an address that is none of its type, and an empty name', async () => {
    const ContactChannelId = await newChannel(account, await newContact(account))
    const DeliveryAddress = { SimpleAddress: 'nobody' }
    await expectRefusal(update({ ContactChannelId, DeliveryAddress }), 'ValidationException', 400)
    await expectViolation(update({ ContactChannelId, Name: '' }), [
      { value: "''", at: 'name', must: 'have length greater than or equal to 1' },
    ])
  })

  it('knows no channel that does not exist', async () => {
    const ContactChannelId = absent(await newChannel(account, await newContact(account)))
    await expectRefusal(update({ ContactChannelId, Name: 'a' }), 'ResourceNotFoundException', 400, {
      ResourceType: 'CONTACT_CHANNEL',
      ResourceId: ContactChannelId,
    })
  })
})
