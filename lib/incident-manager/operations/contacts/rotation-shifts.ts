// A page of shifts: those that a span of time meets, whole, of a rotation that exists or of one that is only imagined.
import type { RotationShift } from '@aws-sdk/client-ssm-contacts'
import type { Context } from '../../context.ts'
import { type Override, type Rotation, type Shift, shifts } from '../../engine/rotation.ts'
import { ValidationFailed } from '../../errors.ts'
import { checkWindow } from './rotation-rules.ts'

const DEFAULT_MAX_RESULTS = 50

export interface ShiftsInput {
  readonly rotation: Rotation
  /** All that may count from the instant that it is given, those to count most last. */
  readonly overrides: (from: Date) => Promise<readonly Override[]>
  readonly from: Date
  /** What `from` is, as its caller knows it. */
  readonly begins: string
  readonly to: Date
}

/** Where no StartTime is given. */
export const NOW = 'the time of the call'

/**
 * `scope` is what the page token is good for. Shifts are worked out as far as the page goes; its token says when the next
 * one begins, and when the first page was asked for: `asked` is given that instant, so that what is "now" by default stays
 * so. What is changed between pages leaves no gap: a shift that has begun earlier by then is cut where the page begins.
 * Errors: ValidationFailed when the span has no length, or for a bad token.
 */
export async function shiftsOut(
  { pageTokens, clock }: Context,
  scope: string,
  { MaxResults, NextToken }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
  asked: (now: Date) => ShiftsInput,
): Promise<{ RotationShifts: RotationShift[]; NextToken?: string }> {
  const goesOn = NextToken ? readToken(await pageTokens.open(scope, NextToken)) : undefined
  const now = goesOn?.now ?? clock.now()
  const { rotation, overrides, from, begins, to } = asked(now)
  checkWindow(from, to, begins)
  const begin = goesOn?.begin ?? from
  // The shift that is under way may begin where an override has ended long ago.
  const [underWay] = shifts(rotation, [], begin)
  const counting = underWay ? await overrides(underWay.start < begin ? underWay.start : begin) : []
  const shown: Shift[] = []
  for (const shift of shifts(rotation, counting, begin)) {
    if (shift.start >= to) break
    if (shown.length === (MaxResults || DEFAULT_MAX_RESULTS)) {
      const token = await pageTokens.seal(scope, [shift.start.getTime(), now.getTime()])
      return { RotationShifts: shown.map(shiftOut), NextToken: token }
    }
    shown.push(goesOn && shift.start < begin ? { ...shift, start: begin } : shift)
  }
  return { RotationShifts: shown.map(shiftOut) }
}

function readToken(sealed: unknown): { begin: Date; now: Date } {
  const [begin, now]: unknown[] = Array.isArray(sealed) ? sealed : []
  if (typeof begin !== 'number' || typeof now !== 'number')
    throw new ValidationFailed('Invalid value provided - NextToken')
  return { begin: new Date(begin), now: new Date(now) }
}

const shiftOut = ({ start, end, members, overridden }: Shift): RotationShift => ({
  ContactIds: [...members],
  StartTime: start,
  EndTime: end,
  Type: overridden ? 'OVERRIDDEN' : 'REGULAR',
  ShiftDetails: overridden ? { OverriddenContactIds: [...overridden] } : undefined,
})
