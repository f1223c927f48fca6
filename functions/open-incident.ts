// Alarms and events become incidents: from the alarm queue (EventBridge and the alarm topic), or called by an alarm itself.
import type { SQSEvent } from 'aws-lambda'
import { incidentsClient } from '../lib/aws/clients/incidents.ts'
import { place, required } from '../lib/aws/config.ts'
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { processRecords } from '../lib/aws/records.ts'
import { executeWith } from '../lib/automation/execute/execute.ts'
import { onSignal } from '../lib/automation/on-signal.ts'
import { parseInvocation, parseRecord } from '../lib/automation/sources/queue-record.ts'
import { episodesIn } from '../lib/automation/state/episodes.ts'
import { rulesFrom } from '../lib/automation/state/load-rules.ts'

export const handler = lambdaHandler(
  'open-incident',
  (runtime, logger) => {
    const { environment, clock, onRecordFailed: failed } = runtime
    const incidents = incidentsClient(runtime)
    const episodes = episodesIn(runtime.table(required(environment, 'TOCSIN_EPISODES_TABLE')), clock)
    const persistence = runtime.idempotency(required(environment, 'TOCSIN_IDEMPOTENCY_TABLE'))
    const desk = { clock, episodes, logger, execute: executeWith(incidents, place(environment)) }
    const rules = rulesFrom(environment, ({ message }) => logger.error(message))
    return { desk, incidents, persistence, rules, failed }
  },
  async (event: SQSEvent | object, { desk, incidents, persistence, rules, failed }, context) => {
    if (!('Records' in event)) return onSignal(desk, incidents, rules(), parseInvocation(event))
    return processRecords({
      records: event.Records,
      identity: (record) => parseRecord(record).identity,
      process: (record) => onSignal(desk, incidents, rules(), parseRecord(record)),
      keyPrefix: 'open-incident',
      persistence,
      context,
      logger: desk.logger,
      failed,
    })
  },
)
