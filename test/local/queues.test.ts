// Queues: at least once, in order, with retries that wait on the clock and a way out for what keeps failing.
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { Activity } from '../../lib/local/activity.ts'
import { SimulatedClock } from '../../lib/local/clock.ts'
import { MessageStore } from '../../lib/local/message-store.ts'
import type { Consumer, Message } from '../../lib/local/consumer.ts'
import { Queues } from '../../lib/local/queues.ts'
import { START, temporaryFolder } from './rehearsal.ts'

const MINUTE_MS = 60_000

async function stage(consumer: Partial<Consumer> & Pick<Consumer, 'run'>, path = ':memory:') {
  const database = openDatabase(path)
  const activity = new Activity()
  const clock = new SimulatedClock(START, activity, async () => {})
  const problems: unknown[] = []
  const store = await MessageStore.open(database)
  const queues = new Queues({ store, clock, activity, changed: () => {}, failed: (error) => problems.push(error) })
  const begin = (): void => {
    queues.start([
      {
        queue: 'alarms',
        batchSize: 10,
        concurrency: 1,
        functionName: 'open-incident',
        retryAfterMs: ({ received }) => (received >= 5 ? undefined : 3 * MINUTE_MS),
        giveUp: ({ body }) => ({ queue: 'dead', body, dead: true }),
        ...consumer,
      },
    ])
    clock.start([queues])
  }
  const send = (...bodies: string[]) => queues.send(bodies.map((body) => ({ queue: 'alarms', body })))
  return { queues, clock, activity, database, send, begin, problems }
}

const none = new Map<string, string>()
const bodies = (batch: readonly Message[]): string => batch.map(({ body }) => body).join(' ')
const failing = (batch: readonly Message[], ...names: string[]): Map<string, string> =>
  new Map(batch.filter(({ body }) => names.includes(body)).map(({ id, body }) => [id, `${body} is bad`]))

