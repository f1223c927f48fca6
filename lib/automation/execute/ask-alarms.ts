// What CloudWatch says of alarms: those that somebody works on, and all that fire.
import {
  type AlarmType,
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch'
import { setImmediate } from 'node:timers/promises'
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Place } from '../../aws/arn.ts'
import type { AlarmTruth, AlarmTruths } from '../decide/truth.ts'
import { parseAlarmArn } from '../sources/alarm-event.ts'

/** One call describes so many. */
const NAMES = 100
/** Without it CloudWatch describes metric alarms only. */
const EVERY_TYPE: AlarmType[] = ['MetricAlarm', 'CompositeAlarm']

export type DescribedAlarm = MetricAlarm & CompositeAlarm

/**
 * The truth about the alarms of these ARNs. Only those of `place` can be asked about: others are not in the answer. One of
 * `place` that CloudWatch does not know does not exist.
 */
export async function askAlarms(client: CloudWatchClient, place: Place, arns: readonly string[]): Promise<AlarmTruths> {
  const names = new Map([...new Set(arns)].flatMap((arn) => nameAt(place, arn)))
  const truths = new Map<string, AlarmTruth>()
  const all = [...names.keys()]
  for (let at = 0; at < all.length; at += NAMES) {
    const AlarmNames = all.slice(at, at + NAMES)
    const answer = await client.send(
      new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: EVERY_TYPE, MaxRecords: NAMES }),
    )
    for (const name of AlarmNames) truths.set(names.get(name) ?? '', { exists: false })
    for (const alarm of [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])]) {
      const truth = truthOf(alarm)
      if (alarm.AlarmArn && truth) truths.set(alarm.AlarmArn, truth)
    }
  }
  return truths
}

/** Every alarm of this account and region that is in ALARM. */
export async function askFiring(client: CloudWatchClient): Promise<DescribedAlarm[]> {
  const found: DescribedAlarm[] = []
  const pages = paginateDescribeAlarms({ client, pageSize: NAMES }, { StateValue: 'ALARM', AlarmTypes: EVERY_TYPE })
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) found.push(...MetricAlarms, ...CompositeAlarms)
  return found
}

/** When its value last changed: `StateUpdatedTimestamp` also moves when its reason does. */
export const transitionOf = ({ StateTransitionedTimestamp, StateUpdatedTimestamp }: DescribedAlarm): Date | undefined =>
  StateTransitionedTimestamp ?? StateUpdatedTimestamp

function truthOf(alarm: DescribedAlarm): AlarmTruth | undefined {
  const { StateValue: state, StateReason: reason = '', ActionsSuppressedBy } = alarm
  const at = transitionOf(alarm)
  if (!at || (state !== 'OK' && state !== 'ALARM' && state !== 'INSUFFICIENT_DATA')) return undefined
  return { exists: true, state, at, reason, suppressed: ActionsSuppressedBy !== undefined }
}

function nameAt(place: Place, arn: string): [name: string, arn: string][] {
  const alarm = parseAlarmArn(arn)
  return alarm?.account === place.account && alarm.region === place.region ? [[alarm.name, arn]] : []
}

/** Undefined where CloudWatch could not be asked about it: what its event says holds. */
export type AskAlarm = (arn: string) => Promise<AlarmTruth | undefined>

/** Asks about one alarm, together with all others that are asked about at the same time. */
export function alarmAsker(client: CloudWatchClient, place: Place, logger: Pick<Logger, 'warn'>): AskAlarm {
  let together: { readonly arns: string[]; readonly truths: Promise<AlarmTruths> } | undefined
  return async (arn) => {
    if (!together) {
      const arns: string[] = []
      const truths = setImmediate().then(() => {
        together = undefined
        return askAlarms(client, place, arns)
      })
      together = { arns, truths }
    }
    together.arns.push(arn)
    try {
      return (await together.truths).get(arn)
    } catch (error) {
      logger.warn('CloudWatch could not be asked about a late alarm: it counts as firing', { alarm: arn, error })
      return undefined
    }
  }
}
