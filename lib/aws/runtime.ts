// What a function stands on: its environment, its clock and its tables. On Lambda there is one, made from the
// process; a local system brings its own, and several can live in one process without seeing each other.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence'
import type { Timer } from './clock.ts'
import type { Environment } from './config.ts'
import type { Measured } from './measures.ts'
import type { Table } from './table/table.ts'

export interface Runtime {
  readonly environment: Environment
  readonly clock: Timer
  /** The table of that name, opened once. */
  readonly table: (name: string) => Table
  /** Where Powertools remembers which records have been processed. */
  readonly idempotency: (tableName: string) => BasePersistenceLayer
  /** The secret from which every key derives: the stack's, or the data folder's own. */
  readonly secret: () => Promise<Uint8Array>
  /** Takes what would leave by SMS or e-mail, where the machine has no carrier. Absent on AWS. */
  readonly localCarrier?: LocalCarrier
  /** Goes around every call of an AWS client; a test uses it to count and to break calls. */
  readonly onCall?: AroundCall
  readonly onRecordFailed?: RecordFailed
  /** Takes what functions measure. Absent on AWS, where it goes to CloudWatch. */
  readonly onMeasure?: (functionName: string, what: Measured, value: number) => void
}

/** Told why a record of a queue failed; AWS has no place for it but the log, one machine shows it beside the record. */
export type RecordFailed = (messageId: string, error: unknown) => void

export type AroundCall = <T>(commandName: string, call: () => Promise<T>) => Promise<T>

/** What a local channel has sent: one entry of `GET /_tocsin/messages`. `id` is the dedupe key: sent twice, kept once. */
export interface LocalMessage {
  readonly id: string
  readonly at: Date
  readonly type: 'SMS' | 'EMAIL' | 'VOICE' | 'SNS'
  readonly address: string
  readonly contactArn?: string
  readonly pageArn?: string
  readonly subject?: string
  readonly body: string
  readonly code?: string
}

/** Throws Undelivered when it does not take the message. */
export type LocalCarrier = (message: LocalMessage) => Promise<void>

/** Why a message did not leave; where `forGood`, its address takes none. */
export class Undelivered extends Error {
  override readonly name = 'Undelivered'
  readonly forGood: boolean

  constructor(reason: string, forGood: boolean) {
    super(reason)
    this.forGood = forGood
  }
}

const scope = new AsyncLocalStorage<Runtime>()
let ofTheProcess: Runtime | undefined

/** Runs `work` on `runtime` instead of on the process's own. */
export const withRuntime = <T>(runtime: Runtime, work: () => T): T => scope.run(runtime, work)

/** The runtime in force; `ofProcess` makes the process's own when no other was given. */
export function currentRuntime(ofProcess: () => Runtime): Runtime {
  return scope.getStore() ?? (ofTheProcess ??= ofProcess())
}
