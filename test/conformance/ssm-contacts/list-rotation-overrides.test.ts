// ListRotationOverrides: those of a rotation that count within a span of time.
import {
  ListRotationOverridesCommand,
  type ListRotationOverridesCommandInput,
  paginateListRotationOverrides,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, expectRefusal } from '../fixtures.ts'
import { newOverride, newRotation, nine } from '../rotations.ts'

let account: Account
let arn = ''
let ids: string[] = []

beforeAll(async () => {
  account = await connect()
  const rotation = await newRotation(account)
  arn = rotation.arn
  ids = []
  for (const day of [5, 1, 3])
    ids.push(await newOverride(account, arn, [nine(day), nine(day + 1)], ...rotation.contacts.slice(0, 1)))
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (more: Partial<ListRotationOverridesCommandInput> = {}) =>
  account.contacts.send(
    new ListRotationOverridesCommand({ RotationId: arn, StartTime: nine(1), EndTime: nine(6), ...more }),
  )
const [fifth, first, third] = [0, 1, 2]

describe('ListRotationOverrides', () => {
  it('lists those of the span, by time', async () => {
    const { RotationOverrides = [], NextToken, $metadata } = await list()
    const wanted = [first, third, fifth].map((index) => ids[index])
    expect(RotationOverrides.map(({ RotationOverrideId }) => RotationOverrideId)).toEqual(wanted)
    expect(RotationOverrides[0]).toEqual({
      RotationOverrideId: ids[first],
      NewContactIds: [expect.stringContaining(':contact/')],
      StartTime: nine(1),
      EndTime: nine(2),
      CreateTime: expect.any(Date),
    })
    expect(NextToken).toBeUndefined()
    expect($metadata.httpStatusCode).toBe(200)
  })

  it('lists what reaches into the span, and not what only touches it', async () => {
    const { RotationOverrides = [] } = await list({ StartTime: nine(2), EndTime: nine(3, 1) })
    expect(RotationOverrides.map(({ RotationOverrideId }) => RotationOverrideId)).toEqual([ids[third]])
  })

  it('lists page by page all that it lists at once', async () => {
    const found: unknown[] = []
    const input = { RotationId: arn, StartTime: nine(1), EndTime: nine(6) }
    for await (const page of paginateListRotationOverrides({ client: account.contacts, pageSize: 2 }, input))
      found.push(...(page.RotationOverrides ?? []))
    expect(found).toEqual((await list()).RotationOverrides)
  })

  it('refuses a token of another span, and a span without length', async () => {
    const { NextToken } = await list({ MaxResults: 1 })
    await expectRefusal(list({ NextToken, EndTime: nine(7) }), 'ValidationException', 400)
    await expectRefusal(list({ EndTime: nine(1) }), 'ValidationException', 400)
  })

  it('knows no rotation that does not exist', async () => {
    await expectRefusal(list({ RotationId: absent(arn) }), 'ResourceNotFoundException', 400, {
      ResourceType: 'ROTATION',
      ResourceId: absent(arn),
    })
  })
})
