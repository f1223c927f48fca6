// When everything fires at once: events per second beside their bare table calls, and what one alarm that flaps costs.
import { join } from 'node:path'
import { INDEXES } from '../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../lib/aws/table/sqlite.ts'
import type { Item } from '../../lib/aws/table/table.ts'
import { type Change, type Measured, measured, median } from './system.ts'

const ALARMS = 100
const CHANGES = 14
const DUPLICATES = 600
const ROUNDS = 3
const FLAPS = 300
/** Of the sender, and of the bare calls: as much as the queue hands out at a time. */
const WIDTH = 10

export async function* stormFigures(): AsyncGenerator<string> {
  const rounds: { readonly perSecond: number; readonly bare: number; readonly calls: number }[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await storm())
  const [perSecond, bare, calls] = [
    median(rounds.map((each) => each.perSecond)),
    median(rounds.map((each) => each.bare)),
    median(rounds.map((each) => each.calls)),
  ]
  yield `Storm, ${ALARMS * CHANGES + DUPLICATES} events over ${ALARMS} alarms, 30 % duplicates: ${perSecond.toFixed(0)} events a second; floor (its ${calls.toFixed(1)} table calls an event, bare): ${bare.toFixed(0)}; ${(bare / perSecond).toFixed(2)} times`
  const bench = await measured()
  try {
    await bench.alarm('warm-up', 'ALARM', new Date())
    await bench.system.idle()
    bench.takeCalls()
    await bench.alarms(changesOf('flapping', FLAPS), WIDTH)
    await bench.system.idle()
    yield `Table calls, ${FLAPS} changes of one alarm at once: ${(bench.takeCalls().length / FLAPS).toFixed(1)} each (at most 10)`
  } finally {
    await bench.close()
  }
}

const changesOf = (name: string, count: number): Change[] => {
  const start = Date.now()
  return Array.from({ length: count }, (_, index) => ({
    name,
    state: index % 2 ? 'OK' : 'ALARM',
    at: new Date(start + index * 1000),
  }))
}

async function storm(): Promise<{ perSecond: number; bare: number; calls: number }> {
  const items: Item[] = []
  const bench = await measured((_call, item) => item && items.push(item))
  try {
    const changes = Array.from({ length: ALARMS }, (_, alarm) => changesOf(`storm-${alarm}`, CHANGES))
    // As they come in truth: all alarms first change, then all change again.
    const inTurn = Array.from({ length: CHANGES }, (_, change) => changes.flatMap((own) => own[change] ?? [])).flat()
    const events = [...inTurn, ...inTurn.slice(0, DUPLICATES)]
    await bench.alarm('warm-up', 'ALARM', new Date())
    await bench.system.idle()
    bench.takeCalls()
    items.length = 0
    const start = performance.now()
    await bench.alarms(events, WIDTH)
    await bench.system.idle()
    const seconds = (performance.now() - start) / 1000
    const calls = bench.takeCalls().length
    return {
      perSecond: events.length / seconds,
      bare: events.length / (await bareSeconds(bench, items, calls)),
      calls: calls / events.length,
    }
  } finally {
    await bench.close()
  }
}

/** How long as many table calls take with nothing around them: the items that were written, and reads for the rest. */
async function bareSeconds({ folder }: Measured, items: readonly Item[], calls: number): Promise<number> {
  const database = openDatabase(join(folder, 'floor.db'))
  const { due, list, list2, incident } = INDEXES
  const table = sqliteTable(database, 'floor', { due, list, list2, incident })
  const rest = items.values()
  let reads = calls - items.length
  const start = performance.now()
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      await table.put(item)
      if (reads-- > 0) await table.get(item)
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, worker))
  const seconds = (performance.now() - start) / 1000
  await database.close()
  return seconds
}
