// A system to measure: on a file of its own, with every table call counted, alarms sent by the official client.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { Item, Table } from '../../lib/aws/table/table.ts'
import { entry } from './entry.ts'
import { startSystem, type System, type SystemOptions } from '../../lib/local/system.ts'

export interface Measured {
  readonly system: System
  readonly folder: string
  /** The table calls since the last look, in order. */
  readonly takeCalls: () => string[]
  /** Puts one change of an alarm on the bus. */
  readonly alarm: (name: string, state: 'ALARM' | 'OK', at: Date) => Promise<void>
  /** Puts changes on the bus, ten in a call, so many calls at a time. */
  readonly alarms: (changes: readonly Change[], width: number) => Promise<void>
  /** Runs a function with an event, and waits for all that it sets off. */
  readonly invoke: (functionName: string, event: object) => Promise<void>
  readonly close: () => Promise<void>
}

export interface Change {
  readonly name: string
  readonly state: 'ALARM' | 'OK'
  readonly at: Date
}

export async function measured(
  onCall: (call: string, item?: Item) => unknown = () => {},
  options: Partial<SystemOptions> = {},
): Promise<Measured> {
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
    ...options,
  })
  const settings = {
    endpoint: system.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  }
  const client = new EventBridgeClient(settings)
  const lambda = new LambdaClient(settings)
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
    alarms: async (changes, width) => {
      const calls = Array.from({ length: Math.ceil(changes.length / 10) }, (_, at) =>
        changes.slice(at * 10, at * 10 + 10).map(({ name, state, at: instant }) => entry(name, state, instant)),
      ).values()
      const sender = async (): Promise<void> => {
        for (const Entries of calls) await client.send(new PutEventsCommand({ Entries }))
      }
      await Promise.all(Array.from({ length: width }, sender))
    },
    invoke: async (FunctionName, event) => {
      await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }))
      await system.idle()
    },
    close: async () => {
      client.destroy()
      lambda.destroy()
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
