// How long from an alarm's PutEvents to the page that leaves, one alarm at a time, beside the bare work underneath it.
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import { join } from 'node:path'
import { INDEXES } from '../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../lib/aws/table/sqlite.ts'
import { measured, median } from './system.ts'

const WARM_UP = 300
const ROUNDS = 200

export async function* latencyFigures(): AsyncGenerator<string> {
  let onPage = (): void => {}
  // The receipt is written when the page has left.
  const bench = await measured((call) => call === 'Incidents update page' && onPage())
  try {
    const floor = await floorOf(join(bench.folder, 'floor.db'))
    const whole: number[] = []
    const bare: number[] = []
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const left = new Promise<void>((resolve) => (onPage = resolve))
      const start = performance.now()
      await bench.alarm(`bench-${round}`, 'ALARM', new Date())
      await left
      const took = performance.now() - start
      await bench.system.idle()
      const beneath = await floor.round()
      if (round < WARM_UP) continue
      whole.push(took)
      bare.push(beneath)
    }
    await floor.close()
    const ratio = median(whole) / median(bare)
    yield `Alarm in to page out, p50 of ${ROUNDS}: ${median(whole).toFixed(2)} ms; floor (10 writes, 10 reads, 4 empty loopback calls): ${median(bare).toFixed(2)} ms; ${ratio.toFixed(2)} times (at most 2)`
  } finally {
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
  let item = 0
  return {
    round: async (): Promise<number> => {
      const start = performance.now()
      for (let at = 0; at < 10; at++) {
        const key = { pk: `item-${item++}`, sk: 'item' }
        await table.put({ ...key, listKey: 'floor', listSort: key.pk, text: 'x'.repeat(500) }, { absent: true })
        await table.get(key)
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
