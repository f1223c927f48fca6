// What a rotation and its overrides may be, beyond the constraints of the API's model.
import type { CoverageTime, RecurrenceSettings } from '@aws-sdk/client-ssm-contacts'
import { plusMinutes } from '../../../aws/instants.ts'
import type { Table } from '../../../aws/table/table.ts'
import { isTimeZone } from '../../engine/wall-clock.ts'
import { ValidationFailed } from '../../errors.ts'
import { requireContact } from '../../store/contacts.ts'
import { minuteOfDay } from '../../store/recurrence.ts'

/** Of a covered span and of an override (user guide, "Creating a rotation", "Creating an override"). */
const SHORTEST_MINUTES = 30
/** An override begins at most so far in the future (user guide, "Creating an override"). */
const MOST_MONTHS_AHEAD = 6
const DAY_MINUTES = 24 * 60

const invalid = (why: string): ValidationFailed => new ValidationFailed(`Invalid value provided - ${why}`)

/** Errors: ValidationFailed for an unknown time zone, or a recurrence that makes no sense for so many members. */
export function checkRotation(timeZone: string, recurrence: RecurrenceSettings, members: readonly string[]): void {
  if (!isTimeZone(timeZone)) throw invalid(`${timeZone} is not a time zone of the IANA database`)
  const { DailySettings, WeeklySettings, MonthlySettings, NumberOfOnCalls = 1, ShiftCoverages = {} } = recurrence
  if ([DailySettings, WeeklySettings, MonthlySettings].filter((settings) => settings?.length).length !== 1)
    throw invalid('Recurrence must have exactly one of DailySettings, WeeklySettings and MonthlySettings')
  if (NumberOfOnCalls > members.length)
    throw invalid(`NumberOfOnCalls is ${NumberOfOnCalls}, but the rotation has ${members.length} contacts`)
  for (const [day, times] of Object.entries(ShiftCoverages)) for (const time of times) checkCoverage(day, time)
}

/** An end that is not after the start is on the next day; the same time is a whole day. */
function checkCoverage(day: string, { Start, End }: CoverageTime): void {
  if (!Start || !End) throw invalid(`a coverage time of ${day} needs Start and End`)
  const minutes = (minuteOfDay(End) - minuteOfDay(Start) + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES
  if (minutes < SHORTEST_MINUTES)
    throw invalid(`a coverage time of ${day} must be at least ${SHORTEST_MINUTES} minutes long`)
}

/** Only people take turns. Errors: ResourceNotFound for one that does not exist, ValidationFailed for another type. */
export async function checkMembers(table: Table, contactArns: readonly string[]): Promise<void> {
  const contacts = await Promise.all([...new Set(contactArns)].map((arn) => requireContact(table, arn)))
  const other = contacts.find(({ type }) => type !== 'PERSONAL')
  if (other) throw invalid(`${other.type} contact cannot be in a rotation: ${other.arn}`)
}

/** What an override says of itself; `rotating` are the members of its rotation. Errors: ValidationFailed. */
export function checkOverride(
  { members, start, end }: { members: readonly string[]; start: Date; end: Date },
  rotating: readonly string[],
): void {
  if (end <= start) throw invalid('EndTime must be after StartTime')
  if (end < plusMinutes(start, SHORTEST_MINUTES))
    throw invalid(`an override must be at least ${SHORTEST_MINUTES} minutes long`)
  const stranger = members.find((member) => !rotating.includes(member))
  if (stranger !== undefined) throw invalid(`${stranger} is not in the rotation`)
}

/** Errors: ValidationFailed when an override would begin later than six months from `now`. */
export function checkOverrideStart(start: Date, now: Date): void {
  const last = new Date(now)
  last.setUTCMonth(last.getUTCMonth() + MOST_MONTHS_AHEAD)
  if (start > last) throw invalid(`an override can begin at most ${MOST_MONTHS_AHEAD} months in the future`)
}

/** A list's window; `begins` says what its start is. Errors: ValidationFailed when it has no length. */
export function checkWindow(start: Date, end: Date, begins = 'StartTime'): void {
  if (end <= start) throw invalid(`EndTime must be after ${begins}`)
}
