// UntagResource removes tags by their keys.
import { ListTagsForResourceCommand, UntagResourceCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newContact } from '../fixtures.ts'

let account: Account
let contact = ''

beforeAll(async () => {
  account = await connect()
  contact = await newContact(account, {
    Tags: [
      { Key: 'team', Value: 'payments' },
      { Key: 'tier', Value: '1' },
    ],
  })
}, 900_000)
afterAll(() => account.close(), 900_000)

const untag = (TagKeys: string[], ResourceARN = contact) =>
  account.contacts.send(new UntagResourceCommand({ ResourceARN, TagKeys }))

describe('UntagResource', () => {
  it('removes each key that is named, and does nothing about one that is not there', async () => {
    const output = await untag(['tier', 'absent'])
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const { Tags } = await account.contacts.send(new ListTagsForResourceCommand({ ResourceARN: contact }))
    expect(Tags).toEqual([{ Key: 'team', Value: 'payments' }])
    await untag(['tier'])
  })

  it('refuses a key that no tag can have', () => expectRefusal(untag(['aws:team']), 'ValidationException', 400))

  it('knows nothing that does not exist', async () => {
    const other = absent(contact)
    await expectRefusal(untag(['team'], other), 'ResourceNotFoundException', 400, { ResourceId: other })
  })
})
