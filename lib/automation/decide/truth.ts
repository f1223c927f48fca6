// What CloudWatch itself says of an alarm, and what follows where that is not what its events have told.
import { changeOf, type SubjectChange } from './change.ts'
import { type Episode, isList, type Subject, type SubjectState } from './episode.ts'
import { alarmOf, isOver } from './subjects.ts'
import type { Signal } from '../sources/signal.ts'

export type AlarmTruth =
  /** Not found, neither among all types nor by its name alone: proof only for what CloudWatch would describe if it were there. */
  | { readonly exists: false }
  | {
      readonly exists: true
      readonly state: Exclude<SubjectState, 'DELETED'>
      /** Since when it has been in that state. */
      readonly at: Date
      readonly reason: string
      /** It fires, but CloudWatch does nothing about it for the time being. */
      readonly suppressed: boolean
      /** Its actions are not enabled. */
      readonly disabled?: boolean
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
  const alarms = new Set(Object.entries(episode.subjects).map(([subject, own]) => alarmOf(subject, own)))
  return [...alarms].flatMap((arn) => {
    const truth = truths.get(arn)
    // Of a type that nobody could ask for it may well exist: rather an incident too long open than one resolved too early.
    if (truth?.exists === false && !isListed(episode, arn)) return []
    const known = lastKnown(episode, arn)
    // What has recovered of a list, and fires again, is opened by itself.
    if (isList(episode) && isOver(known?.state) && truth?.exists && truth.state === 'ALARM') return []
    const change = truth && changeTo(arn, known, truth, now)
    return change ? [change] : []
  })
}

/** What CloudWatch has described is listed by it: should it ever not be found there any more, it is gone. */
export function withListed(episode: Episode, truths: AlarmTruths): Episode {
  const found = Object.entries(episode.subjects).filter(
    ([subject, own]) => !own.listed && truths.get(alarmOf(subject, own))?.exists,
  )
  if (!found.length) return episode
  const listed = found.map(([subject, own]): [string, Subject] => [subject, { ...own, listed: true }])
  return { ...episode, subjects: { ...episode.subjects, ...Object.fromEntries(listed) } }
}

const isListed = ({ subjects }: Episode, arn: string): boolean =>
  Object.entries(subjects).some(([subject, own]) => own.listed && alarmOf(subject, own) === arn)

/** Where only contributors have been heard of, the newest of them stands for the alarm. */
function lastKnown({ subjects }: Episode, arn: string): Subject | undefined {
  const ofAlarm = Object.entries(subjects).filter(([subject, own]) => alarmOf(subject, own) === arn)
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
      alarm: arn,
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
    alarm: arn,
    name,
    state,
    at,
    statedAt: at,
    data: { message, alarmArn: arn, state, reason, stateTimestamp: at.toISOString() },
  }
}
