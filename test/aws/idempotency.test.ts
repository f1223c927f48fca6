// What processing a record once means, through Powertools' own makeIdempotent, by the system's clock.
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { beforeEach, describe, expect, it } from 'vitest'
import { tableIdempotency } from '../../lib/aws/idempotency.ts'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../lib/aws/table/sqlite.ts'
import type { Table } from '../../lib/aws/table/table.ts'

const TIMEOUT_MS = 30_000

describe('a record', () => {
  let calls: string[]
  let now: Date
  let table: Table
  let runs: number
  beforeEach(() => {
    calls = []
    runs = 0
    now = new Date('2026-03-01T03:00:00Z')
    const inner = sqliteTable(openDatabase(':memory:'), 'idempotency', {})
    table = {
      ...inner,
      get: (key) => (calls.push('get'), inner.get(key)),
      put: (item, condition) => (calls.push('put'), inner.put(item, condition)),
      delete: (key) => (calls.push('delete'), inner.delete(key)),
    }
  })

  /** A process that works on records; another boot of it knows nothing of this one. */
  function boot(work: () => Promise<void> = async () => void runs++) {
    const config = new IdempotencyConfig({
      eventKeyJmesPath: 'identity',
      throwOnNoIdempotencyKey: true,
      expiresAfterSeconds: 3600,
    })
    config.registerLambdaContext({ getRemainingTimeInMillis: () => TIMEOUT_MS } as Parameters<
      typeof config.registerLambdaContext
    >[0])
    return makeIdempotent(async (_: { identity: string }) => work(), {
      persistenceStore: tableIdempotency(table, { now: () => now }),
      keyPrefix: 'test',
      config,
    })
  }

  it('is processed once: two calls for the first time, two more for each duplicate', async () => {
    const once = boot()
    await once({ identity: 'a' })
    expect(calls).toEqual(['put', 'put'])
    await once({ identity: 'a' })
    expect(calls.slice(2)).toEqual(['put', 'get'])
    await once({ identity: 'b' })
    expect(runs).toBe(2)
  })

  it('is processed again after a failure', async () => {
    const failing = boot(async () => {
      throw new Error('no')
    })
    await expect(failing({ identity: 'a' })).rejects.toThrow('no')
    await boot()({ identity: 'a' })
    expect(runs).toBe(1)
  })

  it('is refused while it is in progress, and taken over when its time is over by our clock', async () => {
    const endless = boot(async () => {
      runs++
      await new Promise(() => {})
    })
    void endless({ identity: 'a' })
    await expect(endless({ identity: 'a' })).rejects.toThrow('in progress')
    expect(runs).toBe(1)
    now = new Date(now.getTime() + TIMEOUT_MS + 1000)
    void endless({ identity: 'a' })
    await expect.poll(() => runs).toBe(2)
  })

  it('is taken over at once when the process that had it is gone', async () => {
    void boot(() => new Promise(() => {}))({ identity: 'a' })
    await boot()({ identity: 'a' })
    expect(runs).toBe(1)
  })

  it('is forgotten after its time', async () => {
    const once = boot()
    await once({ identity: 'a' })
    now = new Date(now.getTime() + 3_601_000)
    await once({ identity: 'a' })
    expect(runs).toBe(2)
  })

  it('must have an identity', async () => {
    await expect(boot()({ identity: '' })).rejects.toThrow()
  })
})
