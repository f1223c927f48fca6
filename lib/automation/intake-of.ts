// What the intake works with, made from its function's environment.
import type { Logger } from '@aws-lambda-powertools/logger'
import { cloudwatchClient } from '../aws/clients/cloudwatch.ts'
import { incidentsClient } from '../aws/clients/incidents.ts'
import { home, required } from '../aws/config.ts'
import type { Measure } from '../aws/measures.ts'
import type { Runtime } from '../aws/runtime.ts'
import { alarmAsker } from './execute/ask-alarms.ts'
import { executeWith } from './execute/execute.ts'
import { paceOf } from './execute/pace.ts'
import type { Intake } from './on-signal.ts'
import { episodesIn } from './state/episodes.ts'
import { IgnoredKinds } from './state/ignored-kinds.ts'
import { rulesFrom } from './state/load-rules.ts'
import { Turns } from './state/turns.ts'

/** A call may wait so long for its turn; what has to wait longer is left to the sweep. */
const LONGEST_WAIT_MS = 5000

export function intakeOf(runtime: Runtime, logger: Logger, measure: Measure): Intake {
  const { environment, clock } = runtime
  const [here, incidents] = [home(environment), incidentsClient(runtime)]
  const table = runtime.table(required(environment, 'TOCSIN_EPISODES_TABLE'))
  const execute = executeWith(incidents, here, { pace: paceOf(environment['TOCSIN_PACE'], clock, LONGEST_WAIT_MS) })
  return {
    desk: { clock, episodes: episodesIn(table, clock, measure), logger, measure, execute, turns: new Turns() },
    incidents,
    askAlarm: alarmAsker(cloudwatchClient(runtime), here, logger),
    home: here,
    rules: rulesFrom(environment),
    ignoredKinds: new IgnoredKinds(table),
  }
}
