// SendActivationCode sends a new code to a channel.
import { ActivateContactChannelCommand, SendActivationCodeCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, onAws } from '../client.ts'
import { absent, activationCodeOf, answered, expectRefusal, newChannel, newContact } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const send = (ContactChannelId: string) => account.contacts.send(new SendActivationCodeCommand({ ContactChannelId }))

describe('SendActivationCode', () => {
  it.skipIf(onAws)('sends six digits, which void those that were sent before (on AWS nobody reads them)', async () => {
    const contact = await newContact(account)
    const ContactChannelId = await newChannel(account, contact)
    const output = await send(ContactChannelId)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const first = await activationCodeOf(account, contact)
    expect(first).toMatch(/^\d{6}$/u)
    let second = first
    while (second === first) {
      await send(ContactChannelId)
      second = await activationCodeOf(account, contact)
    }
    const activate = (ActivationCode: string) =>
      account.contacts.send(new ActivateContactChannelCommand({ ContactChannelId, ActivationCode }))
    await expectRefusal(activate(first), 'ValidationException', 400)
    expect(answered(await activate(second))).toEqual({})
  })

  it('knows no channel that does not exist', async () => {
    const other = absent(await newChannel(account, await newContact(account)))
    await expectRefusal(send(other), 'ResourceNotFoundException', 400, {
      ResourceType: 'CONTACT_CHANNEL',
      ResourceId: other,
    })
  })
})
