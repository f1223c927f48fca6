// GetRotationOverride: who is on call instead, and for how long.
import { GetRotationOverrideCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal } from '../fixtures.ts'
import { newOverride, newRotation, nine, NO_OVERRIDE } from '../rotations.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (RotationId: string, RotationOverrideId: string) =>
  account.contacts.send(new GetRotationOverrideCommand({ RotationId, RotationOverrideId }))

describe('GetRotationOverride', () => {
  it('answers the override as it was made', async () => {
    const { arn, contacts } = await newRotation(account)
    const id = await newOverride(account, arn, [nine(1), nine(3)], ...contacts)
    const output = await get(arn, id)
    expect(answered(output)).toEqual({
      RotationOverrideId: id,
      RotationArn: arn,
      NewContactIds: contacts,
      StartTime: nine(1),
      EndTime: nine(3),
      CreateTime: expect.any(Date),
    })
    expect(Math.abs(Number(output.CreateTime) - Date.now())).toBeLessThan(60_000)
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('knows no override of another rotation, none that does not exist, and no rotation that does not', async () => {
    const [one, other] = [await newRotation(account), await newRotation(account)]
    const id = await newOverride(account, one.arn, [nine(1), nine(3)])
    const members = { ResourceType: 'ROTATION_OVERRIDE', ResourceId: id }
    await expectRefusal(get(other.arn, id), 'ResourceNotFoundException', 400, members)
    await expectRefusal(get(one.arn, NO_OVERRIDE), 'ResourceNotFoundException', 400)
    await expectRefusal(get(absent(one.arn), id), 'ResourceNotFoundException', 400, { ResourceType: 'ROTATION' })
  })

  it('refuses what is no id', async () => {
    const { arn } = await newRotation(account)
    await expectRefusal(get(arn, 'first'), 'ValidationException', 400)
  })
})
