// DeleteRotationOverride: whose turn it is has it again.
import { DeleteRotationOverrideCommand, ListRotationShiftsCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal } from '../fixtures.ts'
import { newOverride, newRotation, nine } from '../rotations.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const remove = (RotationId: string, RotationOverrideId: string) =>
  account.contacts.send(new DeleteRotationOverrideCommand({ RotationId, RotationOverrideId }))

describe('DeleteRotationOverride', () => {
  it('gives the shift back, and a second time finds none', async () => {
    const { arn, contacts } = await newRotation(account)
    const window = { RotationId: arn, StartTime: nine(1), EndTime: nine(2) }
    const id = await newOverride(account, arn, [nine(1), nine(2)], contacts[1] ?? '')
    const output = await remove(arn, id)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const { RotationShifts } = await account.contacts.send(new ListRotationShiftsCommand(window))
    expect(RotationShifts).toEqual([
      { ContactIds: contacts.slice(0, 1), StartTime: nine(1), EndTime: nine(2), Type: 'REGULAR' },
    ])
    const members = { ResourceType: 'ROTATION_OVERRIDE', ResourceId: id }
    await expectRefusal(remove(arn, id), 'ResourceNotFoundException', 400, members)
    await expectRefusal(remove(absent(arn), id), 'ResourceNotFoundException', 400, { ResourceType: 'ROTATION' })
  })
})
