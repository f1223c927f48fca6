// The part of the CloudWatch API that tells the states of alarms, and sets one, so that what follows can be rehearsed.
import { Fields } from '../automation/sources/fields.ts'
import type { AlarmType } from '../automation/sources/signal.ts'
import { type AlarmRecord, typeOf } from './alarm-record.ts'
import type { Alarms } from './alarms.ts'
import { Refused, type AwsApi } from './aws-wire.ts'
import { putEvents, type Bus } from './bus.ts'
import { Json } from './json.ts'

const MAX_RECORDS = 100
const DEFAULT_RECORDS = 50
const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA']
const TYPES = { MetricAlarm: 'metric', CompositeAlarm: 'composite', LogAlarm: 'log' } as const
const TYPE_NAMES = ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'] as const
const NOT_SERVED = ['ActionPrefix', 'ChildrenOfAlarmName', 'ParentsOfAlarmName']

/** DescribeAlarms and SetAlarmState over what has come by; `bus` takes what SetAlarmState has happen. */
export function cloudWatch(alarms: Alarms, bus: Bus): AwsApi {
  return {
    operations: {
      DescribeAlarms: (input) => describeAlarms(input, alarms),
      SetAlarmState: (input) => setAlarmState(input, alarms, bus),
    },
    query: {
      namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
      items: () => undefined,
      lists: {},
      maps: [],
    },
  }
}

function describeAlarms(input: Json, alarms: Alarms): object {
  const texts = (name: string): string[] =>
    input
      .get(name)
      .list()
      .map((item) => item.string())
  const unserved = NOT_SERVED.find((name) => input.get(name).present)
  if (unserved) throw refused('InvalidParameterValue', `${unserved} is not served on one machine`)
  const state = input.get('StateValue').optionalString()
  if (state !== undefined) oneOf('stateValue', state, STATES)
  const asked = texts('AlarmTypes').map((type) => TYPES[oneOf('alarmTypes', type, TYPE_NAMES)])
  // As on AWS: who names no type is told of metric alarms alone.
  const types: readonly AlarmType[] = asked.length === 0 ? ['metric'] : asked
  const names = texts('AlarmNames')
  const prefix = input.get('AlarmNamePrefix').optionalString()
  if (names.length > 0 && prefix !== undefined)
    throw refused('InvalidParameterCombination', 'AlarmNames and AlarmNamePrefix cannot be given together')
  const limit = input.get('MaxRecords').optionalNumber() ?? DEFAULT_RECORDS
  for (const [name, size, least] of [
    ['maxRecords', limit, 1],
    ['alarmNames', names.length, 0],
  ] as const)
    if (!Number.isInteger(size) || size < least || size > MAX_RECORDS)
      throw invalid(name, `Member must be between ${least} and ${MAX_RECORDS}`)

  if (names.length > 0)
    return answer(
      [...new Set(names)]
        .flatMap((name) => alarms.find(name) ?? [])
        .filter((alarm) => types.includes(typeOf(alarm)) && (state ?? alarm.state) === alarm.state),
    )
  const token = input.get('NextToken').optionalString()
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString()
  if (token !== undefined && !after.startsWith(alarms.arn('')))
    throw new Refused('InvalidNextToken', 'The NextToken is none of this service')
  const page = alarms.list({ prefix: prefix ?? '', types, state, after, limit: limit + 1 })
  const last = page.length > limit ? page[limit - 1] : undefined
  return answer(page.slice(0, limit), last && Buffer.from(last.arn).toString('base64url'))
}

const answer = (alarms: readonly AlarmRecord[], NextToken?: string): object => ({
  CompositeAlarms: alarms.filter((alarm) => typeOf(alarm) === 'composite').map(compositeAlarm),
  LogAlarms: alarms.filter((alarm) => typeOf(alarm) === 'log').map(logAlarm),
  MetricAlarms: alarms.filter((alarm) => typeOf(alarm) === 'metric').map(metricAlarm),
  NextToken,
})

const configurationOf = ({ configuration }: AlarmRecord): Fields => new Fields('configuration', configuration)

function commonOf(alarm: AlarmRecord): object {
  const configuration = configurationOf(alarm)
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: configuration.optionalText('description'),
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
    ActionsEnabled: configuration.get('actionsEnabled') !== false,
    OKActions: configuration.texts('okActions'),
    AlarmActions: configuration.texts('alarmActions'),
    InsufficientDataActions: configuration.texts('insufficientDataActions'),
    StateValue: alarm.state,
    StateReason: alarm.reason ?? '',
    StateReasonData: alarm.reasonData,
    StateUpdatedTimestamp: new Date(alarm.at),
    StateTransitionedTimestamp: new Date(alarm.since),
  }
}

function compositeAlarm(alarm: AlarmRecord): object {
  const configuration = configurationOf(alarm)
  return {
    ...commonOf(alarm),
    AlarmRule: configuration.optionalText('alarmRule'),
    ActionsSuppressor: configuration.optionalText('actionsSuppressor'),
    ActionsSuppressorWaitPeriod: configuration.optionalNumber('actionsSuppressorWaitPeriod'),
    ActionsSuppressorExtensionPeriod: configuration.optionalNumber('actionsSuppressorExtensionPeriod'),
    ActionsSuppressedBy: alarm.suppressedBy,
    ActionsSuppressedReason: alarm.suppressedReason,
  }
}

