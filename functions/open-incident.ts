// Alarms and events become incidents: from the alarm queue (EventBridge and the alarm topic), or called by an alarm itself.
import type { SQSEvent } from 'aws-lambda'
import { cloudwatchClient } from '../lib/aws/clients/cloudwatch.ts'
import { incidentsClient } from '../lib/aws/clients/incidents.ts'
import { home, required } from '../lib/aws/config.ts'
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { recordProcessor } from '../lib/aws/records.ts'
import { alarmAsker } from '../lib/automation/execute/ask-alarms.ts'
import { executeWith } from '../lib/automation/execute/execute.ts'
import { paceOf } from '../lib/automation/execute/pace.ts'
import { onSignal } from '../lib/automation/on-signal.ts'
import { parseInvocation, parseRecord } from '../lib/automation/sources/queue-record.ts'
import type { Signal } from '../lib/automation/sources/signal.ts'
import { episodesIn } from '../lib/automation/state/episodes.ts'
import { Turns } from '../lib/automation/state/turns.ts'
import { rulesFrom } from '../lib/automation/state/load-rules.ts'

/** A call may wait so long for its turn; what has to wait longer is left to the sweep. */
const LONGEST_WAIT_MS = 5000

export const handler = lambdaHandler(
  'open-incident',
  (runtime, logger, measure) => {
    const { environment, clock, onRecordFailed: failed } = runtime
    const [here, incidents] = [home(environment), incidentsClient(runtime)]
    const table = runtime.table(required(environment, 'TOCSIN_EPISODES_TABLE'))
    const episodes = episodesIn(table, clock, measure)
    const persistence = runtime.idempotency(required(environment, 'TOCSIN_IDEMPOTENCY_TABLE'))
    const rules = rulesFrom(environment)
    const execute = executeWith(incidents, here, { pace: paceOf(environment['TOCSIN_PACE'], clock, LONGEST_WAIT_MS) })
    const desk = { clock, episodes, logger, measure, execute, turns: new Turns() }
    const askAlarm = alarmAsker(cloudwatchClient(runtime), here, logger)
    const intake = { desk, table, incidents, askAlarm, home: here, rules }
    const process = async (signal: Signal): Promise<void> => void (await onSignal(intake, signal))
    const work = { parse: parseRecord, identity: ({ identity }: Signal) => identity, process, persistence }
    return { process, records: recordProcessor({ keyPrefix: 'open-incident', logger, measure, failed, ...work }) }
  },
  async (event: SQSEvent | object, { process, records }, context) =>
    'Records' in event ? records(event.Records, context) : process(parseInvocation(event)),
)
