// A second database that gets every table call of a system again, bare: the floor under what the system does with them.
import { INDEXES } from '../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../lib/aws/table/sqlite.ts'
import { ConditionFailed, type Table } from '../../lib/aws/table/table.ts'

export interface Twin {
  /** The table, with all that is called on it written down. */
  readonly watch: (name: string, table: Table) => Table
  /** Makes the calls since the last time again; `extra` are as many writes of a message each. */
  readonly replay: (messages?: number) => Promise<{ readonly calls: string[]; readonly milliseconds: number }>
  readonly close: () => Promise<void>
}

interface Call {
  readonly what: string
  readonly again: () => Promise<unknown>
}

/** Both have the same items before each call, so conditions hold on both or on neither. */
export function openTwin(path: string): Twin {
  const database = openDatabase(path)
  const { due, list, list2 } = INDEXES
  const letters = sqliteTable(database, 'letters', {})
  let sent = 0
  let under = 0
  // What is called while something else is under way is made again together with it.
  let groups: Call[][] = []
  const noted = async <T>(what: string, again: () => Promise<unknown>, call: () => Promise<T>): Promise<T> => {
    if (under === 0) groups.push([])
    groups.at(-1)?.push({ what, again })
    under++
    try {
      return await call()
    } finally {
      under--
    }
  }
  return {
    watch(name, table) {
      const twin = sqliteTable(database, name, { due, list, list2 })
      return {
        get: (key) =>
          noted(
            'get',
            () => twin.get(key),
            () => table.get(key),
          ),
        put: (item, condition) =>
          noted(
            'put',
            () => twin.put(item, condition),
            () => table.put(item, condition),
          ),
        update: (key, change, condition) =>
          noted(
            'update',
            () => twin.update(key, change, condition),
            () => table.update(key, change, condition),
          ),
        delete: (key, condition) =>
          noted(
            'delete',
            () => twin.delete(key, condition),
            () => table.delete(key, condition),
          ),
        query: (query) =>
          noted(
            'query',
            () => twin.query(query),
            () => table.query(query),
          ),
      }
    },
    async replay(messages = 0) {
      const made = groups
      groups = []
      const start = performance.now()
      for (const group of made) await Promise.all(group.map(({ again }) => again().catch(ignoreCondition)))
      for (let at = 0; at < messages; at++) await letters.put({ pk: String(++sent), sk: 'letter', body: LETTER })
      const milliseconds = performance.now() - start
      return { calls: made.flatMap((group) => group.map(({ what }) => what)), milliseconds }
    },
    close: () => database.close(),
  }
}

const LETTER = 'x'.repeat(400)

function ignoreCondition(error: unknown): void {
  if (!(error instanceof ConditionFailed)) throw error
}
