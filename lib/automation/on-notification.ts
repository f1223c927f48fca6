// What the incident manager tells about an incident becomes what the automation knows of it.
import { asksFor, decideNotification } from './decide/decide-notification.ts'
import { askEngagements, askPages } from './execute/ask-contacts.ts'
import { askIncident } from './execute/ask-incidents.ts'
import type { Clients } from './on-tick.ts'
import type { IncidentNotification } from './sources/signal.ts'
import { type Desk, work } from './state/work.ts'

/** Most notifications say nothing that the automation acts on. */
export const isNews = (notification: IncidentNotification): boolean =>
  notification.kind !== 'other' && !(notification.kind === 'status' && notification.status === 'OPEN')

export async function onNotification(desk: Desk, clients: Clients, notification: IncidentNotification): Promise<void> {
  const { incidentArn } = notification
  if (notification.kind === 'other' || !incidentArn) return
  for (const key of await desk.episodes.ofIncident(incidentArn))
    await work(
      desk,
      key,
      () => desk.episodes.load(key),
      async (episode) => {
        const asks = asksFor(episode, notification)
        const incident = asks.incident ? await askIncident(clients.incidents, incidentArn) : UNASKED
        const engagements = asks.incident || asks.pages ? await askEngagements(clients.contacts, incidentArn) : []
        const { openPages } = asks.pages ? await askPages(clients.contacts, engagements) : { openPages: [] }
        const running = engagements.filter(({ runs }) => runs)
        return decideNotification(episode, notification, { incident, running, openPages }, desk.clock.now())
      },
    )
}

const UNASKED = { status: 'OPEN', title: '', impact: 0 } as const
