// An alarm whose actions somebody has disabled: it fires, and nobody is told before they are enabled again.
import type { Rule } from '../rules/rules.ts'
import { type AlarmConfigurationChange, type AlarmStateChange, isByAction, type Signal } from '../sources/signal.ts'
import { alarmIn, type SubjectChange } from './change.ts'
import type { Episode } from './episode.ts'
import { alarmOf } from './subjects.ts'
import { release } from './release.ts'

/**
 * What an event of an alarm's configuration says of its actions: remembered by the episode of the alarm itself, and only
 * where they are disabled or were. What fired while they were is told now.
 */
export function withActions(before: Episode, signal: Signal, now: Date): Episode {
  if (signal.kind !== 'alarm-configuration') return before
  const { arn } = signal.alarm
  const known = before.actions[arn]
  if (known && known.at >= signal.at) return before
  const enabled = signal.operation === 'delete' ? undefined : signal.actionsEnabled
  if (enabled === undefined) return before
  if (enabled && !known && signal.actionsWereEnabled !== false && !heldOf(before, arn).length) return before
  const told = { ...before, actions: { ...before.actions, [arn]: { at: signal.at, enabled } } }
  return enabled ? heldOf(told, arn).reduce((episode, subject) => letGo(episode, subject, signal, now), told) : told
}

/** What is held of this alarm because its actions are disabled. */
const heldOf = (episode: Episode, arn: string): string[] =>
  Object.entries(episode.held).flatMap(([subject, { why }]) =>
    why === 'disabled' && alarmOf(subject, episode.subjects[subject]) === arn ? [subject] : [],
  )

/** At once where the event says that the alarm still fires; else, or where somebody may have ended the incident, by the next sweep, which asks. */
function letGo(episode: Episode, subject: string, { state }: AlarmConfigurationChange, now: Date): Episode {
  const held = episode.held[subject]
  if (!held) return episode
  if (state === 'ALARM' && !episode.incident) return release(episode, subject, held, true, now)
  return { ...episode, held: { ...episode.held, [subject]: { ...held, lookAt: now } } }
}

/**
 * The change as it is held, where it is to be: the alarm's own event has the last word, then CloudWatch (`disabled`), then
 * what an event of its configuration has told. Where nobody can say, nothing is held.
 */
export function whileDisabled(
  episode: Episode,
  signal: Signal,
  change: SubjectChange,
  rule: Rule,
  disabled: boolean | undefined,
): SubjectChange {
  if (signal.kind !== 'alarm-state' || change.state !== 'ALARM' || change.held || rule.actionsDisabled === 'open')
    return change
  const enabled = areEnabled(signal)
  const isDisabled = enabled === undefined ? (disabled ?? isKnownDisabled(episode, alarmIn(signal))) : !enabled
  if (!isDisabled) return change
  const message = `${change.data.message} (its actions are disabled: nobody is paged before they are enabled again)`
  return { ...change, held: { why: 'disabled', reason: 'Its actions are disabled' }, data: { ...change.data, message } }
}

/** Whether its actions are enabled, by what the change itself says, or by an action that has brought it. */
export const areEnabled = (change: AlarmStateChange): boolean | undefined =>
  change.actionsEnabled ?? (isByAction(change) ? true : undefined)

/** Whether an event has told so, and none since has told otherwise. */
export const isKnownDisabled = ({ actions }: Episode, alarm: string | undefined): boolean =>
  alarm !== undefined && actions[alarm]?.enabled === false
