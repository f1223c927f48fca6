// A signal as the timeline tells it: what changed, when, and the sentence that a person reads at three in the morning.
import type { AlarmStateChange, Signal } from '../sources/signal.ts'
import { plusSeconds } from '../../aws/instants.ts'
import { fitJson } from './fit-json.ts'
import type { Change, HeldWhy, SubjectState } from './episode.ts'

export interface SubjectChange extends Change {
  readonly subject: string
  readonly name: string
  /** The ARN of the alarm that it is, or whose contributor it is. */
  readonly alarm?: string
  /** The event says of which type the alarm is. */
  readonly listed?: boolean
  /** Absent where the change says nothing about whether something fires (an alarm was edited). */
  readonly state?: SubjectState
  readonly statedAt: Date
  readonly held?: Held
}

type Held = Omit<NonNullable<AlarmStateChange['held']>, 'why'> & { readonly why: HeldWhy }

/** The ARN of the alarm that a signal is about, also where it is of one of its contributors. */
export const alarmIn = (signal: Signal): string | undefined =>
  signal.kind === 'event' ? undefined : signal.envelope.resources[0]

/** What a signal is about: its alarm, or what the event says, else what its rule makes of its first resource, else only itself. */
export const subjectOf = (signal: Signal): string =>
  signal.kind === 'event'
    ? (signal.about?.subject ?? signal.subject ?? signal.envelope.resources[0] ?? signal.identity)
    : signal.alarm.arn

/** What people call it: an alarm, or one of its series. */
export const calledOf = ({ alarm, series }: AlarmStateChange): string =>
  series === undefined ? alarm.name : `${alarm.name} (${series})`

const FUTURE_SECONDS = 300

/** A clock that runs ahead must not hide what comes after it: an instant is at most five minutes after its receipt. */
const clamped = (at: Date, now: Date): Date => {
  const latest = plusSeconds(now, FUTURE_SECONDS)
  return at > latest ? latest : at
}

export function changeOf(signal: Signal, now: Date): SubjectChange {
  const at = clamped(signal.at, now)
  switch (signal.kind) {
    case 'alarm-state': {
      const { alarm, series, state, previousState, value, threshold, reason, held, description } = signal
      const name = calledOf(signal)
      const was = previousState && previousState !== state ? ` from ${previousState}` : ''
      const figures = [
        value === undefined ? [] : [`value ${value}`],
        threshold === undefined ? [] : [`threshold ${threshold}`],
      ].flat()
      const aside = held ? ` (${held.why}: ${held.reason})` : ''
      const message = `Alarm ${name} went${was} to ${state}${figures.length ? ` (${figures.join(', ')})` : ''}${aside}: ${reason}`
      return {
        // The same state, told again when it is no longer held, is news.
        key: `${alarm.arn}|${state}|${signal.at.toISOString()}${held ? `|${held.why}` : ''}`,
        subject: subjectOf(signal),
        name,
        ...alarmNamed(signal),
        ...(signal.type ? { listed: true } : {}),
        state,
        at,
        statedAt: signal.at,
        ...(held ? { held } : {}),
        data: {
          message,
          alarmArn: alarm.arn,
          series,
          description,
          state,
          previousState,
          value,
          threshold,
          reason,
          stateTimestamp: iso(signal.at),
          ...(held ? { [held.why]: held.reason } : {}),
        },
      }
    }
    case 'alarm-configuration': {
      const { alarm, operation } = signal
      const done = { create: 'created', update: 'changed', delete: 'deleted' }[operation]
      const more = operation === 'delete' ? ': it will never send an OK' : ''
      return {
        key: `${alarm.arn}|${operation}|${signal.at.toISOString()}`,
        subject: subjectOf(signal),
        name: alarm.name,
        ...alarmNamed(signal),
        ...(operation === 'delete' ? { state: 'DELETED' } : {}),
        at,
        statedAt: signal.at,
        data: {
          message: `Alarm ${alarm.name} was ${done}${more}`,
          alarmArn: alarm.arn,
          operation,
          state: signal.state,
        },
      }
    }
    case 'event': {
      const { envelope, about } = signal
      const what = `${envelope['detail-type']} from ${envelope.source}${envelope.resources[0] ? ` about ${envelope.resources[0]}` : ''}`
      return {
        key: `event|${signal.identity}`,
        subject: subjectOf(signal),
        name: about?.title ?? envelope['detail-type'],
        state: about?.state ?? 'ALARM',
        at,
        statedAt: signal.at,
        data: {
          message: about?.text ?? what,
          source: envelope.source,
          detailType: envelope['detail-type'],
          resources: envelope.resources,
          ...(about ? {} : { detail: fitJson(envelope.detail, DETAIL_LENGTH) }),
        },
      }
    }
  }
}

function alarmNamed(signal: Signal): { readonly alarm?: string } {
  const alarm = alarmIn(signal)
  return alarm === undefined ? {} : { alarm }
}
/** What an event says is on the timeline of an incident that it joins, too; an episode holds many changes. */
const DETAIL_LENGTH = 2000

const iso = (instant: Date): string => instant.toISOString()
