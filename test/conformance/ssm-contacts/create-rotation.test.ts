// CreateRotation: people who take turns at being on call.
import {
  CreateRotationCommand,
  type CreateRotationCommandInput,
  type CreateRotationCommandOutput,
  DeleteRotationCommand,
  GetRotationCommand,
  ListRotationsCommand,
  ListRotationShiftsCommand,
  type RecurrenceSettings,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, connectWithoutSet, newName, onAws } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newContact } from '../fixtures.ts'
import { DAILY, newRotation, nine } from '../rotations.ts'

let account: Account
let person = ''

beforeAll(async () => {
  account = await connect()
  person = await newContact(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const inputOf = (more: Partial<CreateRotationCommandInput> = {}): CreateRotationCommandInput => ({
  Name: newName('rotation'),
  ContactIds: [person],
  TimeZoneId: 'Europe/Berlin',
  Recurrence: DAILY,
  ...more,
})
async function create(input: CreateRotationCommandInput): Promise<CreateRotationCommandOutput> {
  const output = await account.contacts.send(new CreateRotationCommand(input))
  account.afterwards(() => account.contacts.send(new DeleteRotationCommand({ RotationId: output.RotationArn })))
  return output
}

describe('CreateRotation', () => {
  it('answers the ARN, and no more', async () => {
    const { arn } = await newRotation(account)
    expect(arn).toMatch(/^arn:aws[\w-]*:ssm-contacts:[\w-]+:\d{12}:rotation\/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/u)
    const output = await create(inputOf({ IdempotencyToken: newName('token') }))
    expect(answered(output)).toEqual({ RotationArn: expect.any(String) })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('takes weeks, months and covered hours too', async () => {
    const at = { HourOfDay: 9, MinuteOfHour: 30 }
    const rest = { NumberOfOnCalls: 1, RecurrenceMultiplier: 100 }
    const day = [{ Start: at, End: { HourOfDay: 17, MinuteOfHour: 0 } }]
    const all: RecurrenceSettings[] = [
      { ...rest, WeeklySettings: [{ DayOfWeek: 'WED', HandOffTime: at }], ShiftCoverages: { MON: day, FRI: day } },
      { ...rest, MonthlySettings: [{ DayOfMonth: 31, HandOffTime: at }] },
    ]
    for (const Recurrence of all) {
      const { arn } = await newRotation(account, { ContactIds: [person], Recurrence })
      const { Recurrence: kept } = await account.contacts.send(new GetRotationCommand({ RotationId: arn }))
      expect(kept).toMatchObject(Recurrence)
    }
  })

  it('starts now when no start is given, and shows none', async () => {
    const Name = newName('unstarted')
    const { arn: RotationId } = await newRotation(account, { Name, ContactIds: [person], StartTime: undefined })
    expect(await account.contacts.send(new GetRotationCommand({ RotationId }))).not.toHaveProperty('StartTime')
    const { Rotations } = await account.contacts.send(new ListRotationsCommand({ RotationNamePrefix: Name }))
    expect(Rotations).toEqual([expect.not.objectContaining({ StartTime: expect.anything() })])
    const shifts = new ListRotationShiftsCommand({ RotationId, EndTime: nine(2) })
    const { RotationShifts: [first] = [] } = await account.contacts.send(shifts)
    expect(Math.abs(Number(first?.StartTime) - Date.now())).toBeLessThan(60_000)
  })

  it('answers the same again for the same token and parameters, to twins too', async () => {
    const input = inputOf({ IdempotencyToken: newName('token'), StartTime: nine(1) })
    const first = await create(input)
    const again = await Promise.all([create(input), create(input)])
    expect(new Set([first, ...again].map(({ RotationArn }) => RotationArn)).size).toBe(1)
  })

  it('refuses a token that was used with other parameters', async () => {
    const input = inputOf({ IdempotencyToken: newName('token') })
    await create(input)
    await expectRefusal(create({ ...input, Name: newName('other') }), 'ConflictException', 400)
  })

  it('makes two of two calls without a token, of the same name too', async () => {
    const input = inputOf()
    const [one, other] = [await create(input), await create(input)]
    expect(one.RotationArn).not.toBe(other.RotationArn)
  })

  it('knows no contact that does not exist', async () => {
    const other = absent(person)
    await expectRefusal(create(inputOf({ ContactIds: [person, other] })), 'ResourceNotFoundException', 400, {
      ResourceId: other,
      ResourceType: 'CONTACT',
    })
  })

  it('takes only people', async () => {
    const plan = await newContact(account, { Type: 'ESCALATION' })
    await expectRefusal(create(inputOf({ ContactIds: [plan] })), 'ValidationException', 400)
  })

  it.each<[string, Partial<CreateRotationCommandInput>]>([
    ['an unknown time zone', { TimeZoneId: 'Mars/Phobos' }],
    ['half a year of a time zone', { TimeZoneId: 'PDT' }],
    ['no hand-off', { Recurrence: { NumberOfOnCalls: 1, RecurrenceMultiplier: 1 } }],
    [
      'hand-offs by day and by month',
      {
        Recurrence: { ...DAILY, MonthlySettings: [{ DayOfMonth: 1, HandOffTime: { HourOfDay: 1, MinuteOfHour: 1 } }] },
      },
    ],
    ['more on call than there are', { Recurrence: { ...DAILY, NumberOfOnCalls: 2 } }],
    [
      'covered hours of less than half an hour',
      {
        Recurrence: {
          ...DAILY,
          ShiftCoverages: {
            MON: [{ Start: { HourOfDay: 23, MinuteOfHour: 45 }, End: { HourOfDay: 0, MinuteOfHour: 14 } }],
          },
        },
      },
    ],
    [
      'covered hours without an end',
      { Recurrence: { ...DAILY, ShiftCoverages: { MON: [{ Start: { HourOfDay: 9, MinuteOfHour: 0 } }] } } },
    ],
  ])('refuses %s', async (_, more) => {
    await expectRefusal(create(inputOf(more)), 'ValidationException', 400, {
      message: expect.stringMatching(/^Invalid value provided - /u),
    })
  })

  it('names what breaks the constraints', async () => {
    await expectViolation(create(inputOf({ Recurrence: { ...DAILY, RecurrenceMultiplier: 101 } })), [
      { value: "'101'", at: 'recurrence.recurrenceMultiplier', must: 'have value less than or equal to 100' },
    ])
    await expectViolation(create(inputOf({ ContactIds: Array.from({ length: 31 }, () => person) })), [
      {
        value: `'[${Array.from({ length: 31 }, () => person).join(', ')}]'`,
        at: 'contactIds',
        must: 'have length less than or equal to 30',
      },
    ])
  })

  it.skipIf(onAws)('needs a replication set (the account on AWS may have one)', async () => {
    const empty = await connectWithoutSet()
    await expectRefusal(empty.contacts.send(new CreateRotationCommand(inputOf())), 'ValidationException', 400, {
      message: 'Invalid value provided - Account not found for the request',
    })
    await empty.close()
  })
})
