// GetContactPolicy answers the policy of a contact.
import { DeleteContactCommand, GetContactPolicyCommand, PutContactPolicyCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newContact } from '../fixtures.ts'
import { contactPolicy } from '../policies.ts'

let account: Account
let contact = ''

beforeAll(async () => {
  account = await connect()
  contact = await newContact(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (ContactArn: string) => account.contacts.send(new GetContactPolicyCommand({ ContactArn }))

describe('GetContactPolicy', () => {
  it('answers the policy that was put', async () => {
    await account.contacts.send(new PutContactPolicyCommand({ ContactArn: contact, Policy: contactPolicy(contact) }))
    const output = await get(contact)
    expect(answered(output)).toEqual({ ContactArn: contact, Policy: expect.any(String) })
    expect(JSON.parse(output.Policy ?? '')).toEqual(JSON.parse(contactPolicy(contact)))
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('answers none for a contact that has none', async () => {
    const unshared = await newContact(account, { Type: 'ESCALATION' })
    expect(answered(await get(unshared))).toEqual({ ContactArn: unshared })
  })

  it('answers none for a contact of the same alias as one that was shared and deleted', async () => {
    const Alias = contact.slice(contact.lastIndexOf('/') + 1)
    await account.contacts.send(new DeleteContactCommand({ ContactId: contact }))
    await newContact(account, { Alias })
    expect(answered(await get(contact))).toEqual({ ContactArn: contact })
  })

  it('knows no contact that does not exist', async () => {
    const other = absent(contact)
    await expectRefusal(get(other), 'ResourceNotFoundException', 400, { ResourceType: 'CONTACT', ResourceId: other })
  })
})
