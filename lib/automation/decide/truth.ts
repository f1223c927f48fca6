// What CloudWatch itself says of an alarm, and what follows where that is not what its events have told.
import { changeOf, type SubjectChange } from './change.ts'
import { alarmOf, type Episode, isList, isOver, type Subject, type SubjectState } from './episode.ts'
import type { Signal } from '../sources/signal.ts'

export type AlarmTruth =
  | { readonly exists: false }
  | {
      readonly exists: true
      readonly state: Exclude<SubjectState, 'DELETED'>
      /** Since when it has been in that state. */
      readonly at: Date
      readonly reason: string
      /** It fires, but CloudWatch does nothing about it for the time being. */
      readonly suppressed: boolean
    }

/** By the alarm's ARN. An alarm that is not in it could not be asked about: what its events have told holds. */
export type AlarmTruths = ReadonlyMap<string, AlarmTruth>

const LATE_SECONDS = 300

/** An ALARM that took so long to arrive may be over: it pages nobody before CloudWatch was asked. */
export const isLate = (signal: Signal, now: Date): boolean =>
  signal.kind === 'alarm-state' &&
  signal.state === 'ALARM' &&
  now.getTime() - changeOf(signal, now).at.getTime() > LATE_SECONDS * 1000

/** What is news in the truth about the alarms of an episode, one change for each alarm that is not as it was told. */
export function untold(episode: Episode, truths: AlarmTruths, now: Date): SubjectChange[] {
  const alarms = new Set(Object.keys(episode.subjects).map(alarmOf))
  return [...alarms].flatMap((arn) => {
    const truth = truths.get(arn)
    const known = lastKnown(episode, arn)
    // What has recovered of a list, and fires again, is opened by itself.
    if (isList(episode) && isOver(known?.state) && truth?.exists && truth.state === 'ALARM') return []
    const change = truth && changeTo(arn, known, truth, now)
    return change ? [change] : []
  })
}

/** Where only contributors have been heard of, the newest of them stands for the alarm. */
function lastKnown({ subjects }: Episode, arn: string): Subject | undefined {
  const ofAlarm = Object.entries(subjects).filter(([subject]) => alarmOf(subject) === arn)
  const newest = ofAlarm.map(([, subject]) => subject).toSorted((a, b) => b.at.getTime() - a.at.getTime())[0]
  return subjects[arn] ?? (newest && { ...newest, name: nameIn(arn) })
}

const nameIn = (arn: string): string => arn.split(':').slice(6).join(':')

/** Undefined when the alarm is known to be so. */
function changeTo(arn: string, known: Subject | undefined, truth: AlarmTruth, now: Date): SubjectChange | undefined {
  const name = known?.name ?? nameIn(arn)
  if (!truth.exists) {
    if (!known || known.state === 'DELETED') return undefined
    const message = `Alarm ${name} no longer exists, CloudWatch says: it will never send an OK`
    const since = known.at.toISOString()
    return {
      key: `${arn}|gone|${since}`,
      subject: arn,
      name,
      state: 'DELETED',
      at: now,
      statedAt: now,
      data: { message, alarmArn: arn },
    }
  }
  const { state, at, reason } = truth
  if (known && (known.state === state || at <= known.statedAt)) return undefined
  const message = `Alarm ${name} is ${state}, CloudWatch says, though no event has told so: ${reason}`
  return {
    key: `${arn}|${state}|${at.toISOString()}`,
    subject: arn,
    name,
    state,
    at,
    statedAt: at,
    data: { message, alarmArn: arn, state, reason, stateTimestamp: at.toISOString() },
  }
}
