// Load, SIGKILL at a random instant, restart, fifty times over: what was accepted is one incident, and still pages.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { paginateListIncidentRecords, SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { afterEach, expect, test } from 'vitest'
import { processEnvironment } from '../../lib/aws/config.ts'
import { ROOT, temporaryFolder } from './rehearsal.ts'

const ROUNDS = 50
/** How many requests are under way at a time. */
const AT_A_TIME = 3
const MOST_EVENTS_A_ROUND = 12
const LONGEST_LIFE_MS = 200
/** Where it is to die at an answer: what the one before has left is taken up first, and comes before its first answer. */
const LONGEST_WAIT_MS = 3000

const seed = Number(processEnvironment()['KILL_LOOP_SEED'] ?? Date.now() % 1_000_000)
const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function chance(from: number): () => number {
  let state = from
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function start(data: string) {
  const child = spawn(process.execPath, [join('lib', 'local', 'main.ts')], {
    cwd: ROOT,
    env: {
      ...processEnvironment(),
      PORT: '0',
      TOCSIN_DATA: data,
      TOCSIN_CLOCK: 'simulated',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const ended = once(child, 'close').then(() => children.delete(child))
  const ready = new Promise<string | undefined>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /^Tocsin is ready on (?<url>\S+)/u.exec(line)?.groups?.['url']
      if (url !== undefined) resolve(url)
    })
    void ended.then(() => resolve(undefined))
  })
  return {
    ended,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    errors: () => errors,
    /** The URL; undefined when it died before. */
    ready,
  }
}

const clientOf = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  maxAttempts: 1,
})

/**
 * An alarm, or an event of one's own: nobody could be asked about that one afterwards. Few of these, as beyond 60 in a
 * minute of this clock they join one incident.
 */
function eventOf(name: string) {
  const isAlarm = Number(name.split('-').at(-1)) % 6 !== 1
  return isAlarm ? alarm(name) : ownEvent(name)
}

const ownEvent = (name: string) => ({
  Source: 'tocsin.test',
  DetailType: 'Test',
  Resources: [`arn:aws:sqs:us-east-1:111122223333:${name}`],
  Detail: JSON.stringify({ alarmName: name }),
})

function alarm(name: string) {
  const timestamp = new Date().toISOString().replace('Z', '+0000')
  return {
    Source: 'aws.cloudwatch',
    DetailType: 'CloudWatch Alarm State Change',
    Resources: [`arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`],
    Detail: JSON.stringify({
      alarmName: name,
      state: { value: 'ALARM', reason: 'too many', reasonData: '{}', timestamp },
      previousState: { value: 'OK', timestamp },
      configuration: { metrics: [] },
    }),
  }
}

const advance = (url: string, by: string) =>
  fetch(`${url}/_tocsin/clock`, { method: 'POST', body: JSON.stringify({ advance: by }) })

async function json(url: string): Promise<Record<string, unknown>> {
  return Object(await (await fetch(url)).json())
}

/** Sends events until the process is gone; answers those that were accepted. Calls `enough` once so many have been. */
async function load(url: string, names: string[], count: number, enough: () => void): Promise<string[]> {
  const client = new EventBridgeClient(clientOf(url))
  const accepted: string[] = []
  const sender = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const answer = await client.send(new PutEventsCommand({ Entries: [eventOf(name)] })).catch(() => undefined)
      if (!answer) return
      if (answer.FailedEntryCount === 0 && accepted.push(name) === count) enough()
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, sender))
  client.destroy()
  return accepted
}

test(
  `${ROUNDS} rounds of load and SIGKILL lose nothing and do nothing twice (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    const random = chance(seed)
    const data = temporaryFolder()
    const accepted: string[] = []
    const offered: string[] = []
    let problems = ''
    let stillborn = 0
    for (let round = 0; round < ROUNDS; round++) {
      const { ready, kill, ended, errors } = start(data)
      // One in six dies while it starts, and is in the middle of what the one before has left.
      const early = round > 0 && random() < 1 / 6
      const url = await Promise.race([ready, ...(early ? [sleep(300 + random() * 600, undefined)] : [])])
      const names = Array.from({ length: MOST_EVENTS_A_ROUND }, (_, n) => `kill-${round}-${n}`)
      if (url === undefined) stillborn += 1
      else {
        offered.push(...names)
        // One in two dies the moment that an answer is there.
        const count = random() < 1 / 2 ? Math.ceil(random() * MOST_EVENTS_A_ROUND) : Infinity
        const loaded = load(url, names, count, () => kill('SIGKILL'))
        // One in three dies while time goes on: in the middle of a sweep, or of a stage that is due.
        const moved = random() < 1 / 3 ? advance(url, 'PT1M').catch(() => undefined) : undefined
        const life = sleep(count === Infinity ? random() * LONGEST_LIFE_MS : LONGEST_WAIT_MS, undefined, { ref: false })
        await Promise.race([loaded, life])
        kill('SIGKILL')
        accepted.push(...(await loaded))
        await moved
      }
      kill('SIGKILL')
      await ended
      problems += errors()
    }

    const { ready, kill, ended, errors } = start(data)
    const url = await ready
    if (url === undefined) throw new Error(`It does not start any more: ${errors()}`)
    // What was left half-done waits for a retry first; then a whole stage goes by.
    await advance(url, 'PT5M')
    await advance(url, 'PT6M')
    const client = new SSMIncidentsClient(clientOf(url))
    const titles: string[] = []
    for await (const { incidentRecordSummaries } of paginateListIncidentRecords({ client }, {}))
      titles.push(...(incidentRecordSummaries ?? []).map(({ title }) => title ?? ''))
    client.destroy()
    const { messages } = await json(`${url}/_tocsin/messages`)
    const { failures } = await json(`${url}/_tocsin/failures`)
    kill('SIGTERM')
    await ended
    const db = new DatabaseSync(join(data, 'tocsin.db'))
    const integrity = db.prepare('PRAGMA integrity_check').get()
    db.close()

    console.log(
      `kill loop, seed ${seed}: ${ROUNDS} rounds (${stillborn} died while starting), ${accepted.length} events accepted, ${titles.length} incidents`,
    )
    const pages = (Array.isArray(messages) ? messages : []).map(Object).flatMap(({ pageArn, address, body }) => {
      const title = /kill-\d+-\d+/u.exec(String(body))?.[0]
      return pageArn === undefined || title === undefined ? [] : [{ title, to: `${title} ${address}` }]
    })
    const paged = (address: string): Set<string> =>
      new Set(pages.filter(({ title, to }) => to === `${title} ${address}`).map(({ title }) => title))
    expect(problems + errors()).toBe('')
    expect(accepted.length).toBeGreaterThan(ROUNDS)
    expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([])
    expect(accepted.filter((name) => !titles.includes(name))).toEqual([])
    expect(titles.filter((title) => !offered.includes(title))).toEqual([])
    expect(titles.filter((title) => !paged('+15550100').has(title))).toEqual([])
    expect(titles.filter((title) => !paged('+15550101').has(title))).toEqual([])
    expect(pages.map(({ to }) => to).filter((to, at, all) => all.indexOf(to) !== at)).toEqual([])
    expect(failures).toEqual([])
    expect(integrity).toEqual({ integrity_check: 'ok' })
  },
)
