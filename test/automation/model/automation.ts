// The automation in one process, fast enough for ten thousand stories: its real shells and clients, a table in memory, the
// stub of AWS's incident manager without its server, a CloudWatch of a few lines, and a kill before or after any call.
import { Logger } from '@aws-lambda-powertools/logger'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { INDEXES } from '../../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../../lib/aws/table/sqlite.ts'
import type { Table } from '../../../lib/aws/table/table.ts'
import { alarmAsker } from '../../../lib/automation/execute/ask-alarms.ts'
import { CloudWatches } from '../../../lib/automation/execute/cloudwatches.ts'
import { contactCommands } from '../../../lib/automation/execute/contact-commands.ts'
import { executeWith } from '../../../lib/automation/execute/execute.ts'
import { onSignal } from '../../../lib/automation/on-signal.ts'
import { onSweep, type Sweep } from '../../../lib/automation/on-sweep.ts'
import type { Rules } from '../../../lib/automation/rules/rules.ts'
import { compileRules } from '../../../lib/automation/rules/schema.ts'
import { parseEvent } from '../../../lib/automation/sources/event.ts'
import { episodesIn } from '../../../lib/automation/state/episodes.ts'
import { IgnoredKinds } from '../../../lib/automation/state/ignored-kinds.ts'
import { KnownIncidents } from '../../../lib/automation/state/known-incidents.ts'
import { Turns } from '../../../lib/automation/state/turns.ts'
import { StubManager, type StubPlan } from './stub-manager.ts'
import { answeredBy, type WireCall } from './transport.ts'

const START = new Date('2026-03-01T03:00:00.000Z')
const PLACE = { account: '111122223333', region: 'us-east-1' }
const MINUTE_MS = 60_000
/** How long the queue keeps a message from others that somebody has taken, and died with. */
const VISIBILITY_MS = 3 * MINUTE_MS

export type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
/** Before: the call is never made. After: it takes effect, and its answer is lost. Counted from 1, from now on. */
export interface Kill {
  readonly call: number
  readonly when: 'before' | 'after'
}

class Killed extends Error {
  override readonly name = 'Killed'
}

interface Process {
  calls: number
  kill: Kill | undefined
  dead: boolean
}

const alarmArn = (name: string): string => `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`

/** Clients are slow to make, and stories are told one after the other: all use the same. */
let answering: ((call: WireCall) => Promise<object>) | undefined
const settings = {
  region: PLACE.region,
  credentials: { accessKeyId: 'automation', secretAccessKey: 'any' },
  maxAttempts: 1,
  requestHandler: answeredBy((call) => (answering ? answering(call) : Promise.reject(new Error('no story')))),
}
const clients = {
  incidents: new SSMIncidentsClient(settings),
  contacts: new SSMContactsClient(settings),
  cloudwatch: new CloudWatchClient(settings),
  sqs: new SQSClient(settings),
}

const silent = new Logger({ logLevel: 'SILENT' })

export class Automation {
  now = START
  /** Whether the sweep looks after what others declared. */
  declared: Sweep['declared'] = 'report'
  manager: StubManager
  /** What the last resort was told: subjects. */
  readonly lastResort: { readonly subject: string; readonly message: string; readonly at: Date }[] = []
  /** What CloudWatch says of the alarms. */
  readonly alarms = new Map<string, { state: State; at: Date; suppressed?: boolean; disabled?: boolean }>()
  #rules: Rules
  #id = 0
  #identity = 'one'
  readonly #plans: readonly StubPlan[]
  readonly #table: Table
  #queue: { readonly event: object; at: number }[] = []
  #kill: Kill | undefined
  readonly #fallbackPlan: string | undefined
  #running: Process = { calls: 0, kill: undefined, dead: false }

  constructor(plans: readonly StubPlan[], rules: object, fallbackPlan?: string) {
    const { due, incident } = INDEXES
    this.#table = sqliteTable(openDatabase(':memory:'), 'Episodes', { due, incident })
    this.#plans = plans
    this.#fallbackPlan = fallbackPlan
    this.manager = new StubManager(plans, () => this.now)
    this.#rules = compileRules(rules, () => undefined, 'rules')
  }

  /** Other rules are in force from now on. */
  edit(rules: object): void {
    this.#rules = compileRules(rules, () => undefined, 'rules')
  }

