// The data folder: its owner's only, one process's at a time, and never mistaken for a new one when it is damaged.
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesIn, openDataFolder } from '../../lib/local/data-folder.ts'
import { ROOT, temporaryFolder } from './rehearsal.ts'

const mode = (path: string): number => statSync(path).mode & 0o777

/** A folder that has been worked in, closed as after a good night. */
async function usedFolder(): Promise<string> {
  const folder = join(temporaryFolder(), 'data')
  const { database, close } = await openDataFolder(folder, ROOT)
  await database.write((db) => {
    db.exec('CREATE TABLE things (name TEXT NOT NULL) STRICT')
    const insert = db.prepare('INSERT INTO things (name) VALUES (?)')
    for (let n = 0; n < 1000; n++) insert.run(`thing ${n} `.repeat(10))
  })
  await close()
  return folder
}

/** Why it cannot be opened. */
async function refusal(folder: string): Promise<string> {
  try {
    await (await openDataFolder(folder, ROOT)).close()
    return 'it was opened'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Runs `work` as somebody who may not read and write everything, which root may. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

function flip(file: string, every: number): void {
  const handle = openSync(file, 'r+')
  for (let at = every; at < statSync(file).size; at += every) writeSync(handle, Buffer.from([0xff, 0xff]), 0, 2, at)
  closeSync(handle)
}

describe('the data folder', () => {
  test('is for its owner only, and keeps its secret', async () => {
    const data = join(temporaryFolder(), 'deep', 'data')
    const first = await openDataFolder(data, ROOT)
    expect([mode(data), mode(join(data, 'secret')), first.secret.length]).toEqual([0o700, 0o600, 32])
    expect(lstatSync(join(first.taskRoot, 'console')).isSymbolicLink()).toBe(true)
    await first.close()
    const second = await openDataFolder(data, ROOT)
    expect(second.secret).toEqual(first.secret)
    await second.close()
  })

  test('keeps what it holds to its owner also where others can look into it', async () => {
    const data = temporaryFolder()
    chmodSync(data, 0o755)
    const folder = await openDataFolder(data, ROOT)
    const files = readdirSync(data).filter((name) => name.startsWith('tocsin.db'))
    expect(files.length).toBeGreaterThan(0)
    expect(files.map((name) => mode(join(data, name)))).toEqual(files.map(() => 0o600))
    await folder.close()
  })

  test('keeps nothing when it is :memory:', async () => {
    const folder = await openDataFolder(':memory:', ROOT)
    await folder.close()
    expect(() => statSync(folder.taskRoot)).toThrow(/ENOENT/)
    const other = await openDataFolder(':memory:', ROOT)
    expect(other.secret).not.toEqual(folder.secret)
    await other.close()
  })

  test('is refused to a second process, and what it holds is not touched', async () => {
    const data = await usedFolder()
    const first = await openDataFolder(data, ROOT)
    expect(await refusal(data)).toBe(
      `Another process is using ${filesIn(data).database}: stop it first, or name another folder by TOCSIN_DATA`,
    )
    await first.close()
    expect(await refusal(data)).toBe('it was opened')
  })

  test('made by a version that knew no hash of the secret is opened as it is', async () => {
    const data = await usedFolder()
    const opened = await openDataFolder(data, ROOT)
    await opened.database.write((db) => db.exec("DELETE FROM local_setting WHERE name = 'secret-hash'"))
    await opened.close()
    const again = await openDataFolder(data, ROOT)
    expect(again.secret).toEqual(opened.secret)
    await again.close()
  })

  test('that was killed before it had a secret, or a database, gets them at the next start', async () => {
    const data = join(temporaryFolder(), 'data')
    mkdirSync(data)
    writeFileSync(filesIn(data).database, '')
    expect(await refusal(data)).toBe('it was opened')
    expect(readFileSync(filesIn(data).secret)).toHaveLength(32)
  })
})

describe('a damaged data folder is refused by name, with the way out', () => {
  test.each<[string, 'database' | 'secret', RegExp, (file: string) => void]>([
    ['garbage for a database', 'database', /corrupted/, (file) => writeFileSync(file, 'garbage '.repeat(5000))],
    ['a database cut short', 'database', /corrupted/, (file) => truncateSync(file, 40_960)],
    ['a database with damaged pages', 'database', /corrupted/, (file) => flip(file, 4096)],
    ['one damaged page', 'database', /corrupted/, (file) => flip(file, statSync(file).size - 4096)],
    ['an empty database', 'database', /empty or gone/, (file) => truncateSync(file)],
    ['no database', 'database', /empty or gone/, (file) => rmSync(file)],
    ['no secret', 'secret', /is gone/, (file) => rmSync(file)],
    ['a secret cut short', 'secret', /must hold 32 bytes, but has 5/, (file) => truncateSync(file, 5)],
    ['the secret of another folder', 'secret', /not the one/, (file) => writeFileSync(file, Buffer.alloc(32))],
  ])('%s', async (_damage, name, reason, harm) => {
    const data = await usedFolder()
    const file = filesIn(data)[name]
    harm(file)
    const why = await refusal(data)
    expect(why).toMatch(reason)
    expect(why).toContain(file)
    expect(why).toContain('npm run restore -- <backup file>')
  })

  test('one whose restore was interrupted', async () => {
    const data = await usedFolder()
    writeFileSync(filesIn(data).restoring, '/somewhere/backup.db\n')
    expect(await refusal(data)).toMatch(/A restore into .* has not come to its end: run it again/)
  })
})

describe('a data folder that cannot be used is named', () => {
  test('because it is a file', async () => {
    const file = join(temporaryFolder(), 'data')
    writeFileSync(file, '')
    const why = await refusal(file)
    expect(why).toContain(`The data folder ${file} cannot be used (EEXIST`)
    expect(why).toContain('TOCSIN_DATA must name a folder that this user may read and write')
  })

  test('because its database is a folder', async () => {
    const data = temporaryFolder()
    mkdirSync(filesIn(data).database)
    expect(await refusal(data)).toContain(`The database ${filesIn(data).database} cannot be opened`)
  })

  test('because it cannot be made', async () => {
    const parent = temporaryFolder()
    chmodSync(parent, 0o555)
    const why = await asNobody(() => refusal(join(parent, 'data')))
    expect(why).toContain(`The data folder ${join(parent, 'data')} cannot be used (EACCES`)
  })

  test('because it may only be read', async () => {
    const data = await usedFolder()
    chmodSync(join(data, '..'), 0o755)
    chmodSync(filesIn(data).secret, 0o444)
    chmodSync(data, 0o555)
    const why = await asNobody(() => refusal(data))
    chmodSync(data, 0o755)
    expect(why).toContain(`The database ${filesIn(data).database} cannot be opened`)
  })

  test('because its secret may not be read', async () => {
    const data = await usedFolder()
    for (const path of [join(data, '..'), data]) chmodSync(path, 0o777)
    chmodSync(filesIn(data).database, 0o666)
    chmodSync(filesIn(data).secret, 0o000)
    const why = await asNobody(() => refusal(data))
    expect(why).toContain(`The data folder ${data} cannot be used (EACCES`)
    expect(why).toContain(filesIn(data).secret)
  })
})
