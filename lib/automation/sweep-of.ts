// What the sweep works with, made from its function's environment.
import type { Logger } from '@aws-lambda-powertools/logger'
import { contactsClient } from '../aws/clients/contacts.ts'
import { incidentsClient } from '../aws/clients/incidents.ts'
import { snsClient } from '../aws/clients/sns.ts'
import { sqsClient } from '../aws/clients/sqs.ts'
import type { Place } from '../aws/arn.ts'
import { declared, type Environment, home, place, required } from '../aws/config.ts'
import type { Measure } from '../aws/measures.ts'
import type { Runtime } from '../aws/runtime.ts'
import { alarmAsker } from './execute/ask-alarms.ts'
import { CloudWatches } from './execute/cloudwatches.ts'
import { contactCommands } from './execute/contact-commands.ts'
import { executeWith } from './execute/execute.ts'
import { lastResortTopic } from './execute/last-resort.ts'
import { paceOf } from './execute/pace.ts'
import type { Redrivable } from './execute/redrive.ts'
import type { Sweep } from './on-sweep.ts'
import { parseNotification } from './sources/incident-notification.ts'
import { parseRecord } from './sources/queue-record.ts'
import { parseReply } from './sources/reply.ts'
import { episodesIn } from './state/episodes.ts'
import { IgnoredKinds } from './state/ignored-kinds.ts'
import { rulesFrom } from './state/load-rules.ts'
import { KnownIncidents } from './state/known-incidents.ts'
import { Turns } from './state/turns.ts'

/** A call may wait so long for its turn before it is left to the next sweep. */
const LONGEST_WAIT_MS = 20_000
const WIDTH = 8

export function sweepOf(
  runtime: Runtime,
  logger: Logger,
  measure: Measure,
): Sweep & { readonly heartbeatUrl: string | undefined } {
  const { environment, clock } = runtime
  const here = home(environment)
  const table = runtime.table(required(environment, 'TOCSIN_EPISODES_TABLE'))
  const [incidents, contacts, sqs] = [incidentsClient(runtime), contactsClient(runtime), sqsClient(runtime)]
  const cloudwatches = new CloudWatches(runtime, logger)
  const topic = environment['TOCSIN_LAST_RESORT_TOPIC']
  const rates = environment['TOCSIN_PACE']
  const execute = executeWith(incidents, here, {
    contacts: contactCommands(contacts, here),
    ...(topic ? { lastResort: lastResortTopic(snsClient(runtime), topic) } : {}),
    pace: paceOf(rates, clock, LONGEST_WAIT_MS),
  })
  return {
    desk: { clock, episodes: episodesIn(table, clock, measure), execute, logger, measure, turns: new Turns() },
    clients: { incidents, contacts, sqs },
    cloudwatches,
    incidents,
    home: here,
    table,
    askAlarm: alarmAsker(cloudwatches, logger),
    rules: rulesFrom(environment),
    ignoredKinds: new IgnoredKinds(table),
    deadLetters: deadLettersOf(environment, here),
    declared: declared(environment),
    known: new KnownIncidents(),
    manager: managerOf(environment),
    ownAlarms: environment['TOCSIN_SELF_WATCH_PREFIX'],
    // What waits for its turn waits one after the other.
    width: rates ? 1 : WIDTH,
    heartbeatUrl: environment['TOCSIN_HEARTBEAT_URL'],
  }
}

/** Another endpoint, account or region is another incident manager; data that were restored are another's, too. */
const managerOf = (environment: Environment): string =>
  [
    environment['AWS_ENDPOINT_URL_SSM_INCIDENTS'] ?? environment['AWS_ENDPOINT_URL'] ?? 'aws',
    ...Object.values(place(environment)),
    environment['TOCSIN_RESTORED'] ?? '',
  ].join(' ')

/** Who reads the messages of the queues in TOCSIN_DEAD_LETTERS, in their order: alarms, notifications, replies. */
const READERS = [readAlarm, parseNotification, parseReply]

/** When it was sent is with the message, which its queue will give again. */
function readAlarm(record: { readonly body: string; readonly messageId: string }, here: Place): unknown {
  return parseRecord({ ...record, attributes: { SentTimestamp: '1' } }, here)
}

function deadLettersOf(environment: Environment, here: Place): Redrivable[] {
  const pairs = environment['TOCSIN_DEAD_LETTERS']?.split(',') ?? []
  return pairs.map((pair, index) => {
    const [deadLetters, queue] = pair.trim().split(/\s+/u)
    const read = READERS[index]
    if (!deadLetters || !queue || !read)
      throw new Error(`TOCSIN_DEAD_LETTERS must be up to three pairs of queue URLs, but has ${pair}`)
    return { deadLetters, queue, isReadable: (body) => canBeRead(() => read({ body, messageId: 'dead' }, here)) }
  })
}

function canBeRead(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch {
    return false
  }
}
