// Alarms and events become incidents: from the alarm queue (EventBridge and the alarm topic), or called by an alarm itself.
import type { SQSEvent } from 'aws-lambda'
import { required } from '../lib/aws/config.ts'
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { recordProcessor } from '../lib/aws/records.ts'
import { intakeOf } from '../lib/automation/intake-of.ts'
import { onSignal } from '../lib/automation/on-signal.ts'
import { parseInvocation, parseRecord } from '../lib/automation/sources/queue-record.ts'
import type { Signal } from '../lib/automation/sources/signal.ts'

export const handler = lambdaHandler(
  'open-incident',
  (runtime, logger, measure) => {
    const { environment, onRecordFailed: failed } = runtime
    const intake = intakeOf(runtime, logger, measure)
    const persistence = runtime.idempotency(required(environment, 'TOCSIN_IDEMPOTENCY_TABLE'))
    const process = async (signal: Signal): Promise<void> => void (await onSignal(intake, signal))
    const work = { parse: parseRecord, identity: ({ identity }: Signal) => identity, process, persistence }
    return { process, records: recordProcessor({ keyPrefix: 'open-incident', logger, measure, failed, ...work }) }
  },
  async (event: SQSEvent | object, { process, records }, context) =>
    'Records' in event ? records(event.Records, context) : process(parseInvocation(event)),
)
