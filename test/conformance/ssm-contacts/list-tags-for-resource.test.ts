// ListTagsForResource answers all tags of a contact.
import { ListTagsForResourceCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newContact } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (ResourceARN: string) => account.contacts.send(new ListTagsForResourceCommand({ ResourceARN }))

describe('ListTagsForResource', () => {
  it('answers an empty list where there are none', async () => {
    const output = await list(await newContact(account))
    expect(answered(output)).toEqual({ Tags: [] })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('answers the tags that a contact was created with', async () => {
    const Tags = [{ Key: 'team', Value: 'payments' }]
    expect(answered(await list(await newContact(account, { Tags })))).toEqual({ Tags })
  })

  it('knows nothing that does not exist', async () => {
    const other = absent(await newContact(account))
    await expectRefusal(list(other), 'ResourceNotFoundException', 400, { ResourceId: other })
  })
})
