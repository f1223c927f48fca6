// What the incident manager notifies becomes what the automation knows, and acts on: answers, resolves, related items.
import type { SQSEvent } from 'aws-lambda'
import { contactsClient } from '../lib/aws/clients/contacts.ts'
import { incidentsClient } from '../lib/aws/clients/incidents.ts'
import { place, required } from '../lib/aws/config.ts'
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { recordProcessor } from '../lib/aws/records.ts'
import { contactCommands } from '../lib/automation/execute/contact-commands.ts'
import { executeWith } from '../lib/automation/execute/execute.ts'
import { paceOf } from '../lib/automation/execute/pace.ts'
import { isNews, onNotification } from '../lib/automation/on-notification.ts'
import { parseNotification } from '../lib/automation/sources/incident-notification.ts'
import { episodesIn } from '../lib/automation/state/episodes.ts'
import { Turns } from '../lib/automation/state/turns.ts'

export const handler = lambdaHandler(
  'enrich-timeline',
  (runtime, logger, measure) => {
    const { environment, clock, onRecordFailed: failed } = runtime
    const clients = { incidents: incidentsClient(runtime), contacts: contactsClient(runtime) }
    const where = place(environment)
    const contacts = contactCommands(clients.contacts, where)
    const pace = paceOf(environment['TOCSIN_PACE'], clock, 0)
    // It has no right to open, to page anew or to add items: that is the sweep's.
    const leaves = ['start-incident', 'start-engagement', 'add-related-item'] as const
    const execute = executeWith(clients.incidents, where, { contacts, pace, leaves })
    const table = runtime.table(required(environment, 'TOCSIN_EPISODES_TABLE'))
    const desk = { clock, episodes: episodesIn(table, clock, measure), execute, logger, measure, turns: new Turns() }
    const persistence = runtime.idempotency(required(environment, 'TOCSIN_IDEMPOTENCY_TABLE'))
    const means = { keyPrefix: 'enrich-timeline', persistence, logger, measure, failed }
    return recordProcessor({
      ...means,
      parse: parseNotification,
      identity: ({ identity }) => identity,
      matters: ({ notification }) => isNews(notification),
      process: ({ notification }) => onNotification(desk, table, clients, notification),
    })
  },
  (event: SQSEvent, records, context) => records(event.Records, context),
)
