// What one file promises: what was answered is on disk, one failure disturbs no other, and one process works on it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, DatabaseCorrupt, DatabaseInUse, openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { deleteExpired } from '../../lib/aws/table/sqlite-expiry.ts'
import { sqliteTable } from '../../lib/aws/table/sqlite.ts'

/** Writes items, seven at a time, and says each one that was answered. */
const WRITER = `
const { openDatabase } = await import(process.argv[1])
const { sqliteTable } = await import(process.argv[2])
const table = sqliteTable(openDatabase(process.argv[3]), 'things', {})
for (let from = Number(process.argv[4]); ; from += 7)
  await Promise.all(Array.from({ length: 7 }, async (_, at) => {
    await table.put({ pk: 'all', sk: String(from + at).padStart(8, '0') }, { absent: true })
    console.log(from + at)
  }))`
const MODULES = ['sqlite-database.ts', 'sqlite.ts'].map((name) =>
  join(import.meta.dirname, '../../lib/aws/table', name),
)

/** What the work throws, or gives. */
function attempt(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('a database file', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
    path = join(folder, 'test.db')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const numbers = async (): Promise<{
    database: Database
    insert: (n: number) => Promise<unknown>
    all: () => unknown[]
  }> => {
    const database = openDatabase(path)
    await database.write((db) => db.exec('CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, text TEXT)'))
    return {
      database,
      insert: (n) => database.write((db) => db.prepare('INSERT INTO t (n) VALUES (?)').run(n)),
      all: () => database.read((db) => db.prepare('SELECT n FROM t ORDER BY n').all()).map(({ n }) => n),
    }
  }

  it('settles writes of one turn together, in order, and one that fails leaves the others alone', async () => {
    const { database, insert, all } = await numbers()
    const half = database.write((db) => {
      db.exec('INSERT INTO t (n) VALUES (4)')
      throw new Error('changed my mind')
    })
    const writes = [insert(1), insert(1), half, insert(2)]
    expect(all()).toEqual([])
    const results = await Promise.allSettled(writes)
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(all()).toEqual([1, 2])
    await database.close()
  })

  it('makes one commit of all that is asked for in one turn', async () => {
    const { database, insert } = await numbers()
    const frames = (): unknown => database.read((db) => db.prepare('PRAGMA wal_checkpoint').get()?.['log'])
    frames()
    await Promise.all(Array.from({ length: 100 }, (_, n) => insert(n)))
    // Each commit would have written the page again.
    expect(frames()).toBeLessThan(10)
    await database.close()
  })

  it('lets a write see those that were asked for before it', async () => {
    const table = sqliteTable(openDatabase(':memory:'), 'things', {})
    const key = { pk: 'a', sk: 'a' }
    const results = await Promise.allSettled([
      table.put(key, { absent: true }),
      table.put(key, { absent: true }),
      table.update(key, { add: { n: 1 } }),
      table.update(key, { add: { n: 1 } }, { equals: { n: 1 } }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  })

  it('refuses all writes of a commit when the disk is full, keeps nothing of them, and goes on when there is room', async () => {
    const { database, insert, all } = await numbers()
    await insert(1)
    const pages = (limit: string): unknown => database.read((db) => db.prepare(`PRAGMA max_page_count ${limit}`).get())
    pages('= 1')
    const large = database.write((db) => db.prepare('INSERT INTO t (n, text) VALUES (3, ?)').run('x'.repeat(1_000_000)))
    const results = await Promise.allSettled([insert(2), large, insert(4)])
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { message: /full/u } })
    expect(all()).toEqual([1])
    pages('= 1000000')
    await insert(5)
    await database.close()
    const again = await numbers()
    expect(again.all()).toEqual([1, 5])
    await again.database.close()
  })

  it('has everything again when it is opened again, with an index that is new', async () => {
    const first = openDatabase(path)
    const item = { pk: 'a', sk: 'a', dueShard: 's', dueAt: '1', odd: { '"it"': [1] } }
    await sqliteTable(first, 'things', {}).put(item)
    await first.close()
    const second = openDatabase(path)
    const table = sqliteTable(second, 'things', { due: { partition: 'dueShard', range: 'dueAt' } })
    expect((await table.query({ index: 'due', partition: 's' })).items).toEqual([item])
    await second.close()
    const third = openDatabase(path)
    const changed = sqliteTable(third, 'things', { due: { partition: 'dueShard', range: 'sk' } })
    expect((await changed.query({ index: 'due', partition: 's', range: { from: 'a' } })).items).toEqual([item])
    await third.close()
  })

  it('keeps tables apart, whatever they are called', async () => {
    const database = openDatabase(path)
    const names = ['things', 'Things-1', 'a "quoted" name; --', 'select']
    for (const name of names) await sqliteTable(database, name, {}).put({ pk: 'a', sk: 'a', name })
    for (const name of names)
      expect((await sqliteTable(database, name, {}).query({ partition: 'a' })).items).toEqual([
        { pk: 'a', sk: 'a', name },
      ])
    await database.close()
  })

  it('finishes what was asked for before it closes, and then takes no more', async () => {
    const { database, insert } = await numbers()
    const written = insert(1)
    await database.close()
    await written
    await expect(insert(2)).rejects.toThrow('closed')
    await database.close()
    const again = await numbers()
    expect(again.all()).toEqual([1])
    await again.database.close()
  })

  it('drops items whose time to live is over, and only those', async () => {
    const database = openDatabase(path)
    const table = sqliteTable(database, 'things', {})
    const now = new Date('2026-01-01T00:00:10Z')
    const seconds = now.getTime() / 1000
    await table.put({ pk: 'a', sk: 'over', expiration: seconds - 1 })
    await table.put({ pk: 'a', sk: 'still', expiration: seconds + 1 })
    await table.put({ pk: 'a', sk: 'without' })
    expect(await deleteExpired(database, 'things', 'expiration', now)).toBe(1)
    expect((await table.query({ partition: 'a' })).items.map(({ sk }) => sk)).toEqual(['still', 'without'])
    expect(await deleteExpired(database, 'things', 'expiration', now)).toBe(0)
    await database.close()
  })

  it('has each commit on disk when it returns, and a log that needs no memory shared with others', async () => {
    const { database } = await numbers()
    const pragma = (name: string): unknown =>
      Object.values(database.read((db) => db.prepare(`PRAGMA ${name}`).get()) ?? {})[0]
    // 2 is FULL: the log is synced at each commit.
    expect(['journal_mode', 'synchronous', 'locking_mode'].map(pragma)).toEqual(['wal', 2, 'exclusive'])
    expect(readdirSync(folder).toSorted()).toEqual(['test.db', 'test.db-wal'])
    await database.close()
  })

  it('is copied whole while writes go on', async () => {
    const { database, insert } = await numbers()
    await Promise.all(Array.from({ length: 5000 }, (_, n) => insert(n)))
    const copy = join(folder, 'copy.db')
    const copied = new AbortController()
    const copying = database.copyTo(copy).then(() => copied.abort())
    let next = 5000
    while (!copied.signal.aborted) await insert(next++)
    await copying
    await database.close()
    const kept = openDatabase(copy)
    const { n } = kept.read((db) => db.prepare('SELECT count(*) AS n FROM t').get()) ?? {}
    expect(n).toBeGreaterThanOrEqual(5000)
    expect(n).toBeLessThanOrEqual(next)
    await kept.close()
  })

  it('that is damaged while it is open says so by name, whatever is asked of it', async () => {
    const { database } = await numbers()
    await database.write((db) => {
      const insert = db.prepare('INSERT INTO t (text) VALUES (?)')
      for (let n = 0; n < 5000; n++) insert.run('x'.repeat(2000))
    })
    await database.close()
    const again = openDatabase(path)
    const middle = statSync(path).size / 2
    const handle = openSync(path, 'r+')
    for (let at = Math.floor(middle / 4096) * 4096; at < middle + 400_000; at += 4096)
      writeSync(handle, Buffer.alloc(100, 0xff), 0, 100, at)
    closeSync(handle)
    const count = (db: DatabaseSync): unknown => db.prepare('SELECT sum(length(text)) FROM t').get()
    const corrupt = { name: 'DatabaseCorrupt', message: expect.stringContaining(`${path} is corrupted`) }
    expect(attempt(() => again.read(count))).toMatchObject(corrupt)
    await expect(again.write(count)).rejects.toMatchObject(corrupt)
    await again.close()
    expect(attempt(() => openDatabase(path))).toBeInstanceOf(DatabaseCorrupt)
  })

  it('is named when it cannot be opened', () => {
    writeFileSync(path, 'this is not a database, but it is long enough to look like one '.repeat(20))
    expect(() => openDatabase(path)).toThrow(path)
    mkdirSync(join(folder, 'folder.db'))
    expect(() => openDatabase(join(folder, 'folder.db'))).toThrow('folder.db')
  })

  it('is refused to a second process by a clear message, and free again when the first is killed; what was answered is there', async () => {
    let from = 0
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, ...MODULES, path, String(from)])
      const answered: number[] = []
      let second: unknown
      for await (const line of createInterface({ input: child.stdout })) {
        answered.push(Number(line))
        if (answered.length !== 20 + round * 17) continue
        second = attempt(() => openDatabase(path))
        child.kill('SIGKILL')
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      expect(second).toBeInstanceOf(DatabaseInUse)
      const database = openDatabase(path)
      const { items } = await sqliteTable(database, 'things', {}).query({ partition: 'all' })
      await database.close()
      const kept = new Set(items.map(({ sk }) => Number(sk)))
      expect(answered.length).toBeGreaterThanOrEqual(20)
      expect(answered.filter((n) => !kept.has(n))).toEqual([])
      // Writes of one turn are there together or not at all.
      expect(kept.size % 7).toBe(0)
      from = kept.size
    }
  })
})
