// Records of a queue: each event once, a duplicate is no failure, and the log promises only what comes true.
import { readFileSync } from 'node:fs'
import { Logger } from '@aws-lambda-powertools/logger'
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tableIdempotency } from '../../lib/aws/idempotency.ts'
import type { Measured } from '../../lib/aws/measures.ts'
import { recordProcessor } from '../../lib/aws/records.ts'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../lib/aws/table/sqlite.ts'
import { record as recordOf } from '../automation/sources/fixtures.ts'
import { dynaliteEngine } from '../dynalite.ts'
import { logMark, logsSince } from '../logs.ts'

const STORES = {
  async sqlite() {
    const database = openDatabase(':memory:')
    const table = sqliteTable(database, 'idempotency', {})
    return { idempotency: () => tableIdempotency(table, { now: () => new Date() }), close: () => database.close() }
  },
  dynamodb: dynaliteEngine,
}

const CONTEXT = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:test',
  memoryLimitInMB: '128',
  awsRequestId: 'request',
  logGroupName: '',
  logStreamName: '',
  getRemainingTimeInMillis: () => 30_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
}

describe.each(['sqlite', 'dynamodb'] as const)('on %s', (engine) => {
  let store: Awaited<ReturnType<(typeof STORES)[typeof engine]>>
  let measured: Measured[]
  let mark: number
  beforeEach(async () => {
    store = await STORES[engine]()
    measured = []
    mark = logMark()
  })
  afterEach(() => store.close())

  let names = 0
  const fresh = (): string => `event-${engine}-${names++}`

  /** Another run is another process: it knows of the others only what the store says. */
  const run = (process: (event: string) => Promise<void>) => {
    const handle = recordProcessor({
      keyPrefix: 'test',
      parse: ({ body }: SQSRecord) => {
        if (body === 'unreadable') throw new Error('unreadable')
        return body
      },
      identity: (event: string) => event,
      process,
      persistence: store.idempotency('idempotency'),
      logger: new Logger({ serviceName: 'records-test' }),
      measure: (what) => void measured.push(what),
      failed: undefined,
    })
    return (...records: SQSRecord[]) => handle(records, CONTEXT)
  }
  const record = (body: string, messageId: string, tries = 1): SQSRecord => {
    const it = recordOf(body, messageId)
    return { ...it, attributes: { ...it.attributes, ApproximateReceiveCount: String(tries) } }
  }
  const failures = ({ batchItemFailures }: SQSBatchResponse): string[] =>
    batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
  const said = (): string[] =>
    logsSince(mark)
      .filter(({ level }) => level !== 'DEBUG')
      .map(({ level, message }) => `${level} ${message}`)

  it('processes the same event twice in a batch once, and both have succeeded', async () => {
    const [seen, event] = [[] as string[], fresh()]
    const handle = run(async (one) => {
      seen.push(one)
      await new Promise((resolve) => setImmediate(resolve))
    })
    const other = fresh()
    expect(
      failures(await handle(record(event, 'a'), record(other, 'b'), record(event, 'c'), record(event, 'd'))),
    ).toEqual([])
    expect(seen.toSorted()).toEqual([event, other].toSorted())
    expect([measured, said()]).toEqual([['Deduplicated', 'Deduplicated'], []])
  })

  it('fails both where that one fails', async () => {
    const event = fresh()
    const handle = run(() => Promise.reject(new Error('away')))
    expect(failures(await handle(record(event, 'a'), record(event, 'b')))).toEqual(['a', 'b'])
  })

  it('has a duplicate delivered again, without a word, until the run that has it has come to its end', async () => {
    const event = fresh()
    const { promise: goingOn, resolve: end } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const first = run(async () => {
      begin()
      await goingOn
    })(record(event, 'a'))
    await begun
    const second = run(() => Promise.reject(new Error('processed twice')))
    expect(failures(await second(record(event, 'b')))).toEqual(['b'])
    expect([measured, said()]).toEqual([[], []])
    end()
    expect(failures(await first)).toEqual([])
    expect(failures(await second(record(event, 'b', 2)))).toEqual([])
    expect([measured, said()]).toEqual([['Deduplicated'], []])
  })

  it('is left with the duplicate where the run that had it failed', async () => {
    const event = fresh()
    const seen: string[] = []
    const failing = run(() => Promise.reject(new Error('away')))
    expect(failures(await failing(record(event, 'a')))).toEqual(['a'])
    expect(failures(await run(async () => void seen.push('b'))(record(event, 'b')))).toEqual([])
    expect(seen).toEqual(['b'])
  })

  it.each([
    [1, 'and will be delivered again'],
    [4, 'and will be delivered again'],
    [5, 'and goes to the dead letters'],
    [6, 'and goes to the dead letters'],
  ])('says at try %i that a record could not be processed %s', async (tries, what) => {
    await run(async () => {})(record('unreadable', 'a', tries))
    expect([measured, said()]).toEqual([['Failures'], [`ERROR A record could not be processed ${what}`]])
  })
})

it('every queue delivers as often as the log says', () => {
  const counts = [...readFileSync('functions/intake.yml', 'utf8').matchAll(/maxReceiveCount: (\d+)/g)]
  expect(counts.map(([, count]) => count)).toEqual(['5', '5', '5'])
})