function logAlarm(alarm: AlarmRecord): object {
  const configuration = configurationOf(alarm)
  const query = configuration.optionalObject('scheduledQueryConfiguration')
  const schedule = query?.optionalObject('scheduleConfiguration')
  return {
    ...commonOf(alarm),
    ScheduledQueryConfiguration: query && {
      QueryString: query.optionalText('queryString'),
      LogGroupIdentifiers: query.texts('logGroupIdentifiers'),
      AggregationExpression: query.optionalText('aggregationExpression'),
      ScheduleConfiguration: schedule && {
        ScheduleExpression: schedule.optionalText('scheduleExpression'),
        StartTimeOffset: schedule.optionalNumber('startTimeOffset'),
        EndTimeOffset: schedule.optionalNumber('endTimeOffset'),
      },
    },
    QueryResultsToEvaluate: configuration.optionalNumber('queryResultsToEvaluate'),
    QueryResultsToAlarm: configuration.optionalNumber('queryResultsToAlarm'),
    Threshold: configuration.optionalNumber('threshold'),
    ComparisonOperator: configuration.optionalText('comparisonOperator'),
    TreatMissingData: configuration.optionalText('treatMissingData'),
  }
}

function metricAlarm(alarm: AlarmRecord): object {
  const configuration = configurationOf(alarm)
  const metrics = configuration.objects('metrics')
  const [only] = metrics
  return {
    ...commonOf(alarm),
    EvaluationPeriods: configuration.optionalNumber('evaluationPeriods'),
    DatapointsToAlarm: configuration.optionalNumber('datapointsToAlarm'),
    Threshold: configuration.optionalNumber('threshold'),
    ComparisonOperator: configuration.optionalText('comparisonOperator'),
    TreatMissingData: configuration.optionalText('treatMissingData'),
    // CloudWatch tells of a single metric in the alarm itself.
    ...(only && metrics.length === 1 && only.optionalObject('metricStat')
      ? singleMetric(only)
      : { Metrics: metrics.map(metricQuery) }),
  }
}

const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']

function singleMetric(metric: Fields): object {
  const stat = metric.optionalObject('metricStat')
  const statistic = stat?.optionalText('stat') ?? ''
  return {
    ...metricOf(stat),
    Period: stat?.optionalNumber('period'),
    Unit: stat?.optionalText('unit'),
    [STATISTICS.includes(statistic) ? 'Statistic' : 'ExtendedStatistic']: statistic,
  }
}

function metricQuery(metric: Fields): object {
  const stat = metric.optionalObject('metricStat')
  return {
    Id: metric.optionalText('id'),
    Expression: metric.optionalText('expression'),
    Label: metric.optionalText('label'),
    Period: metric.optionalNumber('period'),
    AccountId: metric.optionalText('accountId'),
    ReturnData: metric.get('returnData') !== false,
    MetricStat: stat && {
      Metric: metricOf(stat),
      Period: stat.optionalNumber('period'),
      Stat: stat.optionalText('stat'),
      Unit: stat.optionalText('unit'),
    },
  }
}

function metricOf(stat: Fields | undefined): object {
  const metric = stat?.optionalObject('metric')
  const dimensions = Object.entries(metric?.optionalObject('dimensions')?.json ?? {})
  return {
    Namespace: metric?.optionalText('namespace'),
    MetricName: metric?.optionalText('name'),
    Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
  }
}

/**
 * Has the alarm change its state as CloudWatch would tell of it on the event bus. Unlike on AWS the alarm need not exist:
 * here there are only those that have been heard of. An alarm that is in the state already changes nothing, as on AWS.
 */
async function setAlarmState(input: Json, alarms: Alarms, bus: Bus): Promise<object> {
  const name = input.get('AlarmName').string()
  if (name.length === 0 || name.length > 255) throw invalid('alarmName', 'Member must have a length of 1 to 255')
  const value = oneOf('stateValue', input.get('StateValue').string(), STATES)
  const reasonData = input.get('StateReasonData').optionalString()
  if (reasonData !== undefined && !isJsonText(reasonData))
    throw new Refused('InvalidFormatFault', 'StateReasonData is not JSON', 400, 'InvalidFormat')
  const known = alarms.find(name)
  if (known?.state === value) return {}
  // Where the clock stands still, a state is yet younger than the one before.
  const at = Math.max(bus.clock.now().getTime(), (known?.at ?? 0) + 1)
  const detail = {
    alarmName: name,
    state: stateOf(value, input.get('StateReason').string(), reasonData, at),
    previousState: known
      ? stateOf(known.state, known.reason, known.reasonData, known.at)
      : stateOf('INSUFFICIENT_DATA', 'Unchecked: Initial alarm creation', undefined, at - 1),
    configuration: known ? toldOf(known) : undefined,
  }
  const entry = {
    Source: 'aws.cloudwatch',
    DetailType: 'CloudWatch Alarm State Change',
    Resources: [alarms.arn(name)],
    Time: at / 1000,
    Detail: JSON.stringify(detail),
  }
  await putEvents(new Json({ Entries: [entry] }, 'event'), bus)
  return {}
}

const stateOf = (
  value: string | undefined,
  reason: string | undefined,
  reasonData: string | undefined,
  at: number,
) => ({
  value,
  reason: reason ?? '',
  reasonData,
  timestamp: new Date(at).toISOString().replace('Z', '+0000'),
})

/** What a state change tells of the alarm's configuration. */
function toldOf({ configuration }: AlarmRecord): object {
  const told = ['metrics', 'description', 'alarmRule', 'actionsSuppressor', 'scheduledQueryConfiguration']
  return Object.fromEntries(
    Object.entries(configuration).filter(([name]) => told.some((known) => name.startsWith(known))),
  )
}

const invalid = (name: string, problem: string): Refused =>
  new Refused(
    'ValidationException',
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: ${problem}`,
    400,
    'ValidationError',
  )

/** A refusal whose code of old is shorter. */
const refused = (code: string, message: string): Refused => new Refused(`${code}Exception`, message, 400, code)

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value)
  if (found === undefined) throw invalid(name, `Member must satisfy enum value set: [${known.join(', ')}]`)
  return found
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
