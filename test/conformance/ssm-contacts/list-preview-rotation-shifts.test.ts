// ListPreviewRotationShifts: the shifts that a rotation would have.
import {
  ListPreviewRotationShiftsCommand,
  type ListPreviewRotationShiftsCommandInput,
  paginateListPreviewRotationShifts,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { expectRefusal, expectViolation } from '../fixtures.ts'
import { DAILY, nine } from '../rotations.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const imagined = {
  RotationStartTime: nine(1),
  EndTime: nine(4),
  Members: ['Ann Lee', 'bob'],
  TimeZoneId: 'UTC',
  Recurrence: DAILY,
}
const preview = (more: Partial<ListPreviewRotationShiftsCommandInput> = {}) =>
  account.contacts.send(new ListPreviewRotationShiftsCommand({ ...imagined, ...more }))
const regular = (member: string, day: number) => ({
  ContactIds: [member],
  StartTime: nine(day),
  EndTime: nine(day + 1),
  Type: 'REGULAR',
})

describe('ListPreviewRotationShifts', () => {
  it('lists turn after turn of members with any names', async () => {
    const { RotationShifts, NextToken, $metadata } = await preview()
    expect(RotationShifts).toEqual([regular('Ann Lee', 1), regular('bob', 2), regular('Ann Lee', 3)])
    expect(NextToken).toBeUndefined()
    expect($metadata.httpStatusCode).toBe(200)
  })

  it('lists only what the span meets', async () => {
    expect((await preview({ StartTime: nine(2, 1), EndTime: nine(3) })).RotationShifts).toEqual([regular('bob', 2)])
  })

  it('shows overrides', async () => {
    const Overrides = [{ NewMembers: ['bob'], StartTime: nine(1), EndTime: nine(2) }]
    const { RotationShifts } = await preview({ Overrides, EndTime: nine(2) })
    expect(RotationShifts).toEqual([
      { ...regular('bob', 1), Type: 'OVERRIDDEN', ShiftDetails: { OverriddenContactIds: ['Ann Lee'] } },
    ])
  })

  it('lists page by page all that it lists at once', async () => {
    const found: unknown[] = []
    const input = { ...imagined, EndTime: nine(8) }
    for await (const page of paginateListPreviewRotationShifts({ client: account.contacts, pageSize: 3 }, input))
      found.push(...(page.RotationShifts ?? []))
    expect(found).toEqual((await preview({ EndTime: nine(8) })).RotationShifts)
    expect(found).toHaveLength(7)
  })

  it.each<[string, Partial<ListPreviewRotationShiftsCommandInput>]>([
    ['an unknown time zone', { TimeZoneId: 'Mars/Phobos' }],
    ['more on call than there are', { Recurrence: { ...DAILY, NumberOfOnCalls: 3 } }],
    ['a span without length', { EndTime: nine(1) }],
    ['an override by a stranger', { Overrides: [{ NewMembers: ['eve'], StartTime: nine(1), EndTime: nine(2) }] }],
    ['an override that ends before it begins', { Overrides: [{ StartTime: nine(2), EndTime: nine(1) }] }],
    ['an override without an end', { Overrides: [{ NewMembers: ['bob'], StartTime: nine(2) }] }],
    ['a token of another preview', { NextToken: 'forged' }],
  ])('refuses %s', async (_, more) => {
    await expectRefusal(preview(more), 'ValidationException', 400)
  })

  it('names what breaks the constraints', async () => {
    await expectViolation(preview({ Members: [] }), [
      { value: "'[]'", at: 'members', must: 'have length greater than or equal to 1' },
    ])
  })
})
