// What a notification of the incident manager means: somebody answered, somebody resolved, something was added.
import type { IncidentNotification } from '../sources/signal.ts'
import { over, withAcknowledgements } from './decide-tick.ts'
import type { Episode } from './episode.ts'
import type { Facts } from './facts.ts'
import { nameOf, note } from './notes.ts'
import { withCommands } from './pending.ts'

/** Which facts a notification asks for: pages to accept after an answer, engagements to stop after a resolve. */
export function asksFor(episode: Episode, notification: IncidentNotification): { pages: boolean; incident: boolean } {
  const { incident } = episode
  switch (notification.kind) {
    case 'acknowledged':
      return { pages: incident?.rule.autoAcknowledge.includes('answered-elsewhere') === true, incident: false }
    case 'status':
      return { pages: false, incident: notification.status === 'RESOLVED' && !isResolving(episode) }
    case 'related-item-added':
    case 'other':
      return { pages: false, incident: false }
  }
}

/** Undefined when it says nothing new. Only what happened to the incident that is open now counts. */
export function decideNotification(
  before: Episode,
  notification: IncidentNotification,
  facts: Pick<Facts, 'incident' | 'running' | 'openPages'>,
  now: Date,
): Episode | undefined {
  const { incident } = before
  if (!incident?.arn || incident.arn !== notification.incidentArn) return undefined
  switch (notification.kind) {
    case 'acknowledged':
      return acknowledged(before, notification, facts.openPages, now)
    case 'status':
      if (notification.status !== 'RESOLVED' || isResolving(before) || facts.incident.status === 'OPEN')
        return undefined
      return over(before, facts, now)
    case 'related-item-added': {
      if (incident.relatedItemsAdded.includes(notification.title)) return undefined
      const relatedItemsAdded = [...incident.relatedItemsAdded, notification.title].slice(-50)
      return { ...before, incident: { ...incident, relatedItemsAdded } }
    }
    case 'other':
      return undefined
  }
}

const isResolving = (episode: Episode): boolean =>
  episode.pending.some((command) => command.type === 'update-incident' && command.status === 'RESOLVED')

/** A person's answer. What Tocsin accepts for them afterwards is announced by the same kind of notification: it is no news. */
function acknowledged(
  before: Episode,
  { contactArn, at }: Extract<IncidentNotification, { kind: 'acknowledged' }>,
  openPages: Facts['openPages'],
  now: Date,
): Episode | undefined {
  const answered = withAcknowledgements(before, [{ contactArn, at }])
  if (answered === before || !answered.incident) return undefined
  const known: Episode = { ...answered, incident: { ...answered.incident, pageAnew: false } }
  const pages = openPages.filter((page) => page.contactArn === contactArn)
  if (!pages.length || !answered.incident.rule.autoAcknowledge.includes('answered-elsewhere')) return known
  const reason = `Accepted by Tocsin: ${nameOf(contactArn)} answered on another channel at ${at.toISOString()}`
  const accepted = withCommands(
    known,
    pages.map(({ arn }) => ({
      type: 'accept-page',
      key: `${before.key}/${before.number}/accept/${arn}`,
      reason,
      pageArn: arn,
    })),
  )
  const message = `${pages.length} other open page${pages.length > 1 ? 's' : ''} of ${nameOf(contactArn)} accepted by Tocsin: answered on another channel at ${at.toISOString()}`
  return note(accepted, `accept/${contactArn}`, now, { message, contactArn })
}
