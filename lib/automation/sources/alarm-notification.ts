// What an alarm publishes to SNS, made to look like the same alarm's EventBridge event.
import {
  alarmSignal,
  ALARM_SOURCE,
  CONTRIBUTOR_STATE_CHANGE,
  parseAlarmArn,
  STATE_CHANGE,
  toSecond,
} from './alarm-event.ts'
import { tagsOf } from './alarm-tags.ts'
import { Fields, type Json } from './fields.ts'
import { BY_ACTION, type Signal } from './signal.ts'

/** Whether a JSON object is an alarm's notification. */
export const isAlarmNotification = (json: Json): boolean => 'AlarmName' in json && 'NewStateValue' in json

/** `id` names the notification (SNS's MessageId). Throws MalformedInput. */
export function parseAlarmNotification(json: Json, id: string): Signal {
  const message = new Fields('alarm notification', json)
  // "Region" is a name for people ("US East (N. Virginia)"): the ARN has the region.
  const alarm = parseAlarmArn(message.text('AlarmArn'))
  if (!alarm) throw message.malformed('AlarmArn', 'must be the ARN of an alarm')
  // [inferred] named as in CloudWatch's alarm history; AWS does not document the notification of a contributor.
  const contributor = message.optionalText('AlarmContributorId')
  const signal = alarmSignal(
    {
      id,
      source: ALARM_SOURCE,
      'detail-type': contributor ? CONTRIBUTOR_STATE_CHANGE : STATE_CHANGE,
      account: alarm.account,
      region: alarm.region,
      time: toSecond(message.instant('StateChangeTime')),
      resources: [alarm.arn],
      detail: {
        alarmName: message.text('AlarmName'),
        ...(contributor
          ? { alarmContributor: { id: contributor, attributes: message.get('AlarmContributorAttributes') } }
          : {}),
        state: state(message),
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

function state(message: Fields): Json {
  const children = message.objects('TriggeringChildren').flatMap((child) => {
    const arn = child.optionalText('Arn')
    return arn ? [{ arn, state: renamed(child.optionalObject('State')) }] : []
  })
  return {
    value: message.text('NewStateValue'),
    reason: message.optionalText('NewStateReason') ?? '',
    timestamp: message.text('StateChangeTime'),
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
    dimensions: Object.fromEntries(
      metric.objects('Dimensions').map((dimension) => [dimension.text('name'), dimension.text('value')]),
    ),
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
const STATISTICS = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount']
