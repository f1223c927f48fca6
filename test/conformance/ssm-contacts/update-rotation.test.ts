// UpdateRotation: another recurrence, and what else is given.
import {
  GetRotationCommand,
  UpdateRotationCommand,
  type UpdateRotationCommandInput,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newContact } from '../fixtures.ts'
import { DAILY, newRotation, nine, noRotation } from '../rotations.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const update = (input: UpdateRotationCommandInput) => account.contacts.send(new UpdateRotationCommand(input))
const get = async (RotationId: string) => answered(await account.contacts.send(new GetRotationCommand({ RotationId })))

describe('UpdateRotation', () => {
  it('changes what is given, and leaves the rest', async () => {
    const { arn } = await newRotation(account)
    const before = await get(arn)
    const Recurrence = { ...DAILY, RecurrenceMultiplier: 2 }
    const output = await update({ RotationId: arn, Recurrence })
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    expect(await get(arn)).toEqual({ ...before, Recurrence })
  })

  it('changes everything but the name', async () => {
    // Before the rotation, so that it is removed after it.
    const ContactIds = [await newContact(account)]
    const { arn } = await newRotation(account)
    const before = await get(arn)
    const changes = {
      ContactIds,
      StartTime: nine(2),
      TimeZoneId: 'Asia/Kathmandu',
      Recurrence: {
        NumberOfOnCalls: 1,
        RecurrenceMultiplier: 3,
        MonthlySettings: [{ DayOfMonth: 31, HandOffTime: { HourOfDay: 0, MinuteOfHour: 0 } }],
      },
    }
    await update({ RotationId: arn, ...changes })
    expect(await get(arn)).toEqual({ ...before, ...changes })
  })

  it('refuses what would make no sense with what stays', async () => {
    const { arn } = await newRotation(account)
    const before = await get(arn)
    const three = { ...DAILY, NumberOfOnCalls: 3 }
    await expectRefusal(update({ RotationId: arn, Recurrence: three }), 'ValidationException', 400)
    const wrong = { RotationId: arn, Recurrence: DAILY, TimeZoneId: 'PST' }
    await expectRefusal(update(wrong), 'ValidationException', 400)
    expect(await get(arn)).toEqual(before)
  })

  it('knows no rotation and no contact that does not exist', async () => {
    const { arn, contacts } = await newRotation(account)
    const gone = update({ RotationId: absent(arn), Recurrence: DAILY })
    await expectRefusal(gone, 'ResourceNotFoundException', 400, { ResourceType: 'ROTATION' })
    const stranger = update({ RotationId: arn, Recurrence: DAILY, ContactIds: [absent(contacts[0] ?? '')] })
    await expectRefusal(stranger, 'ResourceNotFoundException', 400, { ResourceType: 'CONTACT' })
    await expectRefusal(update({ RotationId: noRotation(arn), Recurrence: DAILY }), 'ValidationException', 400)
  })

  it('names what breaks the constraints', async () => {
    const { arn } = await newRotation(account)
    const Recurrence = { ...DAILY, DailySettings: [{ HourOfDay: 24, MinuteOfHour: 60 }] }
    const at = 'recurrence.dailySettings.1.member'
    await expectViolation(update({ RotationId: arn, Recurrence }), [
      { value: "'24'", at: `${at}.hourOfDay`, must: 'have value less than or equal to 23' },
      { value: "'60'", at: `${at}.minuteOfHour`, must: 'have value less than or equal to 59' },
    ])
  })
})
