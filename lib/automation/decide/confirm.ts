// What is left of the pending commands after some were executed.
import { plusSeconds } from '../../aws/instants.ts'
import type { Command, Failure, Outcome, StartEngagement, StartIncident } from './command.ts'
import { pagedBy } from './due.ts'
import type { Episode, Incident, Trouble } from './episode.ts'
import { withoutRoom } from './joining.ts'
import { notEngaged } from './last-resort.ts'
import { note, noteAfter } from './notes.ts'
import { needsArn, withCommands } from './pending.ts'
import { withoutNeedless } from './never-opened.ts'
import { endIncident } from './timeline.ts'

/** `failure`: a command must be tried again; the sweep waits longer each time. Outcomes of others' runs are not disturbed. */
export function confirm(
  episode: Episode,
  outcomes: readonly Outcome[],
  failure: Failure | undefined,
  now: Date,
): Episode {
  const left = outcomes.reduce((rest, outcome) => {
    const command = rest.pending.find(({ key }) => key === outcome.key)
    if (!command) return rest
    const removed = { ...rest, pending: rest.pending.filter((each) => each !== command) }
    return settled(removed, command, outcome, now)
  }, episode)
  const pending = new Set(left.pending.map(({ key }) => key))
  const leases = Object.fromEntries(Object.entries(left.leases).filter(([key]) => pending.has(key)))
  const kept = { ...left, leases, failures: failure ? left.failures + 1 : 0 }
  return failure && left.pending.some(({ key, type }) => key === failure.key && type === 'start-incident')
    ? inTrouble(kept, failure.because, now)
    : kept
}

function settled(episode: Episode, command: Command, outcome: Outcome, now: Date): Episode {
  switch (command.type) {
    case 'start-incident':
      if (!outcome.done) return refused(episode, command, outcome.because, now)
      return outcome.incidentArn ? started(episode, command, outcome.incidentArn, now) : episode
    case 'update-incident':
      return command.status === 'RESOLVED' && episode.incident?.arn === command.incidentArn
        ? endIncident(episode, now)
        : episode
    case 'start-engagement':
      return outcome.done ? engaged(episode, command, now) : notEngaged(episode, command, outcome.because, now)
    case 'add-related-item':
      return outcome.done ? episode : withoutRoom(episode, command, outcome.because)
    case 'add-timeline-event':
    case 'stop-engagement':
    case 'accept-page':
    case 'tell-last-resort':
      return episode
  }
}

function started(episode: Episode, command: StartIncident, arn: string, now: Date): Episode {
  const { incident } = episode
  if (!incident || incident.arn) return named(episode, arn)
  const { trouble, ...rest } = incident
  const known = named(
    { ...episode, incident: { ...rest, arn, pagingSince: now, ...pagedBy(now), planLookAt: plusSeconds(now, 1) } },
    arn,
  )
  return lateNote(isFallback(command) ? byFallback(known, command, trouble, now) : known, incident, now)
}

/** Whoever is paged anew is whom the plan that opened it engages. */
function byFallback(episode: Episode, { plan, otherPlan }: StartIncident, trouble: Trouble | undefined, now: Date) {
  const { incident } = episode
  if (!incident) return episode
  const refusal = trouble?.refusals?.find((each) => each.plan === otherPlan)
  const message = `Response plan ${otherPlan} was refused (${refusal?.because ?? trouble?.because}): the fallback plan ${plan} is used instead`
  const rule = { ...incident.rule, open: { ...incident.rule.open, plan } }
  return note({ ...episode, incident: { ...incident, rule } }, 'fallback', now, { message })
}

function lateNote(episode: Episode, { lastResort }: Incident, now: Date): Episode {
  if (!lastResort) return episode
  const { times, toldAt } = lastResort
  const message = `Opened late: it could not be opened before, so the last resort was told ${times === 1 ? 'once' : `${times} times`}, at last at ${toldAt.toISOString()}`
  return note(episode, 'opened-late', now, { message })
}

const engaged = (episode: Episode, { key, told, incidentArn }: StartEngagement, at: Date): Episode =>
  told === undefined ? episode : withCommands(episode, [noteAfter(key, incidentArn, at, { message: told })])

const named = (episode: Episode, arn: string): Episode => ({
  ...episode,
  pending: episode.pending.map((command) => (needsArn(command) ? { ...command, incidentArn: arn } : command)),
})

/**
 * A plan that is refused (gone, used up, not allowed) is no reason to tell nobody: the fallback plan is tried. When that is
 * refused too, nothing was opened: the next start is decided anew, and none is needed once all is over.
 */
function refused(episode: Episode, command: StartIncident, because: string, now: Date): Episode {
  const { incident } = episode
  if (!incident || incident.arn) return episode
  const next = withOtherPlan(command)
  const goesOn = next !== command && isFallback(next)
  const before = isFallback(command) ? (incident.trouble?.refusals ?? []) : []
  const refusals = [...before, { plan: command.plan, because }]
  const trouble: Trouble = {
    failingSince: incident.trouble?.failingSince ?? now,
    because: refusals.map((each) => `${each.plan}: ${each.because}`).join('; '),
    refusals,
    ...(goesOn ? {} : { openedNothing: true }),
  }
  return withoutNeedless({ ...episode, pending: [next, ...episode.pending], incident: { ...incident, trouble } })
}

const FALLBACK = '/fallback'
const isFallback = ({ key }: StartIncident): boolean => key.endsWith(FALLBACK)

/** Another plan is another start, with another token. */
function withOtherPlan(command: StartIncident): StartIncident {
  const { key, plan, otherPlan } = command
  if (otherPlan === undefined) return command
  const other = isFallback(command) ? key.slice(0, -FALLBACK.length) : `${key}${FALLBACK}`
  return { ...command, key: other, plan: otherPlan, otherPlan: plan }
}

/** Whether a start that was tried took effect is not known. */
function inTrouble(episode: Episode, because: string, now: Date): Episode {
  const { incident } = episode
  if (!incident || incident.arn) return episode
  const { failingSince = now, refusals } = incident.trouble ?? {}
  const trouble: Trouble = { failingSince, because, ...(refusals ? { refusals } : {}) }
  return { ...episode, incident: { ...incident, trouble } }
}
