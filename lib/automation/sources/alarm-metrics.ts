// An alarm's metrics as graphs: one CloudWatch graph source per metric, to be shown with the incident.
import type { Fields } from './fields.ts'

export interface MetricGraph {
  readonly title: string
  /** A CloudWatch graph source: what a METRIC related item holds as its metricDefinition. */
  readonly definition: string
}

const LONGEST_TITLE = 200
/** CloudWatch takes no alarm of more than 20; each may be drawn with all others in its graph. */
const MOST_METRICS = 50
const LONGEST_DEFINITION = 4000
const MAX_PERIOD_SECONDS = 86_400
/** As an event has them they take more than twice as much as drawn, never four times. */
const LONGEST_METRICS = 4 * LONGEST_DEFINITION

/** One graph per entry of `configuration.metrics`; what cannot be drawn, or is too long for a related item, has none. */
export function metricGraphs(configuration: Fields | undefined, region: string, alarmName: string): MetricGraph[] {
  const metrics = configuration?.objects('metrics').slice(0, MOST_METRICS) ?? []
  // Each expression is drawn with all others, so what is too long is not gone through once for each of them.
  const lengths = metrics.map(({ json }) => JSON.stringify(json).length)
  const isMuch = lengths.reduce((sum, length) => sum + length, 0) > LONGEST_METRICS
  return metrics.flatMap((metric, at) => {
    if ((lengths[at] ?? 0) > LONGEST_METRICS) return []
    const isExpression = metric.optionalText('expression') !== undefined
    if (isExpression && isMuch) return []
    const lines = isExpression ? expressionLines(metric, metrics) : metricLine(metric, {})
    const title = metric.optionalText('label') ?? metricName(metric) ?? metric.optionalText('expression') ?? ''
    const definition = JSON.stringify({ metrics: lines, region, title: alarmName })
    if (lines.length === 0 || title === '' || definition.length > LONGEST_DEFINITION) return []
    return [{ title: title.slice(0, LONGEST_TITLE), definition }]
  })
}

/** The longest period of the alarm's metrics; undefined where none is told. */
export function periodSecondsOf(configuration: Fields | undefined): number | undefined {
  const metrics = configuration?.objects('metrics').slice(0, MOST_METRICS) ?? []
  const periods = metrics.flatMap(
    (metric) => metric.optionalObject('metricStat')?.optionalNumber('period') ?? metric.optionalNumber('period') ?? [],
  )
  const seconds = Math.max(0, ...periods)
  return seconds > 0 && seconds <= MAX_PERIOD_SECONDS ? seconds : undefined
}

type Line = readonly unknown[]

/** An expression is drawn alone; what it is made of has to be in the graph, unseen. */
function expressionLines(metric: Fields, metrics: readonly Fields[]): Line[] {
  const others = metrics.filter((other) => other !== metric)
  return [
    expressionLine(metric, {}),
    ...others.flatMap((other) => {
      const hidden = { id: other.optionalText('id'), visible: false }
      return other.optionalText('expression') ? [expressionLine(other, hidden)] : metricLine(other, hidden)
    }),
  ]
}

const expressionLine = (metric: Fields, extra: object): Line => [
  {
    expression: metric.optionalText('expression'),
    label: metric.optionalText('label'),
    id: metric.optionalText('id'),
    period: metric.optionalNumber('period'),
    ...extra,
  },
]

/** `["AWS/EC2", "CPUUtilization", "InstanceId", "i-1", {stat, period}]`. */
function metricLine(metric: Fields, extra: object): Line[] {
  const stat = metric.optionalObject('metricStat')
  const named = stat?.optionalObject('metric')
  const [namespace, name] = [named?.optionalText('namespace'), named?.optionalText('name')]
  if (!stat || !named || !namespace || !name) return []
  const dimensions = Object.entries(named.optionalObject('dimensions')?.json ?? {})
  const drawn = {
    stat: stat.optionalText('stat'),
    period: stat.optionalNumber('period'),
    unit: stat.optionalText('unit'),
    accountId: metric.optionalText('accountId'),
    ...extra,
  }
  return [[namespace, name, ...dimensions.flat(), drawn]]
}

const metricName = (metric: Fields): string | undefined =>
  metric.optionalObject('metricStat')?.optionalObject('metric')?.optionalText('name')
