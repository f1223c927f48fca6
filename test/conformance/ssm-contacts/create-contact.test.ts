// CreateContact makes a person, an escalation plan or an on-call schedule.
import {
  CreateContactCommand,
  type CreateContactCommandInput,
  DeleteContactCommand,
  GetContactCommand,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newContact } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

async function create(more: Partial<CreateContactCommandInput> = {}) {
  const input: CreateContactCommandInput = { Alias: newName('contact'), Type: 'PERSONAL', Plan: { Stages: [] } }
  const output = await account.contacts.send(new CreateContactCommand({ ...input, ...more }))
  account.afterwards(() => account.contacts.send(new DeleteContactCommand({ ContactId: output.ContactArn })))
  return output
}
const stage = (ContactId: string, DurationInMinutes = 5) => ({
  DurationInMinutes,
  Targets: [{ ContactTargetInfo: { ContactId, IsEssential: false } }],
})

describe('CreateContact', () => {
  it('answers an ARN with the alias of the contact', async () => {
    const Alias = newName('contact')
    const output = await create({ Alias })
    expect(answered(output)).toEqual({
      ContactArn: expect.stringMatching(new RegExp(`^arn:aws:ssm-contacts:[a-z0-9-]+:\\d{12}:contact/${Alias}$`, 'u')),
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('makes an escalation plan of stages', async () => {
    const Plan = { Stages: [stage(await newContact(account)), stage(await newContact(account), 0)] }
    const { ContactArn } = await create({ Type: 'ESCALATION', Plan })
    const got = await account.contacts.send(new GetContactCommand({ ContactId: ContactArn }))
    expect(got).toMatchObject({ Type: 'ESCALATION', Plan })
  })

  it('answers the same for the same call again, and refuses its token for another', async () => {
    const Alias = newName('contact')
    const IdempotencyToken = newName('token')
    const first = await create({ Alias, IdempotencyToken })
    expect(answered(await create({ Alias, IdempotencyToken }))).toEqual(answered(first))
    await expectRefusal(create({ Alias, IdempotencyToken, DisplayName: 'Another' }), 'ConflictException', 400)
  })

  it('refuses an alias that is taken', async () => {
    const Alias = newName('contact')
    const { ContactArn } = await create({ Alias })
    await expectRefusal(create({ Alias }), 'ConflictException', 400, {
      ResourceType: 'CONTACT',
      ResourceId: ContactArn,
    })
  })

  it('refuses stages in an on-call schedule, in AWS’s words', async () => {
    const Plan = { Stages: [stage(absent(await newContact(account)))] }
    await expectRefusal(create({ Type: 'ONCALL_SCHEDULE', Plan }), 'ValidationException', 400, {
      message: 'Invalid value provided - ONCALL SCHEDULE contact cannot have stages in plan',
    })
  })

  it('names the fields whose constraints are broken', async () => {
    await expectViolation(create({ Alias: 'With space' }), [
      { value: "'With space'", at: 'alias', must: 'satisfy regular expression pattern: ^[a-z0-9_\\-]*$' },
    ])
    await expectRefusal(create({ Alias: '' }), 'ValidationException', 400, {
      Reason: 'FIELD_VALIDATION_FAILED',
      Fields: [{ Name: 'alias', Message: 'Member must have length greater than or equal to 1' }],
    })
    const Plan = { Stages: [stage(await newContact(account), 31)] }
    await expectViolation(create({ Type: 'ESCALATION', Plan }), [
      { value: "'31'", at: 'plan.stages.1.member.durationInMinutes', must: 'have value less than or equal to 30' },
    ])
  })
})
