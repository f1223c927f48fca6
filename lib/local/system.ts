// The whole of Tocsin on one machine: what the compiled template says, wired together. Many can live in one process.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { processEnvironment, type LocalSettings } from '../aws/config.ts'
import type { LocalMessage } from '../aws/runtime.ts'
import type { openDatabase } from '../aws/table/sqlite-database.ts'
import { doubtfulKeys, localKeys } from './access-keys.ts'
import { Activity } from './activity.ts'
import { Alarms } from './alarms.ts'
import { type Alert, HealthAlerts, lastResortAlert } from './alerts.ts'
import { backUp } from './backup.ts'
import { callGuard } from './call-guard.ts'
import { allMessages, type Carrier, openCarrier } from './carrier.ts'
import { RealClock, SimulatedClock, type LocalClock } from './clock.ts'
import { cloudWatch } from './cloudwatch-api.ts'
import { compiledTemplate } from './compile.ts'
import { consumers } from './consumers.ts'
import { failuresOf, type Failure } from './control.ts'
import { openDataFolder, type DataFolder } from './data-folder.ts'
import { expiry } from './expiry.ts'
import { Functions, importHandler, keyOf, type Handler } from './functions.ts'
import { guardOf } from './guard.ts'
import { healthOf } from './health.ts'
import { parseJson } from './json.ts'
import { MessageStore } from './message-store.ts'
import { Queues } from './queues.ts'
import { watchRules } from './rules-watch.ts'
import { voidClaims } from '../incident-manager/void-claims.ts'
import { voidLeases } from '../automation/state/void-leases.ts'
import { localRuntimes, onPublicSide, type Instruments } from './runtimes.ts'
import { schedules } from './schedules.ts'
import { seedOnce } from './seed.ts'
import { listen, type Door, type Services } from './server.ts'
import { sts } from './sts-api.ts'
import { openSettings, RESTORED, type Settings } from './settings.ts'
import { sqs } from './sqs-api.ts'
import { readTemplate } from './template.ts'
import { Topics } from './topics.ts'
import { webhooks } from './webhooks.ts'

export interface SystemOptions
  extends Omit<LocalSettings, 'auth' | 'throttle' | 'declared' | 'log' | 'fallbackPlan'>, Instruments {
  readonly auth?: LocalSettings['auth']
  readonly throttle?: LocalSettings['throttle']
  readonly declared?: LocalSettings['declared']
  readonly fallbackPlan?: LocalSettings['fallbackPlan']
  /** When a simulated clock begins; now, when left out. One that has been running before goes on where it was. */
  readonly startAt?: Date
  /** Where the project is; this one, when left out. */
  readonly root?: string
  /** The path of a compiled template; that of serverless.yml, when left out. */
  readonly template?: string
  /** Shows what must not be overlooked: what the last resort is told, and what is not well. */
  readonly alert?: Alert
  /** Told of what no caller can handle; it goes to stderr when left out. */
  readonly report?: (problem: unknown) => void
  /** Other handlers than those of the project, by the key of their function. */
  readonly handlers?: Readonly<Record<string, Handler>>
  /** Another way to open the database: one that can be made full. */
  readonly openDatabase?: typeof openDatabase
}

export interface System {
  /** Where everything is served, without a slash at its end. */
  readonly url: string
  /** Where its public side listens, if it has one. */
  readonly publicUrl?: string
  now(): Date
  /** Moves a simulated clock; settles after the last thing that this set off. */
  advance(milliseconds: number): Promise<Date>
  /** Settles when nothing is going on. */
  idle(): Promise<void>
  /** What the local channels have sent, newest first. */
  messages(): Promise<LocalMessage[]>
  /** What sits in the dead-letter queues, oldest first. */
  failures(): Promise<Failure[]>
  close(): Promise<void>
}

const ACCOUNT = '111122223333'
/** How long what is going on may take to come to its end when the system is closed. */
const CLOSING_MS = 5000

