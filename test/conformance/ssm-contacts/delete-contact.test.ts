// DeleteContact removes a contact with its channels.
import {
  DeleteContactCommand,
  DeleteRotationCommand,
  GetContactChannelCommand,
  GetContactCommand,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { answered, expectRefusal, newChannel, newContact } from '../fixtures.ts'
import { newRotation } from '../rotations.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const remove = (ContactId: string) => account.contacts.send(new DeleteContactCommand({ ContactId }))

describe('DeleteContact', () => {
  it('removes the contact and its channels; afterwards there is no such contact', async () => {
    const ContactId = await newContact(account)
    const ContactChannelId = await newChannel(account, ContactId)
    const output = await remove(ContactId)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const notFound = { ResourceType: 'CONTACT', ResourceId: ContactId }
    const get = account.contacts.send(new GetContactCommand({ ContactId }))
    await expectRefusal(get, 'ResourceNotFoundException', 400, notFound)
    await expectRefusal(remove(ContactId), 'ResourceNotFoundException', 400, notFound)
    const channel = new GetContactChannelCommand({ ContactChannelId })
    await expectRefusal(account.contacts.send(channel), 'ResourceNotFoundException', 400)
  })

  it('refuses to remove somebody who is in a rotation, and says which', async () => {
    const { arn, contacts } = await newRotation(account)
    const [ContactId = ''] = contacts
    await expectRefusal(remove(ContactId), 'ConflictException', 400, {
      message: `Contact ${ContactId} cannot be deleted: it is in a rotation`,
      ResourceType: 'CONTACT',
      ResourceId: ContactId,
      DependentEntities: [{ RelationType: 'ROTATION', DependentResourceIds: [arn] }],
    })
    await account.contacts.send(new DeleteRotationCommand({ RotationId: arn }))
    await remove(ContactId)
  })

  it('leaves an escalation plan that names the contact', async () => {
    const ContactId = await newContact(account)
    const Targets = [{ ContactTargetInfo: { ContactId, IsEssential: false } }]
    const Plan = { Stages: [{ DurationInMinutes: 5, Targets }] }
    const plan = await newContact(account, { Type: 'ESCALATION', Plan })
    await remove(ContactId)
    expect(await account.contacts.send(new GetContactCommand({ ContactId: plan }))).toMatchObject({ Plan })
  })
})
