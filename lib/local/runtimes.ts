// What each function stands on, on one machine: exactly the environment of the template, local tables and this clock.
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence'
import type { Timer } from '../aws/clock.ts'
import type { LocalSettings } from '../aws/config.ts'
import { tableIdempotency } from '../aws/idempotency.ts'
import type { Measured } from '../aws/measures.ts'
import type { LocalCarrier, LocalMessage, Runtime } from '../aws/runtime.ts'
import { automationKey } from '../aws/secrets.ts'
import { sqliteTable } from '../aws/table/sqlite.ts'
import type { Database } from '../aws/table/sqlite-database.ts'
import type { Indexes, Table } from '../aws/table/table.ts'
import { AUTOMATION } from '../incident-manager/store/access-keys.ts'
import { keyOf } from './functions.ts'
import type { FunctionSpec, Wiring } from './template.ts'

/** What a test may put in the place of the usual, or see pass. */
export interface Instruments {
  /** Variables of the functions that win over those of the template and of this machine: other endpoints, say. */
  readonly environment?: Readonly<Record<string, string>>
  /** Other tables and another idempotency store than SQLite's. */
  readonly tables?: (name: string, indexes: Indexes) => Table
  readonly idempotency?: (tableName: string) => BasePersistenceLayer
  /** What a channel answers before a message leaves by it: it may throw Undelivered. */
  readonly channel?: (message: LocalMessage) => void
  readonly watch?: {
    readonly table?: (name: string, table: Table) => Table
    readonly call?: <T>(functionName: string, commandName: string, call: () => Promise<T>) => Promise<T>
    readonly measure?: (functionName: string, what: Measured, value: number) => void
    readonly invocation?: (functionName: string, event: unknown, run: () => Promise<unknown>) => Promise<unknown>
  }
}

export interface Grounds {
  readonly wiring: Wiring
  readonly database: Database
  readonly clock: Timer
  readonly url: string
  readonly region: string
  readonly auth: LocalSettings['auth']
  readonly throttle: LocalSettings['throttle']
  readonly declared: LocalSettings['declared']
  /** Empty for none. */
  readonly fallbackPlan: string
  /** When a backup was restored last; empty where none was. */
  readonly restored: string
  readonly taskRoot: string
  readonly secret: Uint8Array
  /** The origin of the public side; empty where it is not said. */
  readonly publicUrl: string
  readonly carry: LocalCarrier
  /** Counts a call as going on, although who makes it may also be waiting for the clock. */
  readonly during: <T>(call: () => Promise<T>) => Promise<T>
  readonly instruments: Instruments
}

export interface Runtimes {
  readonly of: (spec: FunctionSpec) => Runtime
  /** That of a client of the system, which has no part in it. */
  readonly ofClient: Runtime
  /** A table for who only looks on: nobody watches it. Undefined where the template has none of this name. */
  readonly tableOf: (name: string | undefined) => Table | undefined
  /** Why records failed, by message id, as the functions said. */
  readonly reasons: Map<string, string>
}

export function localRuntimes(grounds: Grounds): Runtimes {
  const {
    clock,
    url,
    region,
    auth,
    throttle,
    declared,
    fallbackPlan,
    restored,
    taskRoot,
    secret,
    publicUrl,
    carry,
    during,
    instruments,
  } = grounds
  const tables = tablesOf(grounds)
  const table = watchedTables(tables, instruments.watch?.table)
  const watched = instruments.watch?.call
  // Where nothing is checked the name says who calls.
  const key = auth === 'sigv4' ? automationKey(secret) : { accessKeyId: AUTOMATION, secretAccessKey: 'local' }
  const local = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    LAMBDA_TASK_ROOT: taskRoot,
    TOCSIN_AUTH: auth,
    TOCSIN_THROTTLE: throttle,
    TOCSIN_DECLARED: declared,
    // Its CloudWatch has the alarms of one place.
    TOCSIN_ASKS: 'here',
    ...(fallbackPlan ? { TOCSIN_FALLBACK_PLAN: fallbackPlan } : {}),
    ...(restored ? { TOCSIN_RESTORED: restored } : {}),
  }
  const ofClient: Runtime = {
    environment: { ...local, TOCSIN_SECRET_ARN: SECRET },
    clock,
    table,
    idempotency: instruments.idempotency ?? ((name) => tableIdempotency(table(name), clock)),
    secret: () => Promise.resolve(secret),
    localCarrier: async (message) => {
      instruments.channel?.(message)
      await carry(message)
    },
  }
  const reasons = new Map<string, string>()
  return {
    ofClient,
    tableOf: (name) => (name === undefined ? undefined : tables.get(name)),
    reasons,
    of: (spec) => ({
      ...ofClient,
      environment: {
        ...spec.environment,
        ...local,
        ...instruments.environment,
        ...(isOnPublicSide(spec) ? { TOCSIN_AUTH: 'sigv4', TOCSIN_PUBLIC_URL: publicUrl } : {}),
      },
      // One machine has no CloudWatch to show figures in.
      onMeasure: instruments.watch?.measure ?? (() => {}),
      onRecordFailed: (messageId, error) => reasons.set(messageId, String(error)),
      onCall: (name, call) => during(() => (watched ? watched(keyOf(spec), name, call) : call())),
    }),
  }
}

const PUBLIC = ':public'

/** The same function as the public side has it, under an alias: it checks signatures whatever the other side does. */
export const onPublicSide = (spec: FunctionSpec): FunctionSpec => ({ ...spec, arn: spec.arn + PUBLIC })
const isOnPublicSide = ({ arn }: FunctionSpec): boolean => arn.endsWith(PUBLIC)

/** The template gives functions its own name for it; whatever it is called, it is the one of the data folder. */
const SECRET = 'local'

function tablesOf({ wiring, database, instruments }: Grounds): ReadonlyMap<string, Table> {
  const open = instruments.tables ?? ((name: string, indexes: Indexes) => sqliteTable(database, name, indexes))
  return new Map(wiring.tables.map(({ name, indexes }) => [name, open(name, indexes)]))
}

function watchedTables(
  tables: ReadonlyMap<string, Table>,
  watch: ((name: string, table: Table) => Table) | undefined,
): (name: string) => Table {
  const watched = new Map([...tables].map(([name, table]) => [name, watch?.(name, table) ?? table]))
  return (name) => {
    const table = watched.get(name)
    if (!table) throw new Error(`serverless.yml has no table ${name}`)
    return table
  }
}
