// A rule of higher impact joins an open incident: its impact is raised and its people are paged, whoever has answered before.
import type { Rule } from '../rules/rules.ts'
import type { Command } from './command.ts'
import { type Episode, type Incident, pagedBy, quietSince } from './episode.ts'
import type { Facts } from './facts.ts'
import { nobodyToPage } from './last-resort.ts'
import { noteOfPaging, pageText, stopAll } from './notes.ts'
import { withCommands } from './pending.ts'

/** What fires by `rule` has joined. Whether it is more than the incident's impact is now is the sweep's to see. */
export function joinedBy(episode: Episode, rule: Rule): Episode {
  const { incident } = episode
  const { impact } = rule.open
  if (!incident || impact === undefined || rule.id === incident.rule.id) return episode
  const asked = (incident.raise ?? incident.rule).open.impact
  return asked === undefined || impact < asked ? { ...episode, incident: { ...incident, raise: rule } } : episode
}

/** `facts.planContacts` are those of the rule that joins. What is less than the incident has become by now changes nothing. */
export function raise(episode: Episode, facts: Facts, now: Date): Episode {
  if (!episode.incident?.raise) return episode
  const { raise: rule, ...incident } = episode.incident
  const { impact } = rule.open
  const { arn, acknowledgements } = incident
  if (!arn || impact === undefined || impact >= facts.incident.impact || quietSince(episode))
    return { ...episode, incident }
  const raised: Incident = {
    ...incident,
    // What only a person may end stays so.
    rule: { ...rule, resolve: incident.rule.resolve.mode === 'never' ? incident.rule.resolve : rule.resolve },
    acknowledgements: [],
    raisedAt: now,
    escalated: [],
    pagingSince: now,
    pagingStopped: false,
    pageAnew: false,
    ...pagedBy(now),
  }
  const id = `raise/${now.toISOString()}`
  const key = `${episode.key}/${episode.number}/${id}`
  const why = `rule ${rule.id} joins with impact ${impact}, it was ${facts.incident.impact}`
  const update: Command = { type: 'update-incident', key: `${key}/impact`, reason: why, incidentArn: arn, impact }
  const known = withCommands({ ...episode, incident: raised }, [update])
  const contacts = [...new Set([...facts.planContacts, ...acknowledgements.map(({ contactArn }) => contactArn)])]
  if (!contacts.length) return nobodyToPage(known, raised, why, now)
  const message = `Impact raised and paging anew: ${why}`
  const engage = contacts.map((contact): Command => ({
    type: 'start-engagement',
    key: `${key}/${contact}`,
    reason: why,
    incidentArn: arn,
    contact,
    ...pageText(`Impact ${impact}: ${facts.incident.title}`, message, arn, { ...facts.incident, impact }),
  }))
  const paged = withCommands(known, [...stopAll(episode, facts.running, message), ...engage])
  return noteOfPaging(paged, id, now, message)
}
