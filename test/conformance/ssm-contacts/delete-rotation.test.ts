// DeleteRotation: the rotation goes, and out of every schedule that names it.
import { DeleteRotationCommand, GetContactCommand, GetRotationCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { answered, expectRefusal, newContact } from '../fixtures.ts'
import { newOverride, newRotation, nine, noRotation } from '../rotations.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const remove = (RotationId: string) => account.contacts.send(new DeleteRotationCommand({ RotationId }))

describe('DeleteRotation', () => {
  it('takes it away with its overrides, and a second time finds none', async () => {
    const { arn, contacts } = await newRotation(account)
    await newOverride(account, arn, [nine(1), nine(2)], ...contacts)
    const output = await remove(arn)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const members = { ResourceType: 'ROTATION', ResourceId: arn }
    await expectRefusal(remove(arn), 'ResourceNotFoundException', 400, members)
    const get = account.contacts.send(new GetRotationCommand({ RotationId: arn }))
    await expectRefusal(get, 'ResourceNotFoundException', 400, members)
  })

  it('takes it out of every schedule', async () => {
    const [one, other] = [(await newRotation(account)).arn, (await newRotation(account)).arn]
    const ContactId = await newContact(account, { Type: 'ONCALL_SCHEDULE', Plan: { RotationIds: [one, other] } })
    await remove(one)
    const { Plan } = await account.contacts.send(new GetContactCommand({ ContactId }))
    expect(Plan?.RotationIds).toEqual([other])
  })

  it('refuses the ARN of what is no rotation', async () => {
    const { arn } = await newRotation(account)
    await expectRefusal(remove(noRotation(arn)), 'ValidationException', 400)
  })
})
