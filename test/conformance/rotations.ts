// What the conformance tests of rotations work on: people who take turns, and days to come.
import {
  CreateRotationCommand,
  type CreateRotationCommandInput,
  CreateRotationOverrideCommand,
  DeleteRotationCommand,
  type RecurrenceSettings,
} from '@aws-sdk/client-ssm-contacts'
import { type Account, newName } from './client.ts'
import { newContact } from './fixtures.ts'

/** Each day at nine the next person has the turn. */
export const DAILY: RecurrenceSettings = {
  NumberOfOnCalls: 1,
  RecurrenceMultiplier: 1,
  DailySettings: [{ HourOfDay: 9, MinuteOfHour: 0 }],
}

const today = new Date()

/** Nine o'clock, UTC, so many days after the one on which the tests began. */
export const nine = (inDays: number, hoursLater = 0): Date =>
  new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + inDays, 9 + hoursLater))

/** The ARN of a new rotation that begins tomorrow at nine, of two new people unless others are named. */
export async function newRotation(
  account: Account,
  more: Partial<CreateRotationCommandInput> = {},
): Promise<{ arn: string; contacts: string[] }> {
  const contacts = more.ContactIds ?? [await newContact(account), await newContact(account)]
  const rotation = { Name: newName('rotation'), StartTime: nine(1), TimeZoneId: 'UTC', Recurrence: DAILY }
  const input = { ...rotation, ...more, ContactIds: contacts }
  const { RotationArn = '' } = await account.contacts.send(new CreateRotationCommand(input))
  account.afterwards(() => account.contacts.send(new DeleteRotationCommand({ RotationId: RotationArn })))
  return { arn: RotationArn, contacts }
}

/** The id of a new override; it goes with its rotation. */
export async function newOverride(
  { contacts }: Account,
  RotationId: string,
  [StartTime, EndTime]: readonly [Date, Date],
  ...NewContactIds: string[]
): Promise<string> {
  const input = { RotationId, NewContactIds, StartTime, EndTime }
  const { RotationOverrideId = '' } = await contacts.send(new CreateRotationOverrideCommand(input))
  return RotationOverrideId
}

/** An ARN of the same account that is no rotation's. */
export const noRotation = (arn: string): string => arn.replace(/rotation\/.*$/u, 'rotation/conformance')
/** An id that no override has. */
export const NO_OVERRIDE = '00000000-0000-4000-8000-000000000000'
