// DeactivateContactChannel keeps a channel from being paged.
import { DeactivateContactChannelCommand, GetContactChannelCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, onAws } from '../client.ts'
import { absent, answered, expectRefusal, newActivatedChannel, newChannel, newContact } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const deactivate = (ContactChannelId: string) =>
  account.contacts.send(new DeactivateContactChannelCommand({ ContactChannelId }))

describe('DeactivateContactChannel', () => {
  it.skipIf(onAws)('deactivates a channel that was activated (on AWS nobody reads the code)', async () => {
    const ContactChannelId = await newActivatedChannel(account, await newContact(account))
    const output = await deactivate(ContactChannelId)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const { ActivationStatus } = await account.contacts.send(new GetContactChannelCommand({ ContactChannelId }))
    expect(ActivationStatus).toBe('NOT_ACTIVATED')
  })

  it('knows no channel that does not exist', async () => {
    const other = absent(await newChannel(account, await newContact(account)))
    await expectRefusal(deactivate(other), 'ResourceNotFoundException', 400, {
      ResourceType: 'CONTACT_CHANNEL',
      ResourceId: other,
    })
  })
})
