// What is measured, as CloudWatch metrics of the namespace Tocsin: written to the log in the embedded metric format, by Powertools.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Runtime } from './runtime.ts'

const UNITS = {
  /** Incidents that were opened. */
  Opened: MetricUnit.Count,
  /** Events and alarms that opened nothing, because they are known or their incident is open. */
  Deduplicated: MetricUnit.Count,
  /** Incidents that came to their end, by Tocsin or by anybody. */
  Resolved: MetricUnit.Count,
  /** From the firing to the first answer of a person. */
  TimeToAcknowledge: MetricUnit.Seconds,
  /** From the firing to the end of the incident. */
  TimeToResolve: MetricUnit.Seconds,
  /** Messages to people that have left. */
  Pages: MetricUnit.Count,
  /** Pages that will not be sent: their address takes none, or they were tried too often. */
  PagesGivenUp: MetricUnit.Count,
  /** Records, commands and parts of a sweep that failed. */
  Failures: MetricUnit.Count,
  /** How much later than its schedule a sweep began. */
  SweepLateness: MetricUnit.Seconds,
  /** One for each sweep that came to its end. */
  SweepHeartbeat: MetricUnit.Count,
  /** One for each run of run-engagements that came to its end. */
  EngagementsHeartbeat: MetricUnit.Count,
  /** How long the oldest thing that is due has been due. */
  OldestDueSeconds: MetricUnit.Seconds,
} as const

export type Measured = keyof typeof UNITS
/** `value` is 1 when it is left out. */
export type Measure = (what: Measured, value?: number) => void

/** How a function measures: by the runtime's own way where it has one. `publish` writes what an invocation has measured. */
export function measuresOf(
  name: string,
  runtime: Runtime,
): { readonly measure: Measure; readonly publish: () => void } {
  const { onMeasure, environment } = runtime
  if (onMeasure) return { measure: (what, value = 1) => onMeasure(name, what, value), publish: () => {} }
  const stage = environment['TOCSIN_STAGE'] ?? 'unknown'
  const metrics = new Metrics({ namespace: 'Tocsin', serviceName: name, defaultDimensions: { stage } })
  return {
    measure: (what, value = 1) => void metrics.addMetric(what, UNITS[what], value),
    publish: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
    },
  }
}
