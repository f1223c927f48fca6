// UpdateContact changes the name or the plan of a contact.
import { GetContactCommand, UpdateContactCommand, type UpdateContactCommandInput } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newChannel, newContact } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const update = (input: UpdateContactCommandInput) => account.contacts.send(new UpdateContactCommand(input))
const get = (ContactId: string) => account.contacts.send(new GetContactCommand({ ContactId }))

describe('UpdateContact', () => {
  it('changes what is given and leaves the rest', async () => {
    const ContactId = await newContact(account, { DisplayName: 'Before' })
    const ContactChannelId = await newChannel(account, ContactId)
    const Targets = [{ ChannelTargetInfo: { ContactChannelId, RetryIntervalInMinutes: 1 } }]
    const Plan = { Stages: [{ DurationInMinutes: 5, Targets }] }
    const output = await update({ ContactId, Plan })
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    expect(await get(ContactId)).toMatchObject({ DisplayName: 'Before', Plan })
    await update({ ContactId, DisplayName: 'After' })
    expect(await get(ContactId)).toMatchObject({ DisplayName: 'After', Plan })
  })

  it('refuses a display name that is too long', async () => {
    const DisplayName = 'a'.repeat(256)
    await expectViolation(update({ ContactId: await newContact(account), DisplayName }), [
      { value: `'${DisplayName}'`, at: 'displayName', must: 'have length less than or equal to 255' },
    ])
  })

  it('knows no contact that does not exist', async () => {
    const ContactId = absent(await newContact(account))
    await expectRefusal(update({ ContactId, DisplayName: 'a' }), 'ResourceNotFoundException', 400, {
      ResourceType: 'CONTACT',
      ResourceId: ContactId,
    })
  })
})
