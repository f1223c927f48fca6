// A rule of higher impact joins an open incident: its impact is raised and its people are paged, whoever has answered before.
import { plusSeconds } from '../../aws/instants.ts'
import type { Rule } from '../rules/rules.ts'
import type { UpdateIncident } from './command.ts'
import { pagedBy } from './due.ts'
import type { Episode, Incident } from './episode.ts'
import { quietSince } from './subjects.ts'
import type { Facts } from './facts.ts'
import { COVERS_SECONDS } from './new-series.ts'
import { note } from './notes.ts'
import { withCommands } from './pending.ts'

/** What fires by `rule` has joined. Whether it is more than the incident's impact is now is the sweep's to see. */
export function joinedBy(episode: Episode, rule: Rule): Episode {
  const { incident } = episode
  const { impact } = rule.open
  if (!incident || impact === undefined || rule.id === incident.rule.id) return episode
  const asked = (incident.raise ?? incident.rule).open.impact
  return asked === undefined || impact < asked ? { ...episode, incident: { ...incident, raise: rule } } : episode
}

/** What is less than the incident has become by now changes nothing. It is paged anew by the rule that has joined. */
export function raise(episode: Episode, facts: Facts, now: Date): Episode {
  if (!episode.incident?.raise) return episode
  const { raise: rule, unanswered, ...incident } = episode.incident
  const { impact } = rule.open
  const { arn, acknowledgements } = incident
  if (!arn || impact === undefined || impact >= facts.incident.impact || quietSince(episode))
    return { ...episode, incident: { ...incident, ...(unanswered ? { unanswered } : {}) } }
  const answeredAt = Math.max(...acknowledgements.map(({ at }) => at.getTime()))
  const why = `rule ${rule.id} joins with impact ${impact}, it was ${facts.incident.impact}`
  const { pagedElsewhere: _, start, ...rest } = incident
  const raised: Incident = {
    ...rest,
    // Opened again, it is what it has become.
    ...(start ? { start: { ...start, plan: rule.open.plan, impact } } : {}),
    // What only a person may end stays so.
    rule: { ...rule, resolve: incident.rule.resolve.mode === 'never' ? incident.rule.resolve : rule.resolve },
    acknowledgements: [],
    answersSince: now,
    climbed: [],
    pagingSince: now,
    pagingStopped: false,
    pageAnew: true,
    raisedWhy: why,
    ...(acknowledgements.length ? { pageAnewNotBefore: plusSeconds(new Date(answeredAt), COVERS_SECONDS) } : {}),
    ...pagedBy(now),
  }
  const id = `raise/${now.toISOString()}`
  const update: UpdateIncident = {
    type: 'update-incident',
    key: `${episode.key}/${episode.number}/${id}/impact`,
    reason: why,
    incidentArn: arn,
    impact,
  }
  return note(withCommands({ ...episode, incident: raised }, [update]), id, now, { message: `Impact raised: ${why}` })
}
