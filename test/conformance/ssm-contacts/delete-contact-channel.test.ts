// DeleteContactChannel removes a way to reach a person.
import {
  DeleteContactChannelCommand,
  GetContactChannelCommand,
  GetContactCommand,
  UpdateContactCommand,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { answered, expectRefusal, newChannel, newContact } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

describe('DeleteContactChannel', () => {
  it('removes the channel and leaves the plan that names it', async () => {
    const { contacts } = account
    const ContactId = await newContact(account)
    const ContactChannelId = await newChannel(account, ContactId)
    const Plan = { Stages: [{ DurationInMinutes: 5, Targets: [{ ChannelTargetInfo: { ContactChannelId } }] }] }
    await contacts.send(new UpdateContactCommand({ ContactId, Plan }))
    const remove = () => contacts.send(new DeleteContactChannelCommand({ ContactChannelId }))
    const output = await remove()
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const notFound = { ResourceType: 'CONTACT_CHANNEL', ResourceId: ContactChannelId }
    const get = contacts.send(new GetContactChannelCommand({ ContactChannelId }))
    await expectRefusal(get, 'ResourceNotFoundException', 400, notFound)
    await expectRefusal(remove(), 'ResourceNotFoundException', 400, notFound)
    expect(await contacts.send(new GetContactCommand({ ContactId }))).toMatchObject({ Plan })
  })
})
