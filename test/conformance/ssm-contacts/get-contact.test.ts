// GetContact answers who a contact is, with its plan.
import { GetContactCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newContact } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (ContactId: string) => account.contacts.send(new GetContactCommand({ ContactId }))

describe('GetContact', () => {
  it('answers every member that a contact has', async () => {
    const plain = await newContact(account)
    const Alias = plain.slice(plain.lastIndexOf('/') + 1)
    const output = await get(plain)
    expect(answered(output)).toEqual({ ContactArn: plain, Alias, Type: 'PERSONAL', Plan: { Stages: [] } })
    expect(output.$metadata.httpStatusCode).toBe(200)
    const named = await newContact(account, { DisplayName: 'Ana María', Type: 'ESCALATION' })
    expect(await get(named)).toMatchObject({ DisplayName: 'Ana María', Type: 'ESCALATION' })
  })

  it('knows no contact that does not exist', async () => {
    const other = absent(await newContact(account))
    await expectRefusal(get(other), 'ResourceNotFoundException', 400, { ResourceType: 'CONTACT', ResourceId: other })
  })

  it('takes nothing that is no ARN', () =>
    expectViolation(get('ana'), [
      {
        value: "'ana'",
        at: 'contactId',
        must: 'satisfy regular expression pattern: arn:(aws|aws-cn|aws-us-gov):ssm-contacts:[-\\w+=\\/,.@]*:[0-9]+:([\\w+=\\/,.@:-]+)*',
      },
    ]))
})
