// What an alarm publishes to SNS, made to look like the same alarm's EventBridge event.
import {
  alarmArn,
  alarmSignal,
  ALARM_SOURCE,
  CONTRIBUTOR_STATE_CHANGE,
  parseAlarmArn,
  STATE_CHANGE,
  toSecond,
} from './alarm-event.ts'
import { tagsOf } from './alarm-tags.ts'
import { Fields, type Json } from './fields.ts'
import type { Receipt } from './receipt.ts'
import { regionCode } from './region-names.ts'
import { type Alarm, BY_ACTION, type Signal } from './signal.ts'

/** Whether a JSON object is an alarm's notification. */
export const isAlarmNotification = (json: Json): boolean =>
  ('AlarmName' in json || 'AlarmArn' in json) && 'NewStateValue' in json

/** What the notification lacks of its instant and place is that of `receipt`. Throws MalformedInput. */
export function parseAlarmNotification(json: Json, receipt: Receipt): Signal {
  const { id } = receipt
  const message = new Fields('alarm notification', json)
  const alarm = alarmIn(message, receipt)
  const stated = message.optionalInstant('StateChangeTime')
  const at = stated ?? receipt.at ?? message.instant('StateChangeTime')
  // [inferred] named as in CloudWatch's alarm history; AWS does not document the notification of a contributor.
  const contributor = message.optionalText('AlarmContributorId')
  const signal = alarmSignal(
    {
      id,
      source: ALARM_SOURCE,
      'detail-type': contributor ? CONTRIBUTOR_STATE_CHANGE : STATE_CHANGE,
      account: alarm.account,
      region: alarm.region,
      time: toSecond(at),
      resources: [alarm.arn],
      detail: {
        alarmName: message.optionalText('AlarmName') ?? alarm.name,
        ...(contributor
          ? { alarmContributor: { id: contributor, attributes: message.get('AlarmContributorAttributes') } }
          : {}),
        state: state(message, (stated && message.optionalText('StateChangeTime')) ?? at.toISOString()),
        ...(message.optionalText('OldStateValue') ? { previousState: { value: message.text('OldStateValue') } } : {}),
        configuration: configuration(message),
        ...present({
          alarmTags: tagsOf(message.get('AlarmTags')),
          alarmTagsStatus: message.optionalText('AlarmTagsStatus'),
        }),
      },
    },
    `${BY_ACTION.notification}${id}`,
  )
  if (!signal) throw message.malformed('AlarmArn', 'must be the ARN of an alarm')
  return signal
}

const present = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

/** The alarm of its ARN; without one, of its account, the Region that people call so, and its name. */
function alarmIn(message: Fields, receipt: Receipt): Alarm {
  const account = message.optionalText('AWSAccountId') ?? receipt.account
  const region = regionCode(message.optionalText('Region') ?? '') ?? receipt.region
  const name = message.optionalText('AlarmName')
  const alarm =
    parseAlarmArn(message.optionalText('AlarmArn') ?? '') ??
    (account && region && name ? parseAlarmArn(alarmArn({ account, region }, name)) : undefined)
  if (!alarm) throw message.malformed('AlarmArn', 'must be the ARN of an alarm')
  return alarm
}

function state(message: Fields, timestamp: string): Json {
  const children = message.objects('TriggeringChildren').flatMap((child) => {
    const arn = child.optionalText('Arn')
    return arn ? [{ arn, state: renamed(child.optionalObject('State')) }] : []
  })
  return {
    value: message.text('NewStateValue'),
    reason: message.optionalText('NewStateReason') ?? '',
    timestamp,
    ...(children.length > 0 ? { reasonData: JSON.stringify({ triggeringAlarms: children }) } : {}),
  }
}

const renamed = (child: Fields | undefined): Json => ({
  value: child?.optionalText('Value'),
  timestamp: child?.optionalText('Timestamp'),
})

function configuration(message: Fields): Json {
  const trigger = message.optionalObject('Trigger')
  return present({
    description: message.optionalText('AlarmDescription'),
    alarmRule: message.optionalText('AlarmRule'),
    // An anomaly detector has a band instead; its notification says 0 here.
    threshold: trigger?.optionalText('ThresholdMetricId') ? undefined : trigger?.optionalNumber('Threshold'),
    thresholdMetricId: trigger?.optionalText('ThresholdMetricId'),
    comparisonOperator: trigger?.optionalText('ComparisonOperator'),
    evaluationPeriods: trigger?.optionalNumber('EvaluationPeriods'),
    metrics: trigger && metricsOf(trigger),
  })
}

/** The members of a Trigger begin with capitals, and a single metric stands in the Trigger itself. */
function metricsOf(trigger: Fields): Json[] | undefined {
  const entries = trigger.objects('Metrics')
  if (entries.length > 0)
    return entries.map((entry) => {
      const stat = entry.optionalObject('MetricStat')
      const metric = stat?.optionalObject('Metric')
      return {
        id: entry.optionalText('Id'),
        expression: entry.optionalText('Expression'),
        label: entry.optionalText('Label'),
        period: entry.optionalNumber('Period'),
        accountId: entry.optionalText('AccountId'),
        returnData: entry.get('ReturnData'),
        ...(stat && metric ? { metricStat: metricStat(metric, stat, stat.optionalText('Stat')) } : {}),
      }
    })
  if (!trigger.optionalText('MetricName')) return undefined
  const statistic = trigger.optionalText('ExtendedStatistic') ?? trigger.optionalText('Statistic')
  return [{ metricStat: metricStat(trigger, trigger, statistic && statisticOf(statistic)), returnData: true }]
}

const metricStat = (metric: Fields, of: Fields, stat: string | undefined): Json => ({
  metric: {
    namespace: metric.optionalText('Namespace'),
    name: metric.optionalText('MetricName'),
    dimensions: dimensionsOf(metric),
  },
  period: of.optionalNumber('Period'),
  stat,
  unit: of.optionalText('Unit'),
})

/** A notification shouts its statistics; percentiles and trimmed means are in small letters, all others as they are told. */
function statisticOf(told: string): string {
  const plain = STATISTICS.find((known) => known.toUpperCase() === told.toUpperCase().replaceAll('_', ''))
  return plain ?? told.replace(/^(p|tm|wm|tc|ts)(?=\d)/i, (letters) => letters.toLowerCase())
}

/** `[{name, value}]`, spelt with capitals as well, or an object of names and values; what is none of these has no place. */
function dimensionsOf(metric: Fields): Json {
  const listed = metric.objects('Dimensions').flatMap((dimension) => {
    const name = dimension.optionalText('name') ?? dimension.optionalText('Name')
    const value = dimension.optionalText('value') ?? dimension.optionalText('Value')
    return name && value ? [[name, value]] : []
  })
  return { ...metric.optionalObject('Dimensions')?.json, ...Object.fromEntries(listed) }
}
const STATISTICS = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount']
