// What open-incident works with, made from its function's environment.
import type { Logger } from '@aws-lambda-powertools/logger'
import type { SQSRecord } from 'aws-lambda'
import { incidentsClient } from '../aws/clients/incidents.ts'
import { home, required } from '../aws/config.ts'
import type { Measure } from '../aws/measures.ts'
import { recordProcessor } from '../aws/records.ts'
import type { Runtime } from '../aws/runtime.ts'
import { alarmAsker } from './execute/ask-alarms.ts'
import { CloudWatches } from './execute/cloudwatches.ts'
import { executeWith } from './execute/execute.ts'
import { paceOf } from './execute/pace.ts'
import type { Invocation } from './on-invocation.ts'
import { onSignal } from './on-signal.ts'
import { onUnreadable } from './on-unreadable.ts'
import { parseRecord } from './sources/queue-record.ts'
import type { Signal } from './sources/signal.ts'
import type { Unread } from './sources/unreadable.ts'
import { episodesIn } from './state/episodes.ts'
import { IgnoredKinds } from './state/ignored-kinds.ts'
import { rulesFrom } from './state/load-rules.ts'
import { openingsIn } from './state/storms.ts'
import { Turns } from './state/turns.ts'

/** A call may wait so long for its turn; what has to wait longer is left to the sweep. */
const LONGEST_WAIT_MS = 5000

export function intakeOf(runtime: Runtime, logger: Logger, measure: Measure): Invocation {
  const { environment, clock, onRecordFailed: failed } = runtime
  const [here, incidents] = [home(environment), incidentsClient(runtime)]
  const table = runtime.table(required(environment, 'TOCSIN_EPISODES_TABLE'))
  const execute = executeWith(incidents, here, { pace: paceOf(environment['TOCSIN_PACE'], clock, LONGEST_WAIT_MS) })
  const intake = {
    desk: { clock, episodes: episodesIn(table, clock, measure), logger, measure, execute, turns: new Turns() },
    table,
    incidents,
    askAlarm: alarmAsker(new CloudWatches(runtime, logger), logger),
    home: here,
    rules: rulesFrom(environment),
    ignoredKinds: new IgnoredKinds(table),
    countOpening: openingsIn(table),
  }
  const process = async (signal: Signal): Promise<void> => void (await onSignal(intake, signal))
  const unreadable = (message: Unread, error: unknown): Promise<void> => onUnreadable(intake, message, error)
  const records = recordProcessor({
    keyPrefix: 'open-incident',
    persistence: runtime.idempotency(required(environment, 'TOCSIN_IDEMPOTENCY_TABLE')),
    logger,
    measure,
    failed,
    parse: (record: SQSRecord) => parseRecord(record, here),
    identity: ({ identity }) => identity,
    process,
    unreadable,
  })
  const { account, region } = here
  return { records, process, unreadable, receipt: (id) => ({ id, at: clock.now(), account, region }) }
}
