// What an episode is about: the last state of each alarm, in whatever order its changes came, and what follows from all of them.
import { CONTRIBUTOR } from '../sources/signal.ts'
import type { Episode, Subject, SubjectState } from './episode.ts'

/** State timestamps decide order; on a tie ALARM wins, so that no order of delivery can hide it. */
export function isNewer(subject: Omit<Subject, 'name'>, than: Subject | undefined): boolean {
  if (!than) return true
  const { at, statedAt } = subject
  const ahead = at.getTime() - than.at.getTime() || statedAt.getTime() - than.statedAt.getTime()
  return ahead > 0 || (ahead === 0 && rank(subject) > rank(than))
}
const rank = ({ state, held }: Pick<Subject, 'state' | 'held'>): number =>
  ['OK', 'INSUFFICIENT_DATA', 'DELETED', 'ALARM'].indexOf(state) + (held ? 0 : 0.5)

/** The alarm that a subject belongs to: itself, unless it is one of an alarm's contributors. */
export const alarmOf = (subject: string, own: Pick<Subject, 'alarm'> | undefined): string =>
  own?.alarm ?? subject.split(CONTRIBUTOR)[0] ?? subject

/** The last word on a subject: an alarm that is OK or gone says the same of its contributors, which may never send theirs. */
function lastWord(episode: Episode, subject: string, own: Subject): Subject {
  const alarm = episode.subjects[alarmOf(subject, own)]
  return alarm && isOver(alarm.state) && isNewer({ ...alarm, state: 'ALARM' }, own) ? alarm : own
}

/** What is known last of a subject, whether of itself or of its alarm. */
export function lastWordOn(episode: Episode, subject: string): Subject | undefined {
  const own = episode.subjects[subject]
  if (own) return lastWord(episode, subject, own)
  const alarm = episode.subjects[alarmOf(subject, undefined)]
  return alarm && isOver(alarm.state) ? alarm : undefined
}

export const isOver = (state: SubjectState | undefined): boolean => state === 'OK' || state === 'DELETED'
const lastWords = (episode: Episode): Subject[] =>
  Object.entries(episode.subjects).map(([subject, own]) => lastWord(episode, subject, own))

/** What has not recovered: it fires, or says nothing. */
export const unrecovered = (episode: Episode): Subject[] => lastWords(episode).filter(({ state }) => !isOver(state))

/** The alarms that fire, each by its ARN: only of alarms is it known that they go on firing. */
export const firingAlarms = (
  episode: Episode,
): readonly { readonly subject: string; readonly alarm: string; readonly name: string; readonly at: Date }[] =>
  Object.entries(episode.subjects).flatMap(([subject, own]) => {
    const { name, state, at } = lastWord(episode, subject, own)
    return state === 'ALARM' && /^arn:[^:]*:cloudwatch:/u.test(subject)
      ? [{ subject, alarm: alarmOf(subject, own), name, at }]
      : []
  })

/** Whether this subject, whose state was just stored, fires. */
export const fires = (episode: Episode, subject: string): boolean => {
  const own = episode.subjects[subject]
  return own !== undefined && lastWord(episode, subject, own).state === 'ALARM'
}

/** Since when all of it is over: every alarm OK or deleted. Missing data is never a recovery. */
export function quietSince(episode: Episode): Date | undefined {
  const subjects = lastWords(episode)
  if (!subjects.length || !subjects.every(({ state }) => isOver(state))) return undefined
  return subjects.map((subject) => subject.at).reduce((one, other) => (one >= other ? one : other))
}
