// ActivateContactChannel lets a channel be paged, for the code that was sent there.
import {
  ActivateContactChannelCommand,
  GetContactChannelCommand,
  SendActivationCodeCommand,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, onAws } from '../client.ts'
import {
  absent,
  activationCodeOf,
  answered,
  expectRefusal,
  expectViolation,
  newChannel,
  newContact,
} from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const activate = (ContactChannelId: string, ActivationCode: string) =>
  account.contacts.send(new ActivateContactChannelCommand({ ContactChannelId, ActivationCode }))
const statusOf = async (ContactChannelId: string) =>
  (await account.contacts.send(new GetContactChannelCommand({ ContactChannelId }))).ActivationStatus

describe('ActivateContactChannel', () => {
  it.skipIf(onAws)('takes the code that was sent (on AWS nobody reads it)', async () => {
    const contact = await newContact(account)
    const ContactChannelId = await newChannel(account, contact)
    await account.contacts.send(new SendActivationCodeCommand({ ContactChannelId }))
    const output = await activate(ContactChannelId, await activationCodeOf(account, contact))
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    expect(await statusOf(ContactChannelId)).toBe('ACTIVATED')
  })

  it('refuses any code where none was sent', async () => {
    const channel = await newChannel(account, await newContact(account))
    await expectRefusal(activate(channel, '123456'), 'ValidationException', 400)
    expect(await statusOf(channel)).toBe('NOT_ACTIVATED')
  })

  it('refuses what is no code', async () => {
    const channel = await newChannel(account, await newContact(account))
    await expectViolation(activate(channel, '12345'), [
      { value: "'12345'", at: 'activationCode', must: 'have length greater than or equal to 6' },
    ])
    await expectViolation(activate(channel, 'abcdef'), [
      { value: "'abcdef'", at: 'activationCode', must: 'satisfy regular expression pattern: ^[0-9]*$' },
    ])
  })

  it('knows no channel that does not exist', async () => {
    const other = absent(await newChannel(account, await newContact(account)))
    await expectRefusal(activate(other, '123456'), 'ResourceNotFoundException', 400, {
      ResourceType: 'CONTACT_CHANNEL',
      ResourceId: other,
    })
  })
})
