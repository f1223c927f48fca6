// CreateContactChannel adds a way to reach a person.
import {
  CreateContactChannelCommand,
  type CreateContactChannelCommandInput,
  GetContactChannelCommand,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName, onAws } from '../client.ts'
import { absent, activationCodeOf, answered, expectRefusal, expectViolation, newContact } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const create = (ContactId: string, more: Partial<CreateContactChannelCommandInput> = {}) => {
  const address = { Type: 'EMAIL', DeliveryAddress: { SimpleAddress: 'nobody@example.com' } } as const
  const input = { ContactId, Name: 'e-mail', DeferActivation: true, ...address, ...more }
  return account.contacts.send(new CreateContactChannelCommand(input))
}

describe('CreateContactChannel', () => {
  it('answers the ARN of a channel that is not activated', async () => {
    const contact = await newContact(account)
    const output = await create(contact)
    const of = contact.replace(':contact/', ':contact-channel/')
    expect(answered(output)).toEqual({
      ContactChannelArn: expect.stringMatching(new RegExp(`^${of}/[0-9a-f-]{36}$`, 'u')),
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
    const got = new GetContactChannelCommand({ ContactChannelId: output.ContactChannelArn })
    expect(await account.contacts.send(got)).toMatchObject({ ActivationStatus: 'NOT_ACTIVATED' })
  })

  it.skipIf(onAws)('sends a code there at once unless activation is deferred (on AWS nobody reads it)', async () => {
    const contact = await newContact(account)
    await create(contact)
    expect(await activationCodeOf(account, contact)).toBe('')
    await create(contact, { DeferActivation: false })
    expect(await activationCodeOf(account, contact)).toMatch(/^\d{6}$/u)
  })

  it('answers the same for the same call again, and refuses its token for another', async () => {
    const contact = await newContact(account)
    const IdempotencyToken = newName('token')
    const first = await create(contact, { IdempotencyToken })
    expect(answered(await create(contact, { IdempotencyToken }))).toEqual(answered(first))
    await expectRefusal(create(contact, { IdempotencyToken, Name: 'other' }), 'ConflictException', 400)
  })

  it('refuses an address that is none of its type, and a type that there is not', async () => {
    const contact = await newContact(account)
    await expectRefusal(create(contact, { Type: 'SMS' }), 'ValidationException', 400)
    const Type: 'SMS' = JSON.parse('"PIGEON"')
    await expectViolation(create(contact, { Type }), [
      { value: "'PIGEON'", at: 'type', must: 'satisfy enum value set: [SMS, VOICE, EMAIL]' },
    ])
  })

  it('knows no contact that does not exist', async () => {
    const other = absent(await newContact(account))
    await expectRefusal(create(other), 'ValidationException', 400, {
      message: `Invalid value provided - Contact not found: ${other}`,
    })
  })
})