/** Starts a system; settles when it is ready. Throws when the port is taken, or when the rules or a function are broken. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const root = options.root ?? join(import.meta.dirname, '..', '..')
  const doors = [await listen(options.port)]
  let folder: DataFolder | undefined
  const release = async (): Promise<void> => {
    for (const door of doors) door.close()
    await folder?.close()
  }
  try {
    if (options.publicPort !== undefined) doors.push(await listen(options.publicPort, 'public'))
    folder = await openDataFolder(options.data, root, options.openDatabase)
    return await assemble(options, root, doors, folder, release)
  } catch (error) {
    await release()
    throw error
  }
}

async function assemble(
  options: SystemOptions,
  root: string,
  [door, publicDoor]: readonly Door[],
  folder: DataFolder,
  release: () => Promise<void>,
): Promise<System> {
  const report = options.report ?? ((problem: unknown) => console.error(problem))
  const { database } = folder
  if (!door) throw new Error('A system has a port')
  const url = `http://127.0.0.1:${door.port}`
  const place = { account: ACCOUNT, region: options.region }
  const rules = watchRules(resolve(root, options.rules), join(folder.taskRoot, 'rules.json'), report)
  for (const line of rules.warnings) report(line)
  const template = options.template ?? (await compiledTemplate(root, processEnvironment()))
  const wiring = readTemplate(parseJson(readFileSync(template, 'utf8'), template), { ...place, url })

  const activity = new Activity()
  const settings = await openSettings(database)
  const clock = openClock(options, settings, activity, report)
  const alert = options.alert ?? (() => {})
  const carrier = alerting(await openCarrier(database), wiring.outputs['LastResortTopicArn'], alert)
  const auth = options.auth ?? 'loopback'
  const runtimes = localRuntimes({
    wiring,
    database,
    clock,
    url,
    region: place.region,
    auth,
    throttle: options.throttle ?? 'off',
    declared: options.declared ?? 'adopt',
    fallbackPlan: options.fallbackPlan ?? '',
    restored: settings.get(RESTORED) ?? '',
    taskRoot: folder.taskRoot,
    secret: folder.secret,
    publicUrl: options.publicUrl ?? '',
    carry: carrier.carry,
    during: activity.during.bind(activity),
    instruments: options,
  })
  const urlFunction = wiring.functions.find(({ arn }) => arn === wiring.urlFunctionArn)
  const publicFunction = publicDoor && urlFunction && onPublicSide(urlFunction)
  const functions = new Functions({
    specs: [...wiring.functions, ...(publicFunction ? [publicFunction] : [])],
    handlerOf: async (spec) => options.handlers?.[keyOf(spec)] ?? importHandler(root, spec),
    activity,
    runtimeOf: runtimes.of,
    refreshRules: rules.refresh,
    ...(options.watch?.invocation ? { watch: options.watch.invocation } : {}),
  })
  await functions.load()

  const store = await MessageStore.open(database)
  const queues = new Queues({ store, clock, activity, changed: () => clock.changed(), failed: report })
  const send = queues.send.bind(queues)
  const alarms = await Alarms.open(database, clock, place)
  const hear = alarms.hear.bind(alarms)
  const topics = await Topics.open({ database, clock, wiring, carrier, url, send, hear })
  const bus = { place, clock, rules: wiring.rules, send, hear }
  const keys = localKeys(urlFunction, runtimes.ofClient, auth === 'sigv4')
  if (keys && (auth === 'sigv4' || publicDoor)) for (const line of await doubtfulKeys(keys)) report(line)
  const ticks = schedules({
    specs: wiring.schedules,
    place,
    clock,
    failed: report,
    invoke: (arn, event) => functions.invoke(arn, event),
  })
  const [episodes, incidents] = ['TOCSIN_EPISODES_TABLE', 'TOCSIN_INCIDENTS_TABLE'].map((name) =>
    runtimes.tableOf(wiring.functions.find(({ environment }) => environment[name] !== undefined)?.environment[name]),
  )
  const sweepProblem = () => ticks.problem('sweep')
  const sources = { clock, startedAt: clock.now(), database, queues, rules, sweepProblem, episodes, incidents }
  const health = new HealthAlerts({ clock, alert, look: () => healthOf(sources) })
  const failures = () => failuresOf(queues, episodes)
  let ready = false
  let closed: Promise<void> | undefined
  const services: Services = {
    clock,
    bus,
    cloudWatch: cloudWatch(alarms, bus),
    sqs: sqs(queues, wiring, url),
    sts: sts(place, auth, keys),
    sns: { topics, place, queues: wiring.queues, functions: wiring.functions },
    functions,
    control: {
      ready: () => ready && !closed,
      closing: () => closed !== undefined,
      health: () => health.look(),
      failures,
      carrier,
      clock,
      queues,
      backUp: backUp.bind(undefined, folder),
      dataFolder: folder.path,
      guard: guardOf(auth, folder),
      keys,
    },
    callGuard: auth === 'sigv4' ? callGuard(folder.secret, place.region, keys) : undefined,
    urlFunction,
    cannotKeep: () => database.problem() !== undefined,
    failed: report,
  }
  door.serve(services)
  publicDoor?.serve({ ...services, urlFunction: publicFunction })
  const notificationTopic = wiring.outputs['NotificationTopicArn']
  await seedOnce(
    options.seed,
    settings,
    runtimes.ofClient,
    keys,
    notificationTopic,
    () => carrier.page()?.messages ?? [],
  )
  if (!folder.isNew) {
    if (episodes) await voidLeases(episodes, clock.now())
    if (incidents) await voidClaims(incidents, clock.now())
  }
  queues.start([...consumers(wiring, functions, place.region, clock, runtimes.reasons), webhooks])
  const tables = options.tables ? [] : wiring.tables
  // A table that a test brings is not one to look at every half a minute.
  clock.start([queues, ticks, expiry(database, tables, carrier, clock), ...(options.tables ? [] : [health])])
  ready = true
  if (!folder.isNew) activity.during(() => ticks.runAll()).catch(report)

  const close = async (): Promise<void> => {
    clock.close()
    queues.close()
    await settled(activity.idle(), CLOSING_MS)
    await release()
  }
  return {
    url,
    ...(publicDoor ? { publicUrl: `http://127.0.0.1:${publicDoor.port}` } : {}),
    now: () => clock.now(),
    async advance(milliseconds) {
      if (!clock.advance) throw new Error('Only a simulated clock can be advanced')
      return clock.advance(milliseconds)
    },
    idle: () => activity.idle(),
    messages: () => allMessages(carrier),
    failures,
    close: () => (closed ??= close()),
  }
}

/** The same carrier, which shows besides what goes to the topic of the last resort. */
const alerting = (carrier: Carrier, topic: string | undefined, alert: Alert): Carrier => ({
  ...carrier,
  async carry(message) {
    await carrier.carry(message)
    if (message.address === topic) alert(lastResortAlert(message))
  },
})

function openClock(
  options: SystemOptions,
  settings: Settings,
  activity: Activity,
  report: (problem: unknown) => void,
): LocalClock {
  if (options.clock === 'real') return new RealClock(activity, report)
  const before = settings.get('now')
  const start = before === undefined ? (options.startAt ?? new Date()) : new Date(before)
  return new SimulatedClock(start, activity, (now) => settings.set('now', now.toISOString()), report)
}

async function settled(work: Promise<void>, longestMs: number): Promise<void> {
  const { promise, resolve: giveUp } = Promise.withResolvers<void>()
  const timer = setTimeout(giveUp, longestMs)
  await Promise.race([work, promise])
  clearTimeout(timer)
}