  /** Another incident manager, which knows nothing. */
  switchManager(): void {
    this.manager = new StubManager(this.#plans, () => this.now)
    this.#identity += '+'
  }

  /** The next process that runs dies so. */
  kill(kill: Kill | undefined): void {
    this.#kill = kill
  }

  /** CloudWatch changes the state, and its event is delivered, unless it is lost. */
  async alarm(name: string, state: State, told: 'told' | 'lost' = 'told'): Promise<void> {
    this.alarms.set(name, { ...this.alarms.get(name), state, at: this.now })
    if (told === 'told') await this.deliver(alarmEvent(name, state, this.now))
  }

  /** One series of an alarm changes; the alarm itself stays as it is. */
  async series(name: string, series: string, state: State): Promise<void> {
    const id = `${name}-${series}-${state}-${this.now.getTime()}`
    const alarmContributor = { id: series, attributes: { Table: series } }
    const detail = {
      alarmName: name,
      alarmContributor,
      state: { value: state, reason: 'by the story', timestamp: this.now },
    }
    const type = 'CloudWatch Alarm Contributor State Change'
    const event = { ...alarmEvent(name, state, this.now), id, 'detail-type': type, detail }
    await this.deliver(JSON.parse(JSON.stringify(event)))
  }

  /** At once; where its process dies, again when the queue shows it again. */
  async deliver(event: object): Promise<void> {
    this.#queue.push({ event, at: this.now.getTime() })
    await this.#drain()
  }

  async event(detailType: string, kind: string, resource: string): Promise<void> {
    await this.deliver({
      id: `event-${++this.#id}`,
      source: 'tocsin.db',
      'detail-type': detailType,
      ...PLACE,
      time: this.now.toISOString(),
      resources: [resource],
      detail: { kind },
    })
  }

  /** Minute after minute: the queue, then a sweep; `asleep`: nothing runs. */
  async minutes(count: number, how: 'awake' | 'asleep' = 'awake'): Promise<void> {
    for (let minute = 0; minute < count; minute++) {
      this.now = new Date(this.now.getTime() + MINUTE_MS)
      if (how === 'asleep') continue
      await this.#drain()
      await this.#run((sweep) => onSweep(sweep, () => true))
    }
  }

  async #drain(): Promise<void> {
    for (const message of this.#queue.filter(({ at }) => at <= this.now.getTime())) {
      message.at = this.now.getTime() + VISIBILITY_MS
      if (await this.#run((sweep) => onSignal(sweep, parseEvent({ ...message.event }))))
        this.#queue = this.#queue.filter((each) => each !== message)
    }
  }

  /** Answers whether it came to its end. A process begins with nothing but the table. */
  async #run(story: (sweep: Sweep) => Promise<unknown>): Promise<boolean> {
    const process: Process = { calls: 0, kill: this.#kill, dead: false }
    this.#kill = undefined
    try {
      await story(this.#sweep(process))
      return !process.dead
    } catch (error) {
      if (process.dead) return false
      throw error
    }
  }

  #sweep(process: Process): Sweep {
    const clock = { now: () => this.now }
    const gate: Gate = (call) => through(process, call)
    const table = gated(this.#table, gate)
    this.#running = process
    answering = this.answer
    const { incidents, contacts, cloudwatch, sqs } = clients
    const home = { ...PLACE, ...(this.#fallbackPlan ? { fallbackPlan: this.#fallbackPlan } : {}) }
    const execute = executeWith(incidents, home, {
      contacts: contactCommands(contacts, home),
      lastResort: ({ subject, message }) =>
        gate(async () => void this.lastResort.push({ subject, message, at: this.now })),
    })
    const measure = (): void => {}
    const environment = { TOCSIN_ACCOUNT_ID: PLACE.account, AWS_REGION: PLACE.region }
    const cloudwatches = new CloudWatches({ environment, clock }, silent, cloudwatch)
    return {
      desk: {
        clock,
        episodes: episodesIn(table, clock, measure),
        execute,
        logger: silent,
        measure,
        turns: new Turns(),
      },
      clients: { incidents, contacts, sqs },
      cloudwatches,
      incidents,
      home,
      table,
      askAlarm: alarmAsker(cloudwatches, silent),
      rules: () => this.#rules,
      ignoredKinds: new IgnoredKinds(table),
      declared: this.declared,
      known: new KnownIncidents(),
      deadLetters: [],
      ownAlarms: undefined,
      manager: this.#identity,
      width: 1,
    }
  }

  /** What a client's call is answered: that of CloudWatch, or of the incident manager. */
  readonly answer = (call: WireCall): Promise<object> =>
    through(this.#running, async () =>
      call.operation === 'DescribeAlarms' ? this.#describe(call.input) : this.manager.answer(call),
    )

  #describe(input: { readonly AlarmNames?: readonly string[]; readonly StateValue?: State }): object {
    const { AlarmNames: names, StateValue: state } = input
    const found = [...this.alarms].filter(
      ([name, each]) => (names?.includes(name) ?? true) && (!state || each.state === state),
    )
    const alarms = found.map(([AlarmName, { state: StateValue, at, suppressed, disabled }]) => ({
      AlarmName,
      AlarmArn: alarmArn(AlarmName),
      StateValue,
      StateReason: 'by the story',
      StateTransitionedTimestamp: at.getTime() / 1000,
      ActionsEnabled: !disabled,
      ...(suppressed ? { ActionsSuppressedBy: 'Alarm' } : {}),
    }))
    // Only a composite alarm can be suppressed.
    const [MetricAlarms, CompositeAlarms] = [false, true].map((is) =>
      alarms.filter((each) => 'ActionsSuppressedBy' in each === is),
    )
    return { MetricAlarms, CompositeAlarms }
  }
}

type Gate = <T>(call: () => Promise<T>) => Promise<T>

/** A process that is dead makes no further call. */
async function through<T>(process: Process, call: () => Promise<T>): Promise<T> {
  if (process.dead) throw new Killed('dead')
  process.calls++
  const hit = process.kill?.call === process.calls ? process.kill.when : undefined
  if (hit === 'before') process.dead = true
  if (process.dead) throw new Killed('before')
  const answer = await call()
  if (hit === 'after') process.dead = true
  if (process.dead) throw new Killed('after')
  return answer
}

const gated = (table: Table, gate: Gate): Table => ({
  get: (key) => gate(() => table.get(key)),
  put: (item, condition) => gate(() => table.put(item, condition)),
  update: (key, change, condition) => gate(() => table.update(key, change, condition)),
  delete: (key, condition) => gate(() => table.delete(key, condition)),
  query: (query) => gate(() => table.query(query)),
})

/** As EventBridge brings it. */
export const alarmEvent = (alarmName: string, value: State, at: Date): object => ({
  id: `${alarmName}-${value}-${at.getTime()}`,
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  ...PLACE,
  time: at.toISOString(),
  resources: [alarmArn(alarmName)],
  detail: { alarmName, state: { value, reason: 'by the story', timestamp: at.toISOString() } },
})
