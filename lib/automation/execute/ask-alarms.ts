// What CloudWatch says of alarms: those that somebody works on, and all that fire.
import { AlarmType, type CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch'
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Place } from '../../aws/arn.ts'
import type { AlarmTruth, AlarmTruths } from '../decide/truth.ts'
import { parseAlarmArn } from '../sources/alarm-event.ts'
import type { DescribedAlarm } from '../sources/described-alarm.ts'
import type { CloudWatches } from './cloudwatches.ts'

/** One call describes so many. */
const NAMES = 100
/** Without them CloudWatch describes metric alarms only; the next type comes with the SDK. */
const EVERY_TYPE = Object.values(AlarmType)

const NONE: ReadonlyMap<string, DescribedAlarm> = new Map()

interface Asked {
  readonly AlarmNames?: string[]
  readonly StateValue?: 'ALARM'
  readonly AlarmTypes?: AlarmType[]
}

/**
 * The truth about the alarms of these ARNs, wherever they are: those of places that cannot be asked are not in the answer. What
 * is not found is looked for again by its name alone; only what that does not find either is said not to exist.
 */
export const askAlarms = (cloudwatches: CloudWatches, arns: readonly string[]): Promise<AlarmTruths> =>
  askEach(cloudwatches, arns, async (client, named) => {
    const truths: Told[] = []
    for (const names of inHundreds(named)) {
      const found = await describeNamed(client, [...names.keys()])
      const missing = [...names.keys()].filter((name) => !found.has(name))
      const again = missing.length ? byName(await describe(client, { AlarmNames: missing })) : NONE
      for (const [name, arn] of names) {
        const alarm = found.get(name) ?? again.get(name)
        const truth: AlarmTruth | undefined = alarm ? truthOf(alarm) : { exists: false }
        if (truth) truths.push([arn, truth])
      }
    }
    return truths
  })

/** As `askAlarms`, by one look: what it does not find is not in the answer. */
function lookAtAlarms(
  cloudwatches: CloudWatches,
  arns: readonly string[],
  abortSignal: AbortSignal,
): Promise<AlarmTruths> {
  const look = async (client: CloudWatchClient, names: Map<string, string>): Promise<Told[]> => {
    const found = await describeNamed(client, [...names.keys()], abortSignal)
    return [...names].flatMap(([name, arn]): Told[] => {
      const alarm = found.get(name)
      const truth = alarm && truthOf(alarm)
      return truth ? [[arn, truth]] : []
    })
  }
  const all = async (client: CloudWatchClient, named: readonly Named[]): Promise<Told[]> =>
    (await Promise.all(inHundreds(named).map((names) => look(client, names)))).flat()
  return askEach(cloudwatches, arns, all, abortSignal)
}

/** Asks each place about its own alarms, all at the same time. */
async function askEach(
  cloudwatches: CloudWatches,
  arns: readonly string[],
  question: (client: CloudWatchClient, named: readonly Named[]) => Promise<Told[]>,
  abortSignal?: AbortSignal,
): Promise<AlarmTruths> {
  const asked = placesOf(arns).map(({ at, named }) =>
    cloudwatches.ask(at, (client) => question(client, named), abortSignal),
  )
  return new Map((await Promise.all(asked)).flatMap((told) => told ?? []))
}

/** Every alarm of this account and region that is in ALARM. */
export const askFiring = (client: CloudWatchClient): Promise<DescribedAlarm[]> =>
  describeEveryType(client, { StateValue: 'ALARM' })

/** When its value last changed: `StateUpdatedTimestamp` also moves when its reason does. */
export const transitionOf = ({ StateTransitionedTimestamp, StateUpdatedTimestamp }: DescribedAlarm): Date | undefined =>
  StateTransitionedTimestamp ?? StateUpdatedTimestamp

const describeNamed = async (
  client: CloudWatchClient,
  AlarmNames: string[],
  abortSignal?: AbortSignal,
): Promise<Map<string, DescribedAlarm>> => byName(await describeEveryType(client, { AlarmNames }, abortSignal))

const byName = (alarms: readonly DescribedAlarm[]): Map<string, DescribedAlarm> =>
  new Map(alarms.flatMap((alarm) => (alarm.AlarmName === undefined ? [] : [[alarm.AlarmName, alarm]])))

