// What an alarm publishes to SNS, made to look like the same alarm's EventBridge event.
import { alarmSignal, ALARM_SOURCE, CONTRIBUTOR_STATE_CHANGE, parseAlarmArn, STATE_CHANGE } from './alarm-event.ts'
import { Fields, type Json } from './fields.ts'
import type { Signal } from './signal.ts'

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
      time: message.instant('StateChangeTime').toISOString(),
      resources: [alarm.arn],
      detail: {
        alarmName: message.text('AlarmName'),
        ...(contributor
          ? { alarmContributor: { id: contributor, attributes: message.get('AlarmContributorAttributes') } }
          : {}),
        state: state(message),
        ...(message.optionalText('OldStateValue') ? { previousState: { value: message.text('OldStateValue') } } : {}),
        configuration: configuration(message),
      },
    },
    `notification/${id}`,
  )
  if (!signal) throw message.malformed('AlarmArn', 'must be the ARN of an alarm')
  return signal
}

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
  const members = {
    description: message.optionalText('AlarmDescription'),
    alarmRule: message.optionalText('AlarmRule'),
    threshold: trigger?.optionalNumber('Threshold'),
    comparisonOperator: trigger?.optionalText('ComparisonOperator'),
    evaluationPeriods: trigger?.optionalNumber('EvaluationPeriods'),
    metrics: trigger && metricsOf(trigger),
  }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
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
  const statistic = trigger.optionalText('ExtendedStatistic') ?? STATISTICS[trigger.optionalText('Statistic') ?? '']
  return [{ metricStat: metricStat(trigger, trigger, statistic), returnData: true }]
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

/** A notification shouts its statistics. */
const STATISTICS: Readonly<Record<string, string>> = {
  AVERAGE: 'Average',
  SUM: 'Sum',
  MINIMUM: 'Minimum',
  MAXIMUM: 'Maximum',
  SAMPLE_COUNT: 'SampleCount',
  SAMPLECOUNT: 'SampleCount',
}
