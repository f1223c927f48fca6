// What is known of one alarm, and what an event, a notification or an invocation adds to it.
import { parseAlarmInvocation } from '../automation/sources/alarm-invocation.ts'
import { isAlarmNotification, parseAlarmNotification } from '../automation/sources/alarm-notification.ts'
import { isEvent, parseEvent } from '../automation/sources/event.ts'
import type { Receipt } from '../automation/sources/receipt.ts'
import { topicRecords } from '../automation/sources/topic-message.ts'
import { Fields, isJson, type Json as Members, parseJson as readJson } from '../automation/sources/fields.ts'
import { type AlarmType, MalformedInput, type Signal } from '../automation/sources/signal.ts'
import type { Place } from '../aws/arn.ts'
import { Json, parseJson } from './json.ts'

export interface AlarmRecord {
  readonly arn: string
  readonly name: string
  /** OK, ALARM or INSUFFICIENT_DATA; undefined once the alarm has been deleted. */
  readonly state: string | undefined
  /** The state's own instant, or that of the deletion, in epoch milliseconds. */
  readonly at: number
  /** Since when the state has had this value, in epoch milliseconds. */
  readonly since: number
  readonly reason: string | undefined
  readonly reasonData: string | undefined
  readonly suppressedBy: string | undefined
  readonly suppressedReason: string | undefined
  /** As in an event of EventBridge. */
  readonly configuration: Members
  readonly configuredAt: number
}

/** A composite alarm has an `alarmRule`, a log alarm a `scheduledQueryConfiguration`. */
export const typeOf = ({ configuration }: AlarmRecord): AlarmType =>
  'alarmRule' in configuration ? 'composite' : 'scheduledQueryConfiguration' in configuration ? 'log' : 'metric'

/** The part of a record that something has told. */
export interface Heard extends Omit<AlarmRecord, 'since' | 'configuration'> {
  readonly configuration: Members | undefined
  /** Whether the configuration is the whole of it. */
  readonly complete: boolean
}

/** As the automation does it: an instant further in the future is taken for this one. */
const FUTURE_MS = 5 * 60_000
/** A deletion is told to the second: what happened within it is before it. */
const SECOND_MS = 999

/** What an input of any shape tells of an alarm; undefined where it tells nothing, or nothing that can be understood. */
export function heardIn(input: unknown, now: Date, place: Place): Heard | undefined {
  const signal = isJson(input) ? signalOf(input, { id: '', at: now, ...place }) : undefined
  // A contributor has a state of its own, which is not the alarm's.
  if (!signal || signal.kind === 'event' || signal.alarm.arn !== signal.envelope.resources[0]) return undefined
  const latest = now.getTime() + FUTURE_MS
  const at = Math.min(signal.at.getTime(), latest)
  const detail = new Fields('alarm', signal.envelope.detail)
  const state = detail.optionalObject('state')
  const configuration = detail.optionalObject('configuration')?.json
  const { arn, name } = signal.alarm
  const common = {
    arn,
    name,
    reason: state?.optionalText('reason'),
    reasonData: state?.optionalText('reasonData'),
    suppressedBy: state?.optionalText('actionsSuppressedBy'),
    suppressedReason: state?.optionalText('actionsSuppressedReason'),
    configuration,
    configuredAt: at,
  }
  if (signal.kind === 'alarm-state') return { ...common, state: signal.state, at, complete: false }
  if (signal.operation === 'delete') return { ...common, state: undefined, at: at + SECOND_MS, complete: true }
  const stateAt = state?.optionalInstant('timestamp')?.getTime() ?? at
  return { ...common, state: signal.state ?? 'INSUFFICIENT_DATA', at: Math.min(stateAt, latest), complete: true }
}

function signalOf(input: Members, receipt: Receipt): Signal | undefined {
  try {
    const [published] = topicRecords(input) ?? []
    if (published) return signalOf(readJson('SNS message', 'Message', String(published['Message'])), receipt)
    if (isEvent(input)) return parseEvent(input, receipt)
    if (isAlarmNotification(input)) return parseAlarmNotification(input, receipt)
    return 'alarmData' in input ? parseAlarmInvocation(input, receipt) : undefined
  } catch (error) {
    if (error instanceof MalformedInput) return undefined
    throw error
  }
}

/** What is known after something was heard: an older state never overrides a newer one; of two at once ALARM stays. */
export function merged(known: AlarmRecord | undefined, heard: Heard): AlarmRecord {
  const { complete, configuration: told, ...state } = heard
  const configuration = told ?? {}
  if (!known) return { ...state, since: heard.at, configuration }
  if (known.state === undefined || heard.state === undefined)
    return heard.at > known.at ? { ...state, since: heard.at, configuration } : known
  const configured = heard.configuredAt >= known.configuredAt
  return {
    ...known,
    ...newer(known, heard),
    ...(configured
      ? {
          configuration: complete ? configuration : { ...known.configuration, ...configuration },
          configuredAt: heard.configuredAt,
        }
      : {}),
  }
}

function newer(known: AlarmRecord, heard: Heard): Partial<AlarmRecord> {
  const { state, at, reason, reasonData, suppressedBy, suppressedReason } = heard
  const same = known.state === state
  if (at < known.at || (at === known.at && !same && known.state === 'ALARM')) return {}
  const told = { reason, reasonData, suppressedBy, suppressedReason }
  // The same change by another road, which may tell less of it.
  if (at === known.at && same) return definedOf(told)
  return { state, at, since: same ? known.since : at, ...told }
}

const definedOf = (members: Partial<AlarmRecord>): Partial<AlarmRecord> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

/** A record as it was kept. */
export function toRecord(text: string): AlarmRecord {
  const json: Json = parseJson(text, 'alarm')
  const optional = (name: string): string | undefined => json.get(name).optionalString()
  return {
    arn: json.get('arn').string(),
    name: json.get('name').string(),
    state: optional('state'),
    at: json.get('at').number(),
    since: json.get('since').number(),
    reason: optional('reason'),
    reasonData: optional('reasonData'),
    suppressedBy: optional('suppressedBy'),
    suppressedReason: optional('suppressedReason'),
    configuration: json.get('configuration').members(),
    configuredAt: json.get('configuredAt').number(),
  }
}
