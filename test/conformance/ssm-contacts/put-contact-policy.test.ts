// PutContactPolicy keeps one policy for a contact.
import { GetContactPolicyCommand, PutContactPolicyCommand } from '@aws-sdk/client-ssm-contacts'
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

const put = (Policy: string, ContactArn = contact) =>
  account.contacts.send(new PutContactPolicyCommand({ ContactArn, Policy }))

describe('PutContactPolicy', () => {
  it('replaces the policy that was there before', async () => {
    await put(contactPolicy(contact, '555566667777'))
    const output = await put(contactPolicy(contact))
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const { Policy = '' } = await account.contacts.send(new GetContactPolicyCommand({ ContactArn: contact }))
    expect(JSON.parse(Policy)).toEqual(JSON.parse(contactPolicy(contact)))
  })

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['a policy without a statement', '{"Version":"2012-10-17","Statement":[]}'],
  ])('refuses %s', (_, policy) => expectRefusal(put(policy), 'ValidationException', 400))

  it('refuses a policy of nothing but white space, by its field', async () => {
    await expectRefusal(put(' '), 'ValidationException', 400, {
      Reason: 'FIELD_VALIDATION_FAILED',
      Fields: [{ Name: 'policy', Message: 'Member must satisfy regular expression pattern: .*\\S.*' }],
    })
  })

  it('knows no contact that does not exist', async () => {
    const other = absent(contact)
    await expectRefusal(put(contactPolicy(other), other), 'ResourceNotFoundException', 400, {
      ResourceType: 'CONTACT',
      ResourceId: other,
    })
  })
})
