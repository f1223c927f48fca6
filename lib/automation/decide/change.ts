// A signal as the timeline tells it: what changed, when, and the sentence that a person reads at three in the morning.
import type { AlarmStateChange, Signal } from '../sources/signal.ts'
import { plusSeconds } from '../../aws/instants.ts'
import { type Change, type SubjectState } from './episode.ts'

export interface SubjectChange extends Change {
  readonly subject: string
  readonly name: string
  /** Absent where the change says nothing about whether something fires (an alarm was edited). */
  readonly state?: SubjectState
  readonly statedAt: Date
  readonly held?: Held
}

type Held = NonNullable<AlarmStateChange['held']>

/** What a signal is about: its alarm, else what its rule makes of its first resource, else only itself. */
export const subjectOf = (signal: Signal): string =>
  signal.kind === 'event' ? (signal.subject ?? signal.envelope.resources[0] ?? signal.identity) : signal.alarm.arn

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
      const { alarm, state, previousState, value, threshold, reason, held } = signal
      const was = previousState && previousState !== state ? ` from ${previousState}` : ''
      const figures = [
        value === undefined ? [] : [`value ${value}`],
        threshold === undefined ? [] : [`threshold ${threshold}`],
      ].flat()
      const aside = held ? ` (${held.why}: ${held.reason})` : ''
      const message = `Alarm ${alarm.name} went${was} to ${state}${figures.length ? ` (${figures.join(', ')})` : ''}${aside}: ${reason}`
      return {
        // The same state, told again when it is no longer held, is news.
        key: `${alarm.arn}|${state}|${signal.at.toISOString()}${held ? `|${held.why}` : ''}`,
        subject: subjectOf(signal),
        name: alarm.name,
        state,
        at,
        statedAt: signal.at,
        ...(held ? { held } : {}),
        data: {
          message,
          alarmArn: alarm.arn,
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
      const { envelope } = signal
      return {
        key: `event|${signal.identity}`,
        subject: subjectOf(signal),
        name: envelope['detail-type'],
        state: 'ALARM',
        at,
        statedAt: signal.at,
        data: {
          message: `${envelope['detail-type']} from ${envelope.source}${envelope.resources[0] ? ` about ${envelope.resources[0]}` : ''}`,
          source: envelope.source,
          detailType: envelope['detail-type'],
          resources: envelope.resources,
        },
      }
    }
  }
}

const iso = (instant: Date): string => instant.toISOString()