/** A CloudWatch that does not know a type yet refuses the whole question: it is asked for each by itself, and for what it knows. */
async function describeEveryType(
  client: CloudWatchClient,
  asked: Asked,
  abortSignal?: AbortSignal,
): Promise<DescribedAlarm[]> {
  try {
    return await describe(client, { ...asked, AlarmTypes: EVERY_TYPE }, abortSignal)
  } catch (error) {
    if (!isRefused(error)) throw error
    const found: DescribedAlarm[] = []
    let known = 0
    for (const type of EVERY_TYPE)
      try {
        found.push(...(await describe(client, { ...asked, AlarmTypes: [type] }, abortSignal)))
        known++
      } catch (refusal) {
        if (!isRefused(refusal)) throw refusal
      }
    if (!known) throw error
    return found
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof Error && /^(Validation|InvalidParameter)/u.test(error.name)

/** Whatever lists an answer has: one for each type. */
async function describe(client: CloudWatchClient, asked: Asked, abortSignal?: AbortSignal): Promise<DescribedAlarm[]> {
  const found: DescribedAlarm[] = []
  const options = abortSignal ? { abortSignal } : {}
  const pages = paginateDescribeAlarms({ client, pageSize: NAMES }, asked, options)
  for await (const { $metadata: _, NextToken: __, ...lists } of pages)
    found.push(...Object.values(lists).flatMap((list) => list ?? []))
  return found
}

function truthOf(alarm: DescribedAlarm): AlarmTruth | undefined {
  const { StateValue: state, StateReason: reason = '', ActionsSuppressedBy, ActionsEnabled } = alarm
  const at = transitionOf(alarm)
  if (!at || (state !== 'OK' && state !== 'ALARM' && state !== 'INSUFFICIENT_DATA')) return undefined
  const suppressed = ActionsSuppressedBy !== undefined
  return { exists: true, state, at, reason, suppressed, disabled: ActionsEnabled === false }
}

type Named = [name: string, arn: string]
type Told = [arn: string, truth: AlarmTruth]

/** The places of these alarms, each with what its CloudWatch has. */
function placesOf(arns: readonly string[]): { readonly at: Place; readonly named: Named[] }[] {
  const places = new Map<string, { readonly at: Place; readonly named: Named[] }>()
  for (const arn of new Set(arns)) {
    const at = parseAlarmArn(arn)
    if (!at) continue
    const key = `${at.account} ${at.region}`
    const known = places.get(key) ?? { at, named: [] }
    known.named.push([at.name, arn])
    places.set(key, known)
  }
  return [...places.values()]
}

function inHundreds(names: readonly Named[]): Map<string, string>[] {
  const parts = Array.from({ length: Math.ceil(names.length / NAMES) }, (_, at) => at * NAMES)
  return parts.map((at) => new Map(names.slice(at, at + NAMES)))
}

/** Undefined where CloudWatch could not be asked about it (within so many milliseconds): what its event says holds. */
export type AskAlarm = (arn: string, withinMs?: number) => Promise<AlarmTruth | undefined>

/** The client itself would wait out its pauses between two tries. */
async function tooLate(late: AbortSignal, withinMs: number): Promise<never> {
  await once(late, 'abort')
  throw new Error(`CloudWatch has not answered within ${withinMs} ms`)
}

/** Asks about one alarm, together with all others that are asked about at the same time, in as much time. */
export function alarmAsker(cloudwatches: CloudWatches, logger: Pick<Logger, 'warn'>): AskAlarm {
  const together = new Map<number | undefined, { readonly arns: string[]; readonly truths: Promise<AlarmTruths> }>()
  const begin = (withinMs: number | undefined) => {
    const arns: string[] = []
    const truths = setImmediate().then(() => {
      together.delete(withinMs)
      if (withinMs === undefined) return askAlarms(cloudwatches, arns)
      const late = AbortSignal.timeout(withinMs)
      return Promise.race([lookAtAlarms(cloudwatches, arns, late), tooLate(late, withinMs)])
    })
    const batch = { arns, truths }
    together.set(withinMs, batch)
    return batch
  }
  return async (arn, withinMs) => {
    const { arns, truths } = together.get(withinMs) ?? begin(withinMs)
    arns.push(arn)
    try {
      return (await truths).get(arn)
    } catch (error) {
      const about =
        withinMs === undefined ? 'a late alarm: it counts as firing' : 'the actions of an alarm: they count as enabled'
      logger.warn(`CloudWatch could not be asked about ${about}`, { alarm: arn, error })
      return undefined
    }
  }
}