describe('a queue', () => {
  test('delivers at once what is sent, in order, in batches, and never again once it succeeded', async () => {
    const seen: string[] = []
    const { send, begin, clock, activity } = await stage({
      batchSize: 2,
      run: async (batch) => {
        seen.push(bodies(batch))
        return none
      },
    })
    begin()
    await send('a', 'b', 'c')
    await send('d')
    await activity.idle()
    await clock.advance(60 * MINUTE_MS)
    expect(seen).toEqual(['a b', 'c d'])
  })

  test('delivers again after its visibility timeout only the records that failed', async () => {
    const seen: string[] = []
    const { send, begin, clock, activity } = await stage({
      run: async (batch) => {
        seen.push(`${clock.now().toISOString().slice(11, 16)} ${bodies(batch)} (${batch[0]?.received})`)
        return seen.length < 3 ? failing(batch, 'b') : none
      },
    })
    begin()
    await send('a', 'b', 'c')
    await activity.idle()
    await clock.advance(60 * MINUTE_MS)
    expect(seen).toEqual(['09:15 a b c (1)', '09:18 b (2)', '09:21 b (3)'])
  })

  test('retries in the order in which they are due, whatever the jump of the clock', async () => {
    const seen: string[] = []
    const { send, begin, clock, activity } = await stage({
      run: async (batch) => {
        seen.push(`${clock.now().toISOString().slice(11, 16)} ${bodies(batch)}`)
        return batch[0]?.received === 1 ? failing(batch, 'a', 'b') : none
      },
    })
    begin()
    await send('a')
    await clock.advance(MINUTE_MS)
    await send('b')
    await activity.idle()
    await clock.advance(24 * 60 * MINUTE_MS)
    expect(seen).toEqual(['09:15 a', '09:16 b', '09:18 a', '09:19 b'])
  })

  test('sets aside, with its last error, what failed as often as its redrive policy allows; a person can put it back', async () => {
    let broken = true
    let deliveries = 0
    const { queues, send, begin, clock, activity } = await stage({
      run: async (batch) => {
        deliveries += 1
        return broken ? failing(batch, '{"bad":true}') : none
      },
    })
    begin()
    await send('{"bad":true}')
    await activity.idle()
    await clock.advance(60 * MINUTE_MS)
    expect(deliveries).toBe(5)
    expect(queues.dead()).toMatchObject([
      {
        failedIn: 'open-incident',
        error: '{"bad":true} is bad',
        body: '{"bad":true}',
        at: new Date('2026-03-05T09:27:00Z'),
      },
    ])
    broken = false
    expect(await queues.redrive()).toBe(1)
    await activity.idle()
    expect([deliveries, queues.dead()]).toEqual([6, []])
  })

  test('fails the whole batch when its consumer throws', async () => {
    let calls = 0
    const { queues, send, begin, clock, activity } = await stage({
      run: async () => {
        calls += 1
        throw new TypeError('no')
      },
      retryAfterMs: () => undefined,
    })
    begin()
    await send('a', 'b')
    await activity.idle()
    await clock.advance(MINUTE_MS)
    expect([calls, queues.dead().map(({ body, error }) => `${body} ${error}`)]).toEqual([
      1,
      ['a TypeError: no', 'b TypeError: no'],
    ])
  })

  test('runs no more batches at a time than its consumer takes', async () => {
    let running = 0
    let most = 0
    const { send, begin, activity } = await stage({
      batchSize: 1,
      concurrency: 3,
      run: async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        return none
      },
    })
    begin()
    await send(...Array.from({ length: 20 }, String))
    await activity.idle()
    expect([most, running]).toEqual([3, 0])
  })

  test('delivers after a kill what nobody had begun, and what was in flight', async () => {
    const path = `${temporaryFolder()}/queues.db`
    const before = await stage({ run: () => new Promise(() => {}), batchSize: 1 }, path)
    before.begin()
    await before.send('in flight', 'waiting')
    // The process dies here: nothing is finished, the file is as it is.
    await before.database.close()

    const seen: string[] = []
    const after = await stage(
      {
        run: async (batch) => {
          seen.push(...batch.map(({ body }) => body))
          return none
        },
      },
      path,
    )
    after.begin()
    await after.activity.idle()
    expect(seen).toEqual(['waiting', 'in flight'])
    await after.database.close()
  })

  test('keeps across a restart when a retry is due and how often it was received', async () => {
    const path = `${temporaryFolder()}/queues.db`
    const before = await stage({ run: async (batch) => failing(batch, 'a') }, path)
    before.begin()
    await before.send('a')
    await before.activity.idle()
    await before.database.close()

    const seen: unknown[] = []
    const after = await stage(
      {
        run: async ([message]) => {
          seen.push(message?.received, after.clock.now().toISOString(), message?.firstReceivedAt.toISOString())
          return none
        },
      },
      path,
    )
    after.begin()
    await after.clock.advance(10 * MINUTE_MS)
    expect(seen).toEqual([2, '2026-03-05T09:18:00.000Z', '2026-03-05T09:15:00.000Z'])
    await after.database.close()
  })

  /** A process on this file that dies while it tries what is called so; answers what it tried, and what was dead before. */
  async function life(path: string, deadly: string, minutes = 0, redrive = 3) {
    const seen: string[] = []
    const { promise: death, resolve: die } = Promise.withResolvers<string>()
    const it = await stage(
      {
        concurrency: 2,
        retryAfterMs: ({ received }) => (received >= redrive ? undefined : 3 * MINUTE_MS),
        run: async (batch) => {
          seen.push(bodies(batch))
          if (!bodies(batch).includes(deadly)) return none
          die('dead')
          return new Promise(() => {})
        },
      },
      path,
    )
    it.begin()
    const result = async (): Promise<string> => {
      // What it has not done by then it never does.
      const lived = it.activity.idle().then(async () => {
        await it.clock.advance(minutes * MINUTE_MS)
        return 'lives'
      })
      const fate = await Promise.race([death, lived])
      await new Promise((resolve) => setImmediate(resolve))
      const dead = it.queues.dead().map(({ body, error }) => `${body}: ${error}`)
      await it.database.close()
      return [fate, seen.join(', '), ...dead].join(' | ')
    }
    return { ...it, result }
  }

  test('counts a try before it is made: what ends the process is tried alone, after the rest, and given up in the end', async () => {
    const path = `${temporaryFolder()}/queues.db`
    const first = await life(path, 'bomb')
    await first.send('a', 'bomb', 'b')
    expect(await first.result()).toBe('dead | a bomb b')
    // Each of those three may have been why: one at a time, and what is harmless is over before it does harm.
    const second = await life(path, 'bomb')
    expect(await second.result()).toBe('dead | a, bomb')
    const third = await life(path, 'bomb')
    await third.send('c')
    expect(await third.result()).toBe('lives | b, c')
    const fourth = await life(path, 'bomb', 3)
    expect(await fourth.result()).toBe('dead | bomb')
    const fifth = await life(path, 'bomb', 60)
    await fifth.send('d')
    expect(await fifth.result()).toBe('lives | d | bomb: The process ended while this was being tried')
  })

  test('does not give up for the end of a process what nobody had tried, however often it ends', async () => {
    const path = `${temporaryFolder()}/queues.db`
    const first = await life(path, 'no such thing')
    await first.queues.send([{ queue: 'alarms', body: 'late', delayMs: MINUTE_MS }])
    expect(await first.result()).toBe('lives | ')
    for (let restart = 0; restart < 5; restart += 1)
      expect(await (await life(path, 'no such thing')).result()).toBe('lives | ')
    expect(await (await life(path, 'no such thing', 1)).result()).toBe('lives | late')
  })

  test('tries nothing that it cannot count, and goes on when it can', async () => {
    const seen: string[] = []
    const { send, begin, clock, activity, database, problems } = await stage({
      run: async (batch) => {
        seen.push(`${bodies(batch)} (${batch[0]?.received})`)
        return none
      },
    })
    await send('a')
    database.read((db) => db.prepare('PRAGMA query_only = 1').get())
    begin()
    await activity.idle()
    await clock.advance(20_000)
    expect([seen, problems.length]).toEqual([[], 2])
    database.read((db) => db.prepare('PRAGMA query_only = 0').get())
    await clock.advance(15_000)
    expect(seen).toEqual(['a (1)'])
  })
})
