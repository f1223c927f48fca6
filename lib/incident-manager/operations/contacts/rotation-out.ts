// A rotation and an override as the API shows them.
import type { Rotation, RotationOverride } from '../../store/rotations.ts'

/** Without a StartTime where nobody has given one: who compares what it gave with what it reads would see a change for ever. */
export const rotationOut = ({ arn, name, contactArns, startTime, timeZone, recurrence }: Rotation) => ({
  RotationArn: arn,
  Name: name,
  ContactIds: [...contactArns],
  StartTime: startTime,
  TimeZoneId: timeZone,
  Recurrence: recurrence,
})

export const overrideOut = ({ id, contactArns, startTime, endTime, createTime }: RotationOverride) => ({
  RotationOverrideId: id,
  NewContactIds: [...contactArns],
  StartTime: startTime,
  EndTime: endTime,
  CreateTime: createTime,
})
