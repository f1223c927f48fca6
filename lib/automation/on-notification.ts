// What the incident manager tells about an incident becomes what the automation knows of it.
import type { Table } from '../aws/table/table.ts'
import { asksFor, decideNotification } from './decide/decide-notification.ts'
import { askEngagements, askPages } from './execute/ask-contacts.ts'
import { askIncident } from './execute/ask-incidents.ts'
import type { Clients } from './on-tick.ts'
import type { IncidentNotification } from './sources/signal.ts'
import { deciding } from './state/undecidable.ts'
import { type Desk, work } from './state/work.ts'
import { namingUndecided } from './tell-undecided.ts'

/** Most notifications say nothing that the automation acts on. */
export const isNews = (notification: IncidentNotification): boolean =>
  notification.kind !== 'other' && !(notification.kind === 'status' && notification.status === 'OPEN')

/** Throws Undecidable, once it is recorded by name, where nothing could be decided. `table` is that of the episodes. */
export async function onNotification(
  desk: Desk,
  table: Table,
  clients: Clients,
  notification: IncidentNotification,
): Promise<void> {
  const { incidentArn } = notification
  if (notification.kind === 'other' || !incidentArn) return
  const about = { subject: `the incident ${incidentArn}`, incidentArn }
  await namingUndecided(desk, table, about, () => decided(desk, clients, incidentArn, notification))
}

async function decided(
  desk: Desk,
  clients: Clients,
  incidentArn: string,
  notification: Exclude<IncidentNotification, { kind: 'other' }>,
): Promise<void> {
  for (const key of await desk.episodes.ofIncident(incidentArn))
    await work(
      desk,
      key,
      () => desk.episodes.load(key),
      async (episode) => {
        const asks = deciding(() => asksFor(episode, notification))
        const incident = asks.incident ? await askIncident(clients.incidents, incidentArn) : UNASKED
        const engagements = asks.incident || asks.pages ? await askEngagements(clients.contacts, incidentArn) : []
        const { openPages } = asks.pages ? await askPages(clients.contacts, engagements) : { openPages: [] }
        const running = engagements.filter(({ runs }) => runs)
        const outside = { incident, running, openPages }
        return deciding(() => decideNotification(episode, notification, outside, desk.clock.now()))
      },
    )
}

const UNASKED = { status: 'OPEN', title: '', impact: 0 } as const
