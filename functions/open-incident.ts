// Alarms and events become incidents: from the alarm queue (EventBridge and the alarm topic), or called by an alarm itself.
import type { SQSEvent } from 'aws-lambda'
import { incidentsClient } from '../lib/aws/clients/incidents.ts'
import { place, required } from '../lib/aws/config.ts'
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { recordProcessor } from '../lib/aws/records.ts'
import { executeWith } from '../lib/automation/execute/execute.ts'
import { onSignal } from '../lib/automation/on-signal.ts'
import { parseInvocation, parseRecord } from '../lib/automation/sources/queue-record.ts'
import type { Signal } from '../lib/automation/sources/signal.ts'
import { episodesIn } from '../lib/automation/state/episodes.ts'
import { Turns } from '../lib/automation/state/turns.ts'
import { rulesFrom } from '../lib/automation/state/load-rules.ts'

export const handler = lambdaHandler(
  'open-incident',
  (runtime, logger) => {
    const { environment, clock, onRecordFailed: failed } = runtime
    const incidents = incidentsClient(runtime)
    const episodes = episodesIn(runtime.table(required(environment, 'TOCSIN_EPISODES_TABLE')), clock)
    const persistence = runtime.idempotency(required(environment, 'TOCSIN_IDEMPOTENCY_TABLE'))
    const rules = rulesFrom(environment, ({ message }) => logger.error(message))
    const desk = { clock, episodes, logger, execute: executeWith(incidents, place(environment)), turns: new Turns() }
    const open = (signal: Signal): Promise<void> => onSignal(desk, incidents, rules(), signal)
    const work = { parse: parseRecord, identity: ({ identity }: Signal) => identity, process: open }
    return { open, records: recordProcessor({ keyPrefix: 'open-incident', persistence, logger, failed, ...work }) }
  },
  async (event: SQSEvent | object, { open, records }, context) =>
    'Records' in event ? records(event.Records, context) : open(parseInvocation(event)),
)
