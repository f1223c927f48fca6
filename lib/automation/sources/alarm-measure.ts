// What an alarm measured and against which threshold, from the places where alarms say so.
import { Fields, isJson } from './fields.ts'

export interface Measure {
  readonly value: number | undefined
  readonly threshold: number | undefined
}

/** From the state's reasonData where there is one, else from its reason's text, else from the configuration. */
export function measureOf(state: Fields, configuration: Fields | undefined): Measure {
  const data = reasonData(state)
  const reason = state.optionalText('reason') ?? ''
  const value = (data && latestDatapoint(data)) ?? numberIn(reason, NEWEST_DATAPOINT)
  const threshold =
    data?.optionalNumber('threshold') ??
    (data && boundOf(value, newestOf(data, 'recentUpperThresholds'), newestOf(data, 'recentLowerThresholds'))) ??
    numberIn(reason, THRESHOLD) ??
    boundOf(value, numberIn(reason, UPPER), numberIn(reason, LOWER)) ??
    configuration?.optionalNumber('threshold')
  return { value, threshold }
}

/** `state.reasonData`: an object in a text; undefined where it is none. */
export function reasonData(state: Fields): Fields | undefined {
  try {
    const json: unknown = JSON.parse(state.optionalText('reasonData') ?? 'null')
    return isJson(json) ? new Fields('reasonData', json) : undefined
  } catch {
    return undefined
  }
}

/** `recentDatapoints` are oldest first, `evaluatedDatapoints` newest first. */
function latestDatapoint(data: Fields): number | undefined {
  const recent = data.get('recentDatapoints')
  const last: unknown = Array.isArray(recent) ? recent.at(-1) : undefined
  if (typeof last === 'number') return last
  return data
    .objects('evaluatedDatapoints')
    .find((point) => point.optionalNumber('value') !== undefined)
    ?.optionalNumber('value')
}

/** An anomaly detector has a band instead of a threshold: the bound that the value is beyond, or the only one there is. */
function boundOf(value: number | undefined, upper: number | undefined, lower: number | undefined): number | undefined {
  if (upper === undefined || lower === undefined) return upper ?? lower
  if (value !== undefined && value > upper) return upper
  return value !== undefined && value < lower ? lower : undefined
}

function newestOf(data: Fields, name: string): number | undefined {
  const bounds = data.get(name)
  const bound: unknown = Array.isArray(bounds) ? bounds.at(-1) : undefined
  return typeof bound === 'number' ? bound : undefined
}

/** The reason's text has its datapoints newest first: `[99.5 (02/10/19 16:59:00), 40.1 (02/10/19 16:58:00)]`. */
const NEWEST_DATAPOINT = /\[(-?\d+(?:\.\d+)?(?:E[+-]?\d+)?) \(\d/
const THRESHOLD = /\bthreshold \((-?\d+(?:\.\d+)?(?:E[+-]?\d+)?)\)/
/** As the datapoints are, newest first: `the upper thresholds [0.33, 0.31]`. */
const UPPER = /\bupper thresholds? [[(](-?\d+(?:\.\d+)?(?:E[+-]?\d+)?)[\]),]/
const LOWER = /\blower thresholds? [[(](-?\d+(?:\.\d+)?(?:E[+-]?\d+)?)[\]),]/

function numberIn(text: string, place: RegExp): number | undefined {
  const found = place.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}
