// The metrics of the alarm that started an incident, read from the alarm event in the trigger's raw data.
import type { RelatedItem } from '@aws-sdk/client-ssm-incidents'

const TITLE_LENGTH = 200
const DEFINITION_LENGTH = 4000

/**
 * One METRIC item per metric of an EventBridge alarm event (`detail.configuration.metrics[].metricStat`), its
 * definition in CloudWatch's graph source syntax; none when `rawData` is something else.
 */
export function metricsOf(rawData: string | undefined): RelatedItem[] {
  const event = parsed(rawData)
  const configuration = member(member(event, 'detail'), 'configuration')
  const region = member(event, 'region')
  const metrics = member(configuration, 'metrics')
  return (Array.isArray(metrics) ? metrics : []).flatMap((entry) => {
    const stat = member(entry, 'metricStat')
    const metric = member(stat, 'metric')
    const namespace = member(metric, 'namespace')
    const name = member(metric, 'name')
    if (typeof namespace !== 'string' || typeof name !== 'string') return []
    const dimensions = member(metric, 'dimensions')
    const definition = JSON.stringify({
      metrics: [[namespace, name, ...(isObject(dimensions) ? Object.entries(dimensions).flat() : [])]],
      period: member(stat, 'period'),
      stat: member(stat, 'stat'),
      region,
    })
    if (definition.length > DEFINITION_LENGTH) return []
    return [
      {
        identifier: { type: 'METRIC', value: { metricDefinition: definition } },
        title: `${namespace} ${name}`.slice(0, TITLE_LENGTH),
      },
    ]
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
