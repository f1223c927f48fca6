// GetRotation: who takes turns, and when turns begin.
import { GetRotationCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, connectWithoutSet, newName, onAws } from '../client.ts'
import { absent, answered, expectRefusal } from '../fixtures.ts'
import { DAILY, newRotation, nine, noRotation } from '../rotations.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (RotationId: string) => account.contacts.send(new GetRotationCommand({ RotationId }))

describe('GetRotation', () => {
  it('answers the rotation as it was made', async () => {
    const Name = newName('rotation')
    const { arn, contacts } = await newRotation(account, { Name, TimeZoneId: 'America/New_York' })
    const output = await get(arn)
    expect(answered(output)).toEqual({
      RotationArn: arn,
      Name,
      ContactIds: contacts,
      StartTime: nine(1),
      TimeZoneId: 'America/New_York',
      Recurrence: DAILY,
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('knows no rotation that does not exist', async () => {
    const { arn } = await newRotation(account)
    const members = { ResourceType: 'ROTATION', ResourceId: absent(arn) }
    await expectRefusal(get(absent(arn)), 'ResourceNotFoundException', 400, members)
  })

  it('refuses the ARN of what is no rotation', async () => {
    const { arn, contacts } = await newRotation(account)
    for (const other of [noRotation(arn), contacts[0] ?? ''])
      await expectRefusal(get(other), 'ValidationException', 400, {
        message: expect.stringContaining('Invalid value provided - Invalid resource Arn'),
      })
  })

  it.skipIf(onAws)('needs a replication set (the account on AWS may have one)', async () => {
    const { arn } = await newRotation(account)
    const empty = await connectWithoutSet()
    await expectRefusal(empty.contacts.send(new GetRotationCommand({ RotationId: arn })), 'ValidationException', 400, {
      message: 'Invalid value provided - Account not found for the request',
    })
    await empty.close()
  })
})
