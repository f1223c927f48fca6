// An incident that could not be opened, and need not be any more: what is taken back of it, and what is kept for the next.
import type { Command } from './command.ts'
import { openedNothing } from './due.ts'
import { type Change, type Episode, UNPLACED_KEPT } from './episode.ts'
import { quietSince } from './subjects.ts'
import { needsArn } from './pending.ts'

/** An episode whose alarms have recovered before any plan was taken is over: nobody is paged or told for it any more. */
export const withoutNeedless = (episode: Episode): Episode =>
  openedNothing(episode) && quietSince(episode) ? neverOpened(episode) : episode

/** Takes back an opening of which nothing took effect. Its changes go onto the timeline of the next, if that is soon. */
export function neverOpened(episode: Episode): Episode {
  const { incident: _, pending, ...rest } = episode
  const own = `${episode.key}/${episode.number}/`
  const isOwn = (command: Command): boolean =>
    command.type === 'start-incident' ||
    needsArn(command) ||
    (command.type === 'tell-last-resort' && command.key.startsWith(own))
  const changes = pending.flatMap((command): Change[] => {
    if (command.type !== 'add-timeline-event' || !needsArn(command)) return []
    const { key, at, data } = command
    // What Tocsin did for it is nothing that happened to the alarm.
    return key.startsWith(own) && data['by'] === undefined ? [{ key: key.slice(own.length), at, data }] : []
  })
  return {
    ...rest,
    pending: pending.filter((command) => !isOwn(command)),
    unplaced: [...rest.unplaced, ...changes].slice(-UNPLACED_KEPT),
    failures: 0,
  }
}
