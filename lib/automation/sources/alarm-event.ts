// CloudWatch's alarm events, in the shape EventBridge brings them: every other road is first made to look like this one.
import { partitionOf } from '../../aws/arn.ts'
import { heldOf } from './alarm-held.ts'
import { measureOf, reasonData } from './alarm-measure.ts'
import { metricGraphs, periodSecondsOf } from './alarm-metrics.ts'
import { withTags } from './alarm-tags.ts'
import { Fields } from './fields.ts'
import {
  type Alarm,
  type AlarmConfigurationChange,
  type AlarmStateChange,
  type AlarmStateValue,
  type AlarmType,
  CONTRIBUTOR,
  type Envelope,
} from './signal.ts'

export const ALARM_SOURCE = 'aws.cloudwatch'
export const STATE_CHANGE = 'CloudWatch Alarm State Change'
export const CONTRIBUTOR_STATE_CHANGE = 'CloudWatch Alarm Contributor State Change'
const CONFIGURATION_CHANGE = 'CloudWatch Alarm Configuration Change'

const STATES: readonly AlarmStateValue[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA']
/** CloudWatch's own limit for a reason and for a description; what is longer is not its, and would fill an episode. */
const LONGEST_TEXT = 1024
const OPERATIONS = ['create', 'update', 'delete'] as const

/** An event's time, as EventBridge tells it. */
export const toSecond = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`

/** What an alarm's event says; undefined when it is no event of an alarm. Throws MalformedInput. */
export function alarmSignal(
  envelope: Envelope,
  identity: string,
): AlarmStateChange | AlarmConfigurationChange | undefined {
  if (envelope.source !== ALARM_SOURCE) return undefined
  switch (envelope['detail-type']) {
    case STATE_CHANGE:
    case CONTRIBUTOR_STATE_CHANGE:
      return stateChange(envelope, identity)
    case CONFIGURATION_CHANGE:
      return configurationChange(envelope, identity)
    default:
      return undefined
  }
}

function stateChange(untidy: Envelope, identity: string): AlarmStateChange {
  const envelope = { ...untidy, detail: withTags(untidy.detail) }
  const fields = fieldsOf(envelope)
  const detail = fields.object('detail')
  const state = detail.object('state')
  const configuration = detail.optionalObject('configuration')
  const alarm = alarmOf(envelope, fields)
  const previous = detail.optionalObject('previousState')?.optionalText('value')
  const at = state.optionalInstant('timestamp') ?? fields.instant('time')
  const held = heldOf(detail, state, at)
  const about = contributorOf(alarm, detail)
  const type = about.series === undefined ? typeOf(configuration) : undefined
  return {
    kind: 'alarm-state',
    identity,
    envelope: placedAt(alarm, envelope),
    ...about,
    ...(type ? { type } : {}),
    ...actionsEnabled(configuration),
    state: state.oneOf('value', STATES),
    previousState: STATES.find((value) => value === previous),
    at,
    ...(held ? { held } : {}),
    reason: state.optionalText('reason')?.slice(0, LONGEST_TEXT) ?? '',
    ...measureOf(state, configuration),
    description: configuration?.optionalText('description')?.slice(0, LONGEST_TEXT),
    periodSeconds: periodSecondsOf(configuration),
    metrics: metricGraphs(configuration, alarm.region, alarm.name),
    involved: [...new Set([...triggeringAlarms(state), ...envelope.resources.slice(1)])],
  }
}

/**
 * A contributor (one series of an alarm over many) has a state of its own, so it is an alarm of its own: its OK must not
 * pass for the alarm's. The alarm itself stays `envelope.resources[0]`. It is called by its attributes, else by its id.
 */
function contributorOf(alarm: Alarm, detail: Fields): Pick<AlarmStateChange, 'alarm' | 'series'> {
  const contributor = detail.optionalObject('alarmContributor')
  const id = contributor?.optionalText('id')
  if (!contributor || !id) return { alarm }
  const attributes = Object.entries(contributor.optionalObject('attributes')?.json ?? {})
  const series = attributes.slice(0, MOST_ATTRIBUTES).map(([key, value]) => `${word(key)}=${word(value)}`)
  return { alarm: { ...alarm, arn: `${alarm.arn}${CONTRIBUTOR}${id}` }, series: series.join(', ') || word(id) }
}

/** As many as a metric has dimensions; a series is told apart by its first ones. */
const MOST_ATTRIBUTES = 10
const word = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 60)

/** Undefined for what has no configuration, or one of a type that is not known yet. */
function typeOf(configuration: Fields | undefined): AlarmType | undefined {
  if (configuration?.optionalObject('scheduledQueryConfiguration')) return 'log'
  if (configuration?.optionalText('alarmRule')) return 'composite'
  return configuration?.objects('metrics').length ? 'metric' : undefined
}

function actionsEnabled(configuration: Fields | undefined): { readonly actionsEnabled?: boolean } {
  const enabled = configuration?.get('actionsEnabled')
  return typeof enabled === 'boolean' ? { actionsEnabled: enabled } : {}
}

/** The children that made a composite alarm change. */
const triggeringAlarms = (state: Fields): readonly string[] =>
  (reasonData(state)?.objects('triggeringAlarms') ?? []).flatMap((child) => child.optionalText('arn') ?? [])

function configurationChange(envelope: Envelope, identity: string): AlarmConfigurationChange {
  const fields = fieldsOf(envelope)
  const detail = fields.object('detail')
  const operation = detail.oneOf('operation', OPERATIONS)
  const configuration = detail.optionalObject('configuration')
  const state = detail.optionalObject('state')?.optionalText('value')
  const before = actionsEnabled(detail.optionalObject('previousConfiguration'))
  const alarm = alarmOf(envelope, fields)
  return {
    kind: 'alarm-configuration',
    identity,
    envelope: placedAt(alarm, envelope),
    alarm,
    operation,
    // A deleted alarm's configuration has the instant of its last change; the event's own is to the second.
    at: (operation === 'delete' ? undefined : configuration?.optionalInstant('timestamp')) ?? fields.instant('time'),
    state: STATES.find((value) => value === state),
    ...actionsEnabled(configuration),
    ...(before.actionsEnabled === undefined ? {} : { actionsWereEnabled: before.actionsEnabled }),
  }
}

/** The alarm that the event names as its resource; where it names none, that of its account, Region and name. */
function alarmOf(envelope: Envelope, fields: Fields): Alarm {
  const alarm =
    parseAlarmArn(envelope.resources[0] ?? '') ??
    parseAlarmArn(alarmArn(envelope, fields.object('detail').optionalText('alarmName') ?? ''))
  if (!alarm) throw fields.malformed('resources[0]', 'must be the ARN of an alarm')
  return alarm
}

/** An alarm is where its ARN says, whichever account and region's bus or topic its event came by. */
const placedAt = ({ arn, account, region }: Alarm, envelope: Envelope): Envelope => {
  const [first, ...others] = envelope.resources
  return { ...envelope, account, region, resources: first === arn ? envelope.resources : [arn, ...others] }
}

const ALARM_ARN = /^arn:[a-z-]{1,20}:cloudwatch:([a-z0-9-]{1,32}):(\d{12}):alarm:(.{1,255})$/s

/** The ARN of the alarm of this name. */
export const alarmArn = ({ account, region }: Pick<Alarm, 'account' | 'region'>, name: string): string =>
  `arn:${partitionOf(region)}:cloudwatch:${region}:${account}:alarm:${name}`

/** The alarm of an ARN `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`. */
export function parseAlarmArn(arn: string): Alarm | undefined {
  const [, region, account, name] = ALARM_ARN.exec(arn) ?? []
  return region && account && name ? { arn, name, account, region } : undefined
}

const fieldsOf = (envelope: Envelope): Fields => new Fields(envelope['detail-type'], { ...envelope })
