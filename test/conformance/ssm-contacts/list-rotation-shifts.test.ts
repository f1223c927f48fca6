// ListRotationShifts: who of a rotation is on call when.
import {
  ListRotationShiftsCommand,
  type ListRotationShiftsCommandInput,
  paginateListRotationShifts,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, expectRefusal } from '../fixtures.ts'
import { newOverride, newRotation, nine, noRotation } from '../rotations.ts'

let account: Account
let arn = ''
let ann = ''
let bob = ''

beforeAll(async () => {
  account = await connect()
  const rotation = await newRotation(account)
  arn = rotation.arn
  ;[ann = '', bob = ''] = rotation.contacts
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (more: Partial<ListRotationShiftsCommandInput> = {}) =>
  account.contacts.send(
    new ListRotationShiftsCommand({ RotationId: arn, StartTime: nine(1), EndTime: nine(4), ...more }),
  )
const regular = (contact: string, day: number) => ({
  ContactIds: [contact],
  StartTime: nine(day),
  EndTime: nine(day + 1),
  Type: 'REGULAR',
})

describe('ListRotationShifts', () => {
  it('lists turn after turn', async () => {
    const { RotationShifts, NextToken, $metadata } = await list()
    expect(RotationShifts).toEqual([regular(ann, 1), regular(bob, 2), regular(ann, 3)])
    expect(NextToken).toBeUndefined()
    expect($metadata.httpStatusCode).toBe(200)
  })

  it('lists whole shifts that the span meets, from now on where no start is given', async () => {
    expect((await list({ StartTime: nine(1, 3), EndTime: nine(2, 3) })).RotationShifts).toEqual([
      regular(ann, 1),
      regular(bob, 2),
    ])
    expect((await list({ StartTime: undefined, EndTime: nine(2) })).RotationShifts).toEqual([regular(ann, 1)])
    expect((await list({ StartTime: nine(-9), EndTime: nine(1) })).RotationShifts).toEqual([])
  })

  it('says who was replaced by an override', async () => {
    await newOverride(account, arn, [nine(11, 1), nine(11, 2)], bob)
    const { RotationShifts } = await list({ StartTime: nine(11), EndTime: nine(12) })
    expect(RotationShifts).toEqual([
      { ...regular(ann, 11), EndTime: nine(11, 1) },
      {
        ContactIds: [bob],
        StartTime: nine(11, 1),
        EndTime: nine(11, 2),
        Type: 'OVERRIDDEN',
        ShiftDetails: { OverriddenContactIds: [ann] },
      },
      { ...regular(ann, 11), StartTime: nine(11, 2) },
    ])
  })

  it('lists page by page all that it lists at once', async () => {
    const input = { RotationId: arn, StartTime: nine(1), EndTime: nine(15) }
    const found: unknown[] = []
    for await (const page of paginateListRotationShifts({ client: account.contacts, pageSize: 4 }, input)) {
      expect(page.RotationShifts?.length).toBeLessThanOrEqual(4)
      found.push(...(page.RotationShifts ?? []))
    }
    expect(found).toEqual((await list({ EndTime: nine(15) })).RotationShifts)
    expect(found).toHaveLength(16)
  })

  it('lists a year of shifts only a page at a time', async () => {
    const { RotationShifts, NextToken } = await list({ EndTime: nine(366) })
    expect(RotationShifts).toHaveLength(50)
    expect(NextToken).toMatch(/^[\\/a-zA-Z0-9_+=-]+$/u)
  })

  it('refuses a token of another span, and a span without length', async () => {
    const { NextToken } = await list({ MaxResults: 1 })
    await expectRefusal(list({ NextToken, EndTime: nine(9) }), 'ValidationException', 400)
    await expectRefusal(list({ NextToken: 'forged' }), 'ValidationException', 400)
    await expectRefusal(list({ EndTime: nine(1) }), 'ValidationException', 400)
  })

  it('knows no rotation that does not exist', async () => {
    await expectRefusal(list({ RotationId: absent(arn) }), 'ResourceNotFoundException', 400, {
      ResourceType: 'ROTATION',
      ResourceId: absent(arn),
    })
    await expectRefusal(list({ RotationId: noRotation(arn) }), 'ValidationException', 400, {
      message: expect.stringContaining('Invalid value provided - Invalid resource Arn'),
    })
  })
})
