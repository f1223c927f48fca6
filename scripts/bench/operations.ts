// What each of the 70 operations costs: table calls, requests a second, p50 and p99, beside its bare table calls.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { accountCalls, type Calls, incidentCalls, type Make, newReplicationSet } from './incident-calls.ts'
import { contactCalls } from './contact-calls.ts'
import type { Done, Ordered } from './http-caller.ts'
import { capturing, type Clients, clientsOf, type Prepared } from './prepared.ts'
import type { System } from '../../lib/local/system.ts'
import { measured, median } from './system.ts'
import { openTwin, type Twin } from './twin.ts'

/** Of the whole, before anything is measured: code that runs for the first time is slow. */
const FIRST = 300
const FIRST_OPERATIONS = ['UpdateReplicationSet', 'UpdateContact']
/** All operations in turn, several times: what else the machine does meanwhile hits none of them alone. */
const PASSES = 3
const WARM_UP = 6
const ALONE = 40
const TOGETHER = 96
const WIDTH = 16
/** Of milliseconds over the floor. */
const MOST_OVER = 1

const NOTHING: Prepared = { method: 'GET', path: '/_tocsin/clock', headers: {}, body: '' }

/** Those that change the one replication set one after the other: together they would only refuse each other. */
const ALONE_ONLY = ['CreateReplicationSet', 'DeleteReplicationSet', 'UpdateReplicationSet']

export async function* operationFigures(): AsyncGenerator<string> {
  yield `Operations, prepared requests of the official clients over kept loopback connections, from another thread (p50 at most ${MOST_OVER.toFixed(1)} ms over the floor, which is the same table calls bare on a second database; both of the calmest of ${PASSES} passes, p99 of all):`
  yield row('', ['calls', 'floor', 'p50', 'over', 'p99', '1/s', `x${WIDTH} p50`, 'p99', '1/s'])
  const over: string[] = []
  const bench = await open()
  try {
    const set = await newReplicationSet(bench.real)
    const calls = {
      ...(await incidentCalls(bench.real, bench.dry, set)),
      ...(await contactCalls(bench.real, bench.dry, () => bench.system.messages())),
    }
    await warmUp(bench, calls)
    yield* figures(bench, calls, over)
    const { milliseconds } = await bench.call(
      Array.from({ length: FIRST }, () => NOTHING),
      1,
    )
    yield `An empty call over the same connection: p50 ${median(milliseconds).toFixed(2)} ms`
  } finally {
    await bench.close()
  }
  const empty = await open()
  try {
    yield* figures(empty, accountCalls(empty.real, empty.dry), over)
  } finally {
    await empty.close()
  }
  yield `Operations more than ${MOST_OVER.toFixed(1)} ms over their floor: ${over.join(', ') || 'none'}`
}

async function* figures(bench: Bench, calls: Calls, over: string[]): AsyncGenerator<string> {
  const all = Object.entries(calls).map(([name, make]) => ({ name, make, passes: [] as Alone[][] }))
  for (let pass = 0; pass < PASSES; pass++)
    for (const { make, passes } of all) passes.push(await oneAfterTheOther(bench, make, pass))
  for (const { name, make, passes } of all) {
    const together = ALONE_ONLY.includes(name) ? undefined : await sixteen(bench, make)
    const took = passes.flat().map(({ milliseconds }) => milliseconds)
    const [calmest = figuresOf([])] = passes.map(figuresOf).toSorted((one, other) => one.over - other.over)
    if (calmest.over > MOST_OVER) over.push(name)
    yield row(name, [
      String(calmest.calls),
      calmest.floor.toFixed(2),
      calmest.p50.toFixed(2),
      calmest.over.toFixed(2),
      percentile(took).toFixed(2),
      ((1000 * took.length) / took.reduce((sum, one) => sum + one, 0)).toFixed(0),
      ...(together
        ? [
            median(together.milliseconds).toFixed(1),
            percentile(together.milliseconds).toFixed(1),
            (TOGETHER / together.seconds).toFixed(0),
          ]
        : ['-', '-', '-']),
    ])
  }
}

