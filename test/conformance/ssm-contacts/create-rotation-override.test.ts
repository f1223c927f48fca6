// CreateRotationOverride: for a while others of a rotation are on call.
import {
  CreateRotationOverrideCommand,
  type CreateRotationOverrideCommandInput,
  ListRotationOverridesCommand,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { absent, answered, expectRefusal, newContact } from '../fixtures.ts'
import { newRotation, nine, noRotation } from '../rotations.ts'

let account: Account
let arn = ''
let contacts: string[] = []

beforeAll(async () => {
  account = await connect()
  const rotation = await newRotation(account)
  arn = rotation.arn
  contacts = rotation.contacts
}, 900_000)
afterAll(() => account.close(), 900_000)

const create = (more: Partial<CreateRotationOverrideCommandInput> = {}) => {
  const usual = { RotationId: arn, NewContactIds: [contacts[1] ?? ''], StartTime: nine(1), EndTime: nine(2) }
  return account.contacts.send(new CreateRotationOverrideCommand({ ...usual, ...more }))
}

describe('CreateRotationOverride', () => {
  it('answers the id, and no more', async () => {
    const output = await create()
    expect(answered(output)).toEqual({
      RotationOverrideId: expect.stringMatching(
        /^[a-fA-Z0-9]{8,11}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}$/u,
      ),
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('takes half an hour, and nobody', async () => {
    const StartTime = nine(3)
    const output = await create({ StartTime, EndTime: new Date(StartTime.getTime() + 1_800_000), NewContactIds: [] })
    expect(output.RotationOverrideId).toBeDefined()
  })

  it('answers the same again for the same token and parameters, to twins too', async () => {
    const input = { IdempotencyToken: newName('token'), StartTime: nine(10), EndTime: nine(11) }
    const first = await create(input)
    const again = await Promise.all([create(input), create(input)])
    expect(new Set([first, ...again].map(({ RotationOverrideId }) => RotationOverrideId)).size).toBe(1)
    const window = { RotationId: arn, StartTime: nine(10), EndTime: nine(11) }
    const { RotationOverrides } = await account.contacts.send(new ListRotationOverridesCommand(window))
    expect(RotationOverrides).toHaveLength(1)
  })

  it('refuses a token that was used with other parameters', async () => {
    const IdempotencyToken = newName('token')
    await create({ IdempotencyToken })
    await expectRefusal(create({ IdempotencyToken, EndTime: nine(3) }), 'ConflictException', 400)
  })

  it.each<[string, () => Promise<Partial<CreateRotationOverrideCommandInput>>]>([
    ['an end before the start', async () => ({ StartTime: nine(2), EndTime: nine(1) })],
    ['an end with the start', async () => ({ StartTime: nine(2), EndTime: nine(2) })],
    ['less than half an hour', async () => ({ EndTime: new Date(nine(1).getTime() + 1_740_000) })],
    ['a start more than six months ahead', async () => ({ StartTime: nine(200), EndTime: nine(201) })],
    ['somebody who is not in the rotation', async () => ({ NewContactIds: [await newContact(account)] })],
  ])('refuses %s', async (_, more) => {
    await expectRefusal(create(await more()), 'ValidationException', 400, {
      message: expect.stringMatching(/^Invalid value provided - /u),
    })
  })

  it('knows no rotation that does not exist', async () => {
    const members = { ResourceType: 'ROTATION', ResourceId: absent(arn) }
    await expectRefusal(create({ RotationId: absent(arn) }), 'ResourceNotFoundException', 400, members)
    await expectRefusal(create({ RotationId: noRotation(arn) }), 'ValidationException', 400)
  })
})
