// What the incident manager notifies becomes what the automation knows, and acts on: answers, resolves, related items.
import type { SQSEvent } from 'aws-lambda'
import { contactsClient } from '../lib/aws/clients/contacts.ts'
import { incidentsClient } from '../lib/aws/clients/incidents.ts'
import { place, required } from '../lib/aws/config.ts'
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { processRecords } from '../lib/aws/records.ts'
import { contactCommands } from '../lib/automation/execute/contact-commands.ts'
import { executeWith } from '../lib/automation/execute/execute.ts'
import { isNews, onNotification } from '../lib/automation/on-notification.ts'
import { parseNotification } from '../lib/automation/sources/incident-notification.ts'
import { episodesIn } from '../lib/automation/state/episodes.ts'

export const handler = lambdaHandler(
  'enrich-timeline',
  (runtime, logger) => {
    const { environment, clock, onRecordFailed: failed } = runtime
    const clients = { incidents: incidentsClient(runtime), contacts: contactsClient(runtime) }
    const where = place(environment)
    const execute = executeWith(clients.incidents, where, contactCommands(clients.contacts, where))
    const episodes = episodesIn(runtime.table(required(environment, 'TOCSIN_EPISODES_TABLE')), clock)
    const persistence = runtime.idempotency(required(environment, 'TOCSIN_IDEMPOTENCY_TABLE'))
    return { desk: { clock, episodes, execute, logger }, clients, persistence, failed }
  },
  async (event: SQSEvent, { desk, clients, persistence, failed }, context) =>
    processRecords({
      records: event.Records.filter(isNews),
      identity: (record) => parseNotification(record).identity,
      process: (record) => onNotification(desk, clients, parseNotification(record).notification),
      keyPrefix: 'enrich-timeline',
      persistence,
      context,
      logger: desk.logger,
      failed,
    }),
)
