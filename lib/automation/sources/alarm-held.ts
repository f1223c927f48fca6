// Why nobody is to be told of an alarm's state yet: somebody muted the alarm, or its actions are suppressed.
import { parseArn } from '../../aws/arn.ts'
import { plusSeconds } from '../../aws/instants.ts'
import type { Fields } from './fields.ts'
import type { AlarmStateChange } from './signal.ts'

type Held = NonNullable<AlarmStateChange['held']>

/**
 * From `detail` of an alarm's state change, whatever its state: a mute is of the actions of every state. Undefined where
 * nothing holds it. Muted and suppressed at once is muted, until both end. `since` is the state's instant.
 */
export function heldOf(detail: Fields, state: Fields, since: Date): Held | undefined {
  const [muted, suppressed] = [muteOf(detail), suppressionOf(state, detail, since)]
  if (!muted?.until || !suppressed?.until || suppressed.until <= muted.until) return muted ?? suppressed
  return { ...muted, until: suppressed.until }
}

/**
 * `detail.muteDetail`: `{mutedByArn, muteWindowStart, muteWindowEnd}`, instants as elsewhere in an alarm's event
 * (CloudWatch User Guide, "Alarm events and EventBridge"). [inferred] It is there only while the alarm is muted, and
 * whatever of it is missing or of another form leaves it muted.
 */
function muteOf(detail: Fields): Held | undefined {
  const mute = detail.optionalObject('muteDetail')
  if (!mute) return undefined
  const rule = /^alarm-mute-rule:(.{1,255})$/s.exec(
    parseArn(mute.optionalText('mutedByArn') ?? '')?.resource ?? '',
  )?.[1]
  const until = mute.optionalInstant('muteWindowEnd')
  return { why: 'muted', reason: rule ? `Muted by the rule ${rule}` : 'Muted', ...(until ? { until } : {}) }
}

const PERIODS = {
  WaitPeriod: 'actionsSuppressorWaitPeriod',
  ExtensionPeriod: 'actionsSuppressorExtensionPeriod',
} as const
type Suppressor = keyof typeof PERIODS | 'Alarm'
const SUPPRESSORS: readonly Suppressor[] = ['WaitPeriod', 'ExtensionPeriod', 'Alarm']

/**
 * `state.actionsSuppressedBy`, of composite alarms: a period ends at the latest when its seconds of the configuration are
 * over, a suppressor alarm when it is no longer in ALARM (CloudWatch API Reference, CompositeAlarm). [inferred] A period
 * is counted from the state's instant, and what else might suppress holds nothing: rather told than hidden.
 */
function suppressionOf(state: Fields, detail: Fields, since: Date): Held | undefined {
  const by = SUPPRESSORS.find((known) => known === state.get('actionsSuppressedBy'))
  if (!by) return undefined
  const configuration = detail.optionalObject('configuration')
  const seconds = by === 'Alarm' ? undefined : configuration?.optionalNumber(PERIODS[by])
  const isPeriod = seconds !== undefined && seconds >= 0 && seconds <= LONGEST_PERIOD_SECONDS
  const reason = state.optionalText('actionsSuppressedReason')?.slice(0, 1024) ?? `Actions suppressed by ${by}`
  return { why: 'suppressed', reason, ...(isPeriod ? { until: plusSeconds(since, seconds) } : {}) }
}

/** What is longer is no period, and might be beyond the last instant there is. */
const LONGEST_PERIOD_SECONDS = 365 * 86_400
