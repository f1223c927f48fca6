// What processing a record once means, through Powertools' own makeIdempotent, by the system's clock.
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import type { Context } from 'aws-lambda'
import { beforeEach, describe, expect, it } from 'vitest'
import { EXPIRATION, tableIdempotency } from '../../lib/aws/idempotency.ts'
import { type Database, openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../lib/aws/table/sqlite.ts'
import type { Item, Table } from '../../lib/aws/table/table.ts'

const TIMEOUT_MS = 30_000
const KEPT_SECONDS = 3600
const START = new Date('2026-03-01T03:00:00Z')

const never = (): Promise<never> => new Promise(() => {})

// A rehearsal may be in any year: nothing may depend on the time of the day.
describe.each([START, new Date('1999-12-31T23:59:59Z'), new Date('2099-01-01T00:00:00Z')])(
  'a record, from %s on',
  (start) => {
    let database: Database
    let calls: string[]
    let now: Date
    let runs: string[]
    beforeEach(() => {
      database = openDatabase(':memory:')
      calls = []
      runs = []
      now = start
    })
    const advance = (milliseconds: number): void => {
      now = new Date(now.getTime() + milliseconds)
    }
    const kept = (): Item[] =>
      database.read((db) => db.prepare('SELECT doc FROM idempotency').all()).map(({ doc }) => JSON.parse(String(doc)))

    /** A process that has opened the table; another boot of it knows nothing of this one but what the table says. */
    function boot() {
      const inner = sqliteTable(database, 'idempotency', {})
      const table: Table = {
        ...inner,
        get: (key) => (calls.push('get'), inner.get(key)),
        put: (item, condition) => (calls.push('put'), inner.put(item, condition)),
        delete: (key) => (calls.push('delete'), inner.delete(key)),
      }
      return function worker<Result>(work: () => Promise<Result>, keyPrefix = 'test', remainingMs = TIMEOUT_MS) {
        const config = new IdempotencyConfig({
          eventKeyJmesPath: 'identity',
          throwOnNoIdempotencyKey: true,
          expiresAfterSeconds: KEPT_SECONDS,
        })
        if (remainingMs > 0) config.registerLambdaContext({ ...CONTEXT, getRemainingTimeInMillis: () => remainingMs })
        return makeIdempotent(
          async ({ identity }: { identity: string }): Promise<Result> => {
            runs.push(identity)
            return work()
          },
          { persistenceStore: tableIdempotency(table, { now: () => now }), keyPrefix, config },
        )
      }
    }

    it('is processed once: two calls for the first time, two more for each duplicate, which is answered the same', async () => {
      const worker = boot()(async () => ({ incident: 'one', at: [1] }))
      expect(await worker({ identity: 'a' })).toEqual({ incident: 'one', at: [1] })
      expect(calls).toEqual(['put', 'put'])
      expect(await worker({ identity: 'a' })).toEqual({ incident: 'one', at: [1] })
      expect(calls.slice(2)).toEqual(['put', 'get'])
      expect(runs).toHaveLength(1)
      await worker({ identity: 'b' })
      expect(runs).toHaveLength(2)
    })

    it('may answer nothing', async () => {
      const worker = boot()(async () => undefined)
      expect(await worker({ identity: 'a' })).toBeUndefined()
      expect(await worker({ identity: 'a' })).toBeUndefined()
      expect(runs).toHaveLength(1)
    })

    it('is another one to another function', async () => {
      const process = boot()
      await process(async () => 1, 'one')({ identity: 'a' })
      await process(async () => 2, 'two')({ identity: 'a' })
      expect(runs).toHaveLength(2)
    })

    it('is processed again after a failure', async () => {
      const process = boot()
      const failing = process(() => Promise.reject(new Error('no')))
      await expect(failing({ identity: 'a' })).rejects.toThrow('no')
      await process(async () => 1)({ identity: 'a' })
      await process(async () => 1)({ identity: 'a' })
      expect(runs).toHaveLength(2)
    })

    it('is refused to all but one of fifty at once', async () => {
      const { promise, resolve } = Promise.withResolvers<string>()
      const worker = boot()(() => promise)
      const results = Array.from({ length: 50 }, () => worker({ identity: 'a' }))
      const settled = Promise.allSettled(results)
      await expect(
        Promise.any(
          results.map((result) =>
            result.then(
              () => Promise.reject(new Error('early')),
              () => 'refused',
            ),
          ),
        ),
      ).resolves.toBe('refused')
      resolve('done')
      const outcomes = await settled
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(runs).toHaveLength(1)
    })

    it('is refused while it is in progress, and taken over by one when its time is over by our clock', async () => {
      const endless = boot()(never)
      void endless({ identity: 'a' })
      await expect(endless({ identity: 'a' })).rejects.toThrow('in progress')
      advance(TIMEOUT_MS - 1000)
      await expect(endless({ identity: 'a' })).rejects.toThrow('in progress')
      expect(runs).toHaveLength(1)
      advance(2000)
      const takers = [endless({ identity: 'a' }), endless({ identity: 'a' }), endless({ identity: 'a' })]
      const refused = takers.map((taker) => taker.catch(() => 'refused'))
      await Promise.race(refused)
      await expect.poll(() => runs.length).toBe(2)
      await expect(endless({ identity: 'a' })).rejects.toThrow('in progress')
      expect(runs).toHaveLength(2)
    })

    it('is refused until it would be forgotten, where nobody says how long the work may take', async () => {
      const endless = boot()(never, 'test', 0)
      void endless({ identity: 'a' })
      advance((KEPT_SECONDS - 1) * 1000)
      await expect(endless({ identity: 'a' })).rejects.toThrow('in progress')
    })

    it('is taken over at once when the process that had it is gone', async () => {
      void boot()(never)({ identity: 'a' })
      expect(await boot()(async () => 'done')({ identity: 'a' })).toBe('done')
      expect(runs).toHaveLength(2)
    })

    it('that was processed is remembered by the next process too', async () => {
      await boot()(async () => 'first')({ identity: 'a' })
      expect(await boot()(async () => 'second')({ identity: 'a' })).toBe('first')
      expect(runs).toHaveLength(1)
    })

    it('is forgotten after its time, and says when that is', async () => {
      const worker = boot()(async () => 1)
      await worker({ identity: 'a' })
      expect(kept().map((item) => item[EXPIRATION])).toEqual([Math.ceil(now.getTime() / 1000) + KEPT_SECONDS])
      advance(KEPT_SECONDS * 1000 - 1)
      await worker({ identity: 'a' })
      expect(runs).toHaveLength(1)
      advance(2)
      await worker({ identity: 'a' })
      expect(runs).toHaveLength(2)
    })

    it('must have an identity', async () => {
      await expect(boot()(async () => 1)({ identity: '' })).rejects.toThrow('in progress')
      expect(runs).toHaveLength(0)
    })
  },
)

const CONTEXT: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:test',
  memoryLimitInMB: '128',
  awsRequestId: 'request',
  logGroupName: 'test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => TIMEOUT_MS,
  done: () => {},
  fail: () => {},
  succeed: () => {},
}
