// A system to measure: on a file of its own, with every table call counted, alarms sent by the official client.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { Item, Table } from '../../lib/aws/table/table.ts'
import { entry } from './entry.ts'
import { startSystem, type System } from '../../lib/local/system.ts'

export interface Measured {
  readonly system: System
  readonly folder: string
  /** The table calls since the last look, in order. */
  readonly takeCalls: () => string[]
  /** Puts one change of an alarm on the bus; `id` tells events of the same change apart. */
  readonly alarm: (name: string, state: 'ALARM' | 'OK', at: Date) => Promise<void>
  readonly close: () => Promise<void>
}

export async function measured(onCall: (call: string, item?: Item) => unknown = () => {}): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  let calls: string[] = []
  const count = (call: string, item?: Item): void => {
    calls.push(call)
    onCall(call, item)
  }
  const system = await startSystem({
    port: 0,
    data: folder,
    clock: 'real',
    rules: join(import.meta.dirname, '../../rules.yml'),
    seed: true,
    region: 'us-east-1',
    watch: { table: (name, table) => counted(name, table, count) },
  })
  const client = new EventBridgeClient({
    endpoint: system.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  })
  return {
    system,
    folder,
    takeCalls: () => {
      const taken = calls
      calls = []
      return taken
    },
    alarm: async (name, state, at) => {
      await client.send(new PutEventsCommand({ Entries: [entry(name, state, at)] }))
    },
    close: async () => {
      client.destroy()
      await system.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function counted(name: string, table: Table, count: (call: string, item?: Item) => void): Table {
  const short = name.replace(/^.*?(Episodes|Incidents|Idempotency).*$/iu, '$1')
  const kind = (sk: string): string => sk.replace(/#.*$/u, '')
  return {
    get: (key) => (count(`${short} get ${kind(key.sk)}`), table.get(key)),
    put: (item, condition) => (count(`${short} put ${kind(item.sk)}`, item), table.put(item, condition)),
    update: (key, change, condition) => (
      count(`${short} update ${kind(key.sk)}`),
      table.update(key, change, condition)
    ),
    delete: (key, condition) => (count(`${short} delete ${kind(key.sk)}`), table.delete(key, condition)),
    query: (query) => (count(`${short} query ${query.index ?? kind(query.partition)}`), table.query(query)),
  }
}

export const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN
