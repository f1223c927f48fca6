// What each function stands on, on one machine: exactly the environment of the template, local tables and this clock.
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence'
import type { Clock } from '../aws/clock.ts'
import type { LocalSettings } from '../aws/config.ts'
import { tableIdempotency } from '../aws/idempotency.ts'
import type { LocalCarrier, Runtime } from '../aws/runtime.ts'
import { sqliteTable } from '../aws/table/sqlite.ts'
import type { Database } from '../aws/table/sqlite-database.ts'
import type { Indexes, Table } from '../aws/table/table.ts'
import { keyOf } from './functions.ts'
import type { FunctionSpec, Wiring } from './template.ts'

/** What a test may put in the place of the usual, or see pass. */
export interface Instruments {
  /** Other tables and another idempotency store than SQLite's. */
  readonly tables?: (name: string, indexes: Indexes) => Table
  readonly idempotency?: (tableName: string) => BasePersistenceLayer
  readonly watch?: {
    readonly table?: (name: string, table: Table) => Table
    readonly call?: <T>(functionName: string, commandName: string, call: () => Promise<T>) => Promise<T>
    readonly invocation?: (functionName: string, event: unknown, run: () => Promise<unknown>) => Promise<unknown>
  }
}

export interface Grounds {
  readonly wiring: Wiring
  readonly database: Database
  readonly clock: Clock
  readonly url: string
  readonly region: string
  readonly auth: LocalSettings['auth']
  readonly taskRoot: string
  readonly secret: Uint8Array
  readonly carry: LocalCarrier
  readonly instruments: Instruments
}

export interface Runtimes {
  readonly of: (spec: FunctionSpec) => Runtime
  /** That of a client of the system, which has no part in it. */
  readonly ofClient: Runtime
  /** Why records failed, by message id, as the functions said. */
  readonly reasons: Map<string, string>
}

export function localRuntimes(grounds: Grounds): Runtimes {
  const { wiring, clock, url, region, auth, taskRoot, secret, carry, instruments } = grounds
  const table = tablesOf(grounds)
  const watched = instruments.watch?.call
  const local = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    LAMBDA_TASK_ROOT: taskRoot,
  }
  const ofClient: Runtime = {
    environment: local,
    clock,
    table,
    idempotency: instruments.idempotency ?? ((name) => tableIdempotency(table(name), clock)),
    secret: () => Promise.resolve(secret),
    localCarrier: carry,
  }
  const reasons = new Map<string, string>()
  return {
    ofClient,
    reasons,
    of: (spec) => ({
      ...ofClient,
      environment: {
        ...spec.environment,
        ...local,
        ...(spec.arn === wiring.urlFunctionArn ? { TOCSIN_AUTH: auth } : {}),
      },
      onRecordFailed: (messageId, error) => reasons.set(messageId, String(error)),
      ...(watched ? { onCall: (name, call) => watched(keyOf(spec), name, call) } : {}),
    }),
  }
}

function tablesOf({ wiring, database, instruments }: Grounds): (name: string) => Table {
  const open = instruments.tables ?? ((name: string, indexes: Indexes) => sqliteTable(database, name, indexes))
  const tables = new Map(
    wiring.tables.map(({ name, indexes }) => {
      const table = open(name, indexes)
      return [name, instruments.watch?.table?.(name, table) ?? table]
    }),
  )
  return (name) => {
    const table = tables.get(name)
    if (!table) throw new Error(`serverless.yml has no table ${name}`)
    return table
  }
}
