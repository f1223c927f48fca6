// An alarm as CloudWatch describes it, made to look like the event of its last change, which has never been seen.
import type { CompositeAlarm, LogAlarm, Metric, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import { ALARM_SOURCE, parseAlarmArn, STATE_CHANGE } from './alarm-event.ts'
import { parseEvent } from './event.ts'
import type { Json } from './fields.ts'
import type { Signal } from './signal.ts'

/** What CloudWatch describes, whatever its type: what a type does not have is absent. */
export type DescribedAlarm = MetricAlarm & CompositeAlarm & LogAlarm

/** `at` is when its value last changed. Undefined for what has no ARN of an alarm. */
export function describedSignal(alarm: DescribedAlarm, at: Date): Signal | undefined {
  const { AlarmArn: arn = '' } = alarm
  const parsed = parseAlarmArn(arn)
  if (!parsed) return undefined
  const time = at.toISOString()
  return parseEvent({
    id: `described/${arn}/${time}`,
    source: ALARM_SOURCE,
    'detail-type': STATE_CHANGE,
    account: parsed.account,
    region: parsed.region,
    time,
    resources: [arn],
    detail: {
      alarmName: parsed.name,
      state: present({
        value: alarm.StateValue,
        reason: alarm.StateReason,
        reasonData: alarm.StateReasonData,
        timestamp: time,
        actionsSuppressedBy: alarm.ActionsSuppressedBy,
        actionsSuppressedReason: alarm.ActionsSuppressedReason,
      }),
      configuration: present({
        description: alarm.AlarmDescription,
        alarmRule: alarm.AlarmRule,
        actionsEnabled: alarm.ActionsEnabled,
        scheduledQueryConfiguration: alarm.ScheduledQueryConfiguration && lowered(alarm.ScheduledQueryConfiguration),
        threshold: alarm.Threshold,
        thresholdMetricId: alarm.ThresholdMetricId,
        comparisonOperator: alarm.ComparisonOperator,
        evaluationPeriods: alarm.EvaluationPeriods,
        metrics: metricsOf(alarm),
      }),
    },
  })
}

/** Members as an event spells them: with a small letter first. */
const lowered = (members: object): Json =>
  present(
    Object.fromEntries(
      Object.entries(members).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
    ),
  )

/** A single metric stands in the alarm itself. */
function metricsOf(alarm: MetricAlarm): Json[] | undefined {
  if (alarm.Metrics?.length)
    return alarm.Metrics.map(({ Id, Expression, Label, Period, AccountId, ReturnData, MetricStat }) =>
      present({
        id: Id,
        expression: Expression,
        label: Label,
        period: Period,
        accountId: AccountId,
        returnData: ReturnData,
        metricStat:
          MetricStat &&
          present({
            metric: metricOf(MetricStat.Metric ?? {}),
            period: MetricStat.Period,
            stat: MetricStat.Stat,
            unit: MetricStat.Unit,
          }),
      }),
    )
  if (!alarm.MetricName) return undefined
  const { Period: period, Statistic, ExtendedStatistic, Unit: unit } = alarm
  return [
    {
      metricStat: present({ metric: metricOf(alarm), period, stat: ExtendedStatistic ?? Statistic, unit }),
      returnData: true,
    },
  ]
}

const metricOf = ({ Namespace, MetricName, Dimensions = [] }: Metric): Json =>
  present({
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value])),
  })

const present = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
