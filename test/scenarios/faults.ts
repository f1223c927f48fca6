// Breaks one call of a running system: every call to a table and by a client is counted, and the chosen one fails.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Key, Table } from '../../lib/aws/table/table.ts'
import type { SystemOptions } from '../../lib/local/system.ts'

export interface Fault {
  /** The how-manieth call, from 1. */
  readonly at: number
  /** Before: the call is refused and its caller goes on. After: it takes effect, and its caller dies. */
  readonly when: 'before' | 'after'
}

class Refused extends Error {
  override readonly name = 'Refused'
}

class Died extends Error {
  override readonly name = 'Died'
}

/** The invocation that died makes no further call: it is a process that is gone, not an error that is handled. */
interface Invocation {
  dead: boolean
}

/** What lists the open incidents: in every sweep, and without any effect of its own. */
const LISTS = ['client ListIncidentRecordsCommand', 'Incidents query list']

export class Faults {
  /** Whether the sweep's list of open incidents is counted. */
  readonly #lists: boolean
  readonly calls: string[] = []
  fault: Fault | undefined
  readonly #invocation = new AsyncLocalStorage<Invocation>()

  constructor({ lists = false } = {}) {
    this.#lists = lists
  }

  readonly watch: SystemOptions['watch'] = {
    table: (name, table) => this.#table(name, table),
    call: async (_function, name, call) => {
      if (!name.startsWith('ReceiveMessage')) return this.#gate(`client ${name}`, call)
      const answer = await call()
      return isEmpty(answer) ? answer : this.#gate(`client ${name}`, async () => answer)
    },
    invocation: (_name, _event, run) => this.#invocation.run({ dead: false }, run),
  }

  async #gate<T>(name: string, run: () => Promise<T>): Promise<T> {
    const invocation = this.#invocation.getStore()
    if (!invocation) return run()
    if (invocation.dead) throw new Died(name)
    if (!this.#lists && LISTS.includes(name)) return run()
    this.calls.push(name)
    const hit = this.fault?.at === this.calls.length ? this.fault.when : undefined
    if (hit === 'before') throw new Refused(name)
    const result = await run()
    if (hit !== 'after') return result
    invocation.dead = true
    throw new Died(name)
  }

  #table(name: string, table: Table): Table {
    // A sweep that finds nothing to do can die where it likes: its heartbeat, and looks that find nothing, are not counted.
    const gate = <T>(what: string, { sk }: Key, run: () => Promise<T>): Promise<T> =>
      sk === 'heartbeat' ? run() : this.#gate(`${name} ${what} ${sk}`, run)
    return {
      get: (key) => gate('get', key, () => table.get(key)),
      put: (item, condition) => gate('put', item, () => table.put(item, condition)),
      update: (key, change, condition) =>
        this.#gate(`${name} update ${key.sk}`, () => table.update(key, change, condition)),
      delete: (key, condition) => this.#gate(`${name} delete ${key.sk}`, () => table.delete(key, condition)),
      query: async (query) => {
        const page = await table.query(query)
        if (query.index === 'due' && !page.items.length) return page
        return this.#gate(`${name} query ${query.index ?? query.partition}`, async () => page)
      },
    }
  }
}

/** A dead-letter queue that holds nothing. */
const isEmpty = (answer: unknown): boolean => !JSON.stringify(answer ?? '').includes('ReceiptHandle')
