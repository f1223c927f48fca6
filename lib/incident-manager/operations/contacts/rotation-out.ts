// A rotation and an override as the API shows them.
import type { Rotation as Shown } from '@aws-sdk/client-ssm-contacts'
import type { Rotation, RotationOverride } from '../../store/rotations.ts'

export const rotationOut = ({
  arn,
  name,
  contactArns,
  startTime,
  timeZone,
  recurrence,
}: Rotation): Required<Shown> => ({
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
