// TagResource adds tags to contacts, escalation plans and on-call schedules.
import { ListTagsForResourceCommand, type Tag, TagResourceCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newContact } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const tag = (ResourceARN: string, Tags: Tag[]) => account.contacts.send(new TagResourceCommand({ ResourceARN, Tags }))
const tagsOf = async (ResourceARN: string) => {
  const { Tags = [] } = await account.contacts.send(new ListTagsForResourceCommand({ ResourceARN }))
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))
}

describe('TagResource', () => {
  it.each(['PERSONAL', 'ESCALATION'] as const)('adds to the tags of a contact of type %s', async (Type) => {
    const contact = await newContact(account, { Type, Tags: [{ Key: 'team', Value: 'payments' }] })
    const output = await tag(contact, [
      { Key: 'team', Value: 'orders' },
      { Key: 'constructor', Value: 'Zürich: 1/2' },
    ])
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    expect(await tagsOf(contact)).toEqual({ team: 'orders', constructor: 'Zürich: 1/2' })
  })

  it('takes an empty list', async () => {
    const contact = await newContact(account)
    await tag(contact, [])
    expect(await tagsOf(contact)).toEqual({})
  })

  it('allows a contact 50 tags', async () => {
    const contact = await newContact(account)
    await tag(
      contact,
      Array.from({ length: 50 }, (_, index) => ({ Key: `key${index}`, Value: 'value' })),
    )
    await expectRefusal(tag(contact, [{ Key: 'key50', Value: 'value' }]), 'ServiceQuotaExceededException', 400, {
      QuotaCode: expect.any(String),
      ServiceCode: 'ssm-contacts',
    })
  })

  it('refuses keys and values that no tag can have', async () => {
    const contact = await newContact(account)
    const refused: Tag[] = [
      { Key: 'aws:team', Value: 'a' },
      { Key: '', Value: 'a' },
      { Key: 'k'.repeat(129), Value: 'a' },
      { Key: 'k', Value: '' },
      { Key: 'k', Value: 'v'.repeat(257) },
    ]
    for (const one of refused) await expectRefusal(tag(contact, [one]), 'ValidationException', 400)
    expect(await tagsOf(contact)).toEqual({})
  })

  it('refuses tags without a key or a value, all in one message', async () => {
    const missing = (at: string) => ({ value: 'null', at, must: 'not be null' })
    const refused = [missing('tags.1.member.value'), missing('tags.2.member.key')]
    const half: Tag[] = [
      { Key: 'team', Value: undefined },
      { Key: undefined, Value: 'a' },
    ]
    const contact = await newContact(account)
    await expectViolation(tag(contact, half), refused)
    await expectViolation(newContact(account, { Tags: half }), refused)
    await expectRefusal(tag(contact, half), 'ValidationException', 400, {
      Reason: 'FIELD_VALIDATION_FAILED',
      Fields: refused.map(({ at }) => ({ Name: at, Message: 'Member must not be null' })),
    })
  })

  it('knows nothing that does not exist', async () => {
    const other = absent(await newContact(account))
    await expectRefusal(tag(other, [{ Key: 'team', Value: 'a' }]), 'ResourceNotFoundException', 400, {
      ResourceId: other,
    })
  })
})
