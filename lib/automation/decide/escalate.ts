// Escalations of a rule: whom it engages, and which impact it sets, while nobody answers.
import type { Escalation } from '../rules/rules.ts'
import type { Command } from './command.ts'
import { escalationDueAt } from './due.ts'
import type { Climbed, Episode } from './episode.ts'
import { quietSince } from './subjects.ts'
import { type Facts, isDue } from './facts.ts'
import { minutesSince, nameOf, note } from './notes.ts'
import { pageText } from './page-text.ts'
import { withCommands } from './pending.ts'

/** Nobody is engaged while all is OK: what falls due then is done at the next firing. */
export function decideEscalations(before: Episode, facts: Facts, now: Date): Episode {
  if (quietSince(before)) return before
  const escalations = before.incident?.rule.escalate ?? []
  return escalations.reduce((episode, escalation, index) => climb(episode, escalation, index, facts, now), before)
}

function climb(episode: Episode, escalation: Escalation, index: number, facts: Facts, now: Date): Episode {
  const { incident } = episode
  if (!incident?.arn || !isDue(escalationDueAt(incident, escalation, index), now)) return episode
  const { rule, pagingSince, climbed, arn } = incident
  const times = (climbed[index]?.times ?? 0) + 1
  const which = `escalation ${index + 1} of ${rule.escalate.length} (${times} of ${escalation.repeat})`
  const why = `nobody has acknowledged for ${minutesSince(pagingSince, now)}, ${which}`
  const id = `escalate/${index}/${pagingSince.toISOString()}/${times}`
  const key = `${episode.key}/${episode.number}/${id}`
  // Whom the same sweep pages anew is not paged twice.
  const paged = new Set(
    episode.pending.flatMap((one) => (one.type === 'start-engagement' ? [nameOf(one.contact)] : [])),
  )
  const already = escalation.engage.filter((contact) => paged.has(nameOf(contact)))
  const engage = escalation.engage.flatMap((contact): Command[] => {
    if (already.includes(contact)) return []
    const told = `Escalated to ${nameOf(contact)}: ${why}`
    return [
      {
        type: 'start-engagement',
        key: `${key}/${contact}`,
        reason: told,
        incidentArn: arn,
        contact,
        ...pageText(`Not acknowledged: ${facts.incident.title}`, told, arn, facts.incident),
        told,
      },
    ]
  })
  const done: readonly Climbed[] = rule.escalate.map((_, at) =>
    at === index ? { times, at: now } : (climbed[at] ?? { times: 0 }),
  )
  const engaged = already.reduce(
    (known, contact) =>
      note(known, `${id}/${nameOf(contact)}`, now, { message: `Escalated to ${nameOf(contact)}: ${why}` }),
    withCommands({ ...episode, incident: { ...incident, climbed: done } }, engage),
  )
  const { impact } = escalation
  if (impact === undefined || impact >= facts.incident.impact) return engaged
  const message = `Escalated to impact ${impact}: ${why}`
  const raise: Command = {
    type: 'update-incident',
    key: `${key}/impact`,
    reason: message,
    incidentArn: arn,
    impact,
  }
  return note(withCommands(engaged, [raise]), id, now, { message })
}
