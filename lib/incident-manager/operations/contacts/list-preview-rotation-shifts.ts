// ListPreviewRotationShifts: the shifts that a rotation would have.
import type {
  ListPreviewRotationShiftsCommandInput,
  ListPreviewRotationShiftsCommandOutput,
  PreviewOverride,
} from '@aws-sdk/client-ssm-contacts'
import { sha256 } from '../../../aws/token.ts'
import type { Operation } from '../../context.ts'
import type { Override } from '../../engine/rotation.ts'
import { engineRotation } from '../../store/rotations.ts'
import { encode } from '../../store/stored.ts'
import { canonical } from '../incidents/client-tokens.ts'
import { given } from '../incidents/given.ts'
import { checkAccount } from './account.ts'
import { checkOverride, checkRotation } from './rotation-rules.ts'
import { NOW, shiftsOut } from './rotation-shifts.ts'

/** Members may be any names. Without a RotationStartTime it would start with the span that is asked for, or now. */
export const listPreviewRotationShifts: Operation<
  ListPreviewRotationShiftsCommandInput,
  ListPreviewRotationShiftsCommandOutput
> = async ({ MaxResults, NextToken, ...imagined }, context) => {
  const members = given(imagined.Members, 'members')
  const timeZone = given(imagined.TimeZoneId, 'timeZoneId')
  const recurrence = given(imagined.Recurrence, 'recurrence')
  const to = given(imagined.EndTime, 'endTime')
  checkRotation(timeZone, recurrence, members)
  const overrides = (imagined.Overrides ?? []).map((override, index) => overrideOf(override, index, members))
  await checkAccount(context.table)
  const scope = `ListPreviewRotationShifts ${sha256(canonical(encode(imagined)))}`
  return shiftsOut(context, scope, { MaxResults, NextToken }, (now) => {
    const { RotationStartTime, StartTime } = imagined
    const startTime = RotationStartTime ?? StartTime ?? now
    return {
      rotation: engineRotation({ contactArns: members, startTime, timeZone, recurrence }),
      overrides: () => Promise.resolve(overrides),
      from: StartTime ?? startTime,
      begins: StartTime ? 'StartTime' : RotationStartTime ? 'RotationStartTime' : NOW,
      to,
    }
  })
}

function overrideOf(
  { NewMembers = [], StartTime, EndTime }: PreviewOverride,
  index: number,
  rotating: string[],
): Override {
  const place = `overrides.${index + 1}.member`
  const override = {
    members: NewMembers,
    start: given(StartTime, `${place}.startTime`),
    end: given(EndTime, `${place}.endTime`),
  }
  checkOverride(override, rotating)
  return override
}
