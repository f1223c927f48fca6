// How long from an alarm's PutEvents to the page that leaves, one alarm at a time, beside the bare work underneath it.
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { INDEXES } from '../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../lib/aws/table/sqlite.ts'
import type { Item } from '../../lib/aws/table/table.ts'
import { measured, median } from './system.ts'

const WARM_UP = 900
const ROUNDS = 200

export async function* latencyFigures(): AsyncGenerator<string> {
  let onPage = (): void => {}
  let written: Item[] = []
  const bench = await measured((call, item) => {
    if (item) written.push(item)
    // The receipt is written when the page has left.
    if (call === 'Incidents update page') onPage()
  })
  const sender = new Worker(new URL('./alarm-sender.ts', import.meta.url), { workerData: bench.system.url })
  try {
    const floor = await floorOf(join(bench.folder, 'floor.db'))
    const whole: number[] = []
    const bare: number[] = []
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      written = []
      const left = new Promise<bigint>((resolve) => (onPage = () => resolve(process.hrtime.bigint())))
      const sent = once(sender, 'message')
      sender.postMessage(`bench-${round}`)
      const [start] = await sent
      const took = Number((await left) - BigInt(start)) / 1e6
      await bench.system.idle()
      const beneath = await floor.round(written.slice(0, 10))
      if (round < WARM_UP) continue
      whole.push(took)
      bare.push(beneath)
    }
    await floor.close()
    const ratio = median(whole) / median(bare)
    yield `Alarm in to page out, p50 of ${ROUNDS}: ${median(whole).toFixed(2)} ms; floor (10 of its writes and reads bare, 4 empty loopback calls): ${median(bare).toFixed(2)} ms; ${ratio.toFixed(2)} times (at most 2)`
  } finally {
    await sender.terminate()
    await bench.close()
  }
}

async function floorOf(path: string) {
  const database = openDatabase(path)
  const { due, list, list2 } = INDEXES
  const table = sqliteTable(database, 'floor', { due, list, list2 })
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const agent = new Agent({ keepAlive: true })
  const call = async (): Promise<void> => {
    const asked = request({ port: address.port, host: '127.0.0.1', agent }).end()
    const [response] = await once(asked, 'response')
    response.resume()
    await once(response, 'end')
  }
  return {
    /** Writes and reads what the alarm itself has written, with nothing around it. */
    round: async (items: readonly Item[]): Promise<number> => {
      const start = performance.now()
      for (const item of items) {
        await table.put(item)
        await table.get(item)
      }
      for (let at = 0; at < 4; at++) await call()
      return performance.now() - start
    },
    close: async (): Promise<void> => {
      agent.destroy()
      server.close()
      await database.close()
    },
  }
}
