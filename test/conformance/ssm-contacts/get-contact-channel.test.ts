// GetContactChannel answers one way to reach a person.
import { GetContactChannelCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newChannel, newContact } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (ContactChannelId: string) => account.contacts.send(new GetContactChannelCommand({ ContactChannelId }))

describe('GetContactChannel', () => {
  it('answers every member', async () => {
    const contact = await newContact(account)
    const channel = await newChannel(account, contact)
    const output = await get(channel)
    expect(answered(output)).toEqual({
      ContactArn: contact,
      ContactChannelArn: channel,
      Name: 'e-mail',
      Type: 'EMAIL',
      DeliveryAddress: { SimpleAddress: 'nobody@example.com' },
      ActivationStatus: 'NOT_ACTIVATED',
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('knows no channel that does not exist', async () => {
    const other = absent(await newChannel(account, await newContact(account)))
    await expectRefusal(get(other), 'ResourceNotFoundException', 400, {
      ResourceType: 'CONTACT_CHANNEL',
      ResourceId: other,
    })
  })
})
