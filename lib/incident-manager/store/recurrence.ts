// A rotation's recurrence: from the API's shape, which is kept as it was given, to the engine's.
import type { HandOffTime, RecurrenceSettings } from '@aws-sdk/client-ssm-contacts'
import type { Coverage, HandOff, Recurrence } from '../engine/rotation.ts'

const WEEKDAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const

/** Of settings that have been accepted (operations/contacts/rotation-rules.ts). */
export function recurrenceIn(settings: RecurrenceSettings): Recurrence {
  const { DailySettings, WeeklySettings, MonthlySettings, NumberOfOnCalls, RecurrenceMultiplier } = settings
  const common = { every: RecurrenceMultiplier ?? 1, atOnce: NumberOfOnCalls ?? 1, coverage: coverageIn(settings) }
  if (MonthlySettings?.length) {
    const handOffs = MonthlySettings.map(({ DayOfMonth, HandOffTime }) => handOff(DayOfMonth ?? 1, HandOffTime))
    return { unit: 'month', handOffs, ...common }
  }
  if (WeeklySettings?.length) {
    const handOffs = WeeklySettings.map(({ DayOfWeek, HandOffTime }) =>
      handOff(WEEKDAYS.indexOf(DayOfWeek ?? 'MON'), HandOffTime),
    )
    return { unit: 'week', handOffs, ...common }
  }
  return { unit: 'day', handOffs: (DailySettings ?? []).map((time) => handOff(0, time)), ...common }
}

export const minuteOfDay = (
  { HourOfDay = 0, MinuteOfHour = 0 }: HandOffTime = { HourOfDay: 0, MinuteOfHour: 0 },
): number => HourOfDay * 60 + MinuteOfHour

const handOff = (day: number, time: HandOffTime | undefined): HandOff => ({ day, minuteOfDay: minuteOfDay(time) })

/** Undefined where no day is named: then every hour is covered. Once one is, a day that is not named is not covered. */
function coverageIn({ ShiftCoverages = {} }: RecurrenceSettings): Coverage[] | undefined {
  if (!Object.keys(ShiftCoverages).length) return undefined
  return WEEKDAYS.flatMap((day, weekday) =>
    (ShiftCoverages[day] ?? []).map(({ Start, End }) => ({
      weekday,
      fromMinute: minuteOfDay(Start),
      toMinute: minuteOfDay(End),
    })),
  )
}
