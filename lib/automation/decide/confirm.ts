// What is left of the pending commands after some were executed.
import type { AddTimelineEvent, Command, Outcome } from './command.ts'
import { endIncident } from './decide-signal.ts'
import type { Episode } from './episode.ts'

/** `failed`: a command must be tried again; the sweep waits longer each time. Outcomes of others' runs are not disturbed. */
export function confirm(episode: Episode, outcomes: readonly Outcome[], failed: boolean, now: Date): Episode {
  const left = outcomes.reduce((rest, outcome) => {
    const command = rest.pending.find(({ key }) => key === outcome.key)
    if (!command) return rest
    const removed = { ...rest, pending: rest.pending.filter((each) => each !== command) }
    return settled(removed, command, outcome, now)
  }, episode)
  const pending = new Set(left.pending.map(({ key }) => key))
  const leases = Object.fromEntries(Object.entries(left.leases).filter(([key]) => pending.has(key)))
  return { ...left, leases, failures: failed ? left.failures + 1 : 0 }
}

function settled(episode: Episode, command: Command, outcome: Outcome, now: Date): Episode {
  switch (command.type) {
    case 'start-incident':
      return outcome.done && outcome.incidentArn ? started(episode, outcome.incidentArn) : episode
    case 'update-incident':
      return command.status === 'RESOLVED' && episode.incident?.arn === command.incidentArn
        ? endIncident(episode, now)
        : episode
    case 'add-timeline-event':
    case 'start-engagement':
    case 'stop-engagement':
    case 'accept-page':
      return episode
  }
}

const started = (episode: Episode, arn: string): Episode => ({
  ...episode,
  ...(episode.incident && !episode.incident.arn ? { incident: { ...episode.incident, arn } } : {}),
  pending: episode.pending.map((command) => (needsArn(command) ? { ...command, incidentArn: arn } : command)),
})

/** Others have claimed it while the incident was being started, and cannot execute it: whoever confirms the start does. */
export const needsArn = (command: Command): command is AddTimelineEvent =>
  command.type === 'add-timeline-event' && !command.incidentArn
