// What two states of an episode, one after the other, say about how well incidents are worked.
import type { Episode } from './episode.ts'

export interface Reading {
  readonly what: 'Opened' | 'Resolved' | 'TimeToAcknowledge' | 'TimeToResolve'
  readonly value: number
}

export function measured(before: Episode, after: Episode, now: Date): Reading[] {
  const [was, is] = [before.incident, after.incident]
  const secondsFrom = (from: Date, to: Date): number => Math.max(0, (to.getTime() - from.getTime()) / 1000)
  const opened: Reading[] = is?.arn && is.arn !== was?.arn ? [{ what: 'Opened', value: 1 }] : []
  const ended: Reading[] =
    was?.arn && is?.arn !== was.arn
      ? [
          { what: 'Resolved', value: 1 },
          { what: 'TimeToResolve', value: secondsFrom(was.openedAt, now) },
        ]
      : []
  const [answer] = is?.acknowledgements ?? []
  const answered: Reading[] =
    is && answer && !was?.acknowledgements.length
      ? [{ what: 'TimeToAcknowledge', value: secondsFrom(is.firedAt, answer.at) }]
      : []
  return [...opened, ...ended, ...answered]
}