async function warmUp({ prepare, call }: Bench, calls: Calls): Promise<void> {
  for (const [name, make] of Object.entries(calls))
    if (FIRST_OPERATIONS.includes(name))
      for (let index = 0; index < FIRST; index++) await call([await prepare(make, index)], 1)
}

interface Alone {
  readonly milliseconds: number
  /** Of its bare table calls. */
  readonly floor: number
  readonly calls: number
}

/** Each is followed by its bare table calls, so that both have the same machine. */
async function oneAfterTheOther(bench: Bench, make: Make, pass: number): Promise<Alone[]> {
  const { prepare, call, twin, system } = bench
  const all: Alone[] = []
  let letters = 0
  for (let round = 0; round < WARM_UP + ALONE; round++) {
    const request = await prepare(make, pass * (WARM_UP + ALONE) + round)
    const sent = round === 0 ? (await system.messages()).length : 0
    await twin.replay()
    const { milliseconds } = await call([request], 1)
    await system.idle()
    if (round === 0) letters = (await system.messages()).length - sent
    const bare = await twin.replay(letters)
    all.push({ milliseconds: milliseconds[0] ?? Number.NaN, floor: bare.milliseconds, calls: bare.calls.length })
  }
  return all.slice(WARM_UP)
}

/** What else the machine does can only make a pass slower. */
function figuresOf(pass: readonly Alone[]) {
  const floor = median(pass.map((each) => each.floor))
  const p50 = median(pass.map((each) => each.milliseconds))
  return { calls: median(pass.map((each) => each.calls)), floor, p50, over: p50 - floor }
}

async function sixteen({ prepare, call, twin, system }: Bench, make: Make): Promise<Done> {
  const requests: Prepared[] = []
  const first = PASSES * (WARM_UP + ALONE)
  for (let index = 0; index < TOGETHER; index++) requests.push(await prepare(make, first + index))
  const done = await call(requests, WIDTH)
  await system.idle()
  await twin.replay()
  return done
}

interface Bench {
  readonly system: System
  readonly twin: Twin
  readonly real: Clients
  readonly dry: Clients
  readonly prepare: (make: Make, index: number) => Promise<Prepared>
  readonly call: (requests: readonly Prepared[], width: number) => Promise<Done>
  readonly close: () => Promise<void>
}

async function open(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-twin-'))
  const twin: Twin = openTwin(join(folder, 'twin.db'))
  // Time stands still, so that nothing comes due while something is measured.
  const bench = await measured(undefined, { clock: 'simulated', seed: false, watch: { table: twin.watch } })
  const { system } = bench
  const real: Clients = clientsOf(system.url)
  const { clients: dry, prepared } = capturing(system.url)
  const caller = new Worker(new URL('./http-caller.ts', import.meta.url), { workerData: system.url })
  return {
    system,
    twin,
    real,
    dry,
    prepare: (make, index) => prepared(make(index)),
    async call(requests, width) {
      const answer = once(caller, 'message')
      caller.postMessage({ requests, width } satisfies Ordered)
      const [done] = await answer
      const { refused, ...times }: Done = done
      if (refused.length) throw new Error(`Refused: ${refused[0]}`)
      return { refused, ...times }
    },
    async close() {
      for (const client of [real, dry].flatMap(({ incidents, contacts }) => [incidents, contacts])) client.destroy()
      await caller.terminate()
      await bench.close()
      await twin.close()
      rmSync(folder, { recursive: true })
    },
  }
}

const percentile = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length * 0.99)] ?? Number.NaN

const row = (name: string, cells: readonly string[]): string =>
  `  ${name.padEnd(31)}${cells.map((cell) => cell.padStart(9)).join('')}`
