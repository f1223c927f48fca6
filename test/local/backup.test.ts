// Backups: whole, private, taken while work goes on; and a restore that cannot be taken for anything else.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { processEnvironment } from '../../lib/aws/config.ts'
import { checkBackup, restore } from '../../lib/local/backup.ts'
import { filesIn, openDataFolder } from '../../lib/local/data-folder.ts'
import { ownEvent, type Rehearsal, rehearse, ROOT, START, temporaryFolder } from './rehearsal.ts'

/** What the command says, and whether it ended well. */
async function run(command: 'backup' | 'restore', file: string[], environment: Record<string, string>) {
  const child = spawn(process.execPath, [join('scripts', `${command}.ts`), ...file], {
    cwd: ROOT,
    env: { ...processEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { output, errors, code: Number(code) }
}

const portOf = ({ system }: Rehearsal): string => new URL(system.url).port
const numbers = (rehearsal: Rehearsal): number[] =>
  rehearsal.received('open-incident').map((event) => Number(Object(event).detail.number))

/** A data folder with one event that nobody has dealt with, closed. */
async function folderWith(number: number): Promise<string> {
  const data = join(temporaryFolder(), 'data')
  const before = await rehearse({ 'open-incident': () => Promise.reject(new Error('not yet')) }, { data })
  await before.putEvents(ownEvent(number))
  await before.system.close()
  return data
}

async function backupOf(data: string): Promise<string> {
  const file = join(temporaryFolder(), 'tocsin.backup')
  const { code, errors } = await run('backup', [file], { TOCSIN_DATA: data })
  expect([code, errors]).toEqual([0, ''])
  return file
}

describe('npm run backup', () => {
  test('asks the Tocsin that is running; under load it holds everything that was accepted before, and nothing waits for it', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const [data, elsewhere, file] = [temporaryFolder(), temporaryFolder(), join(temporaryFolder(), 'tocsin.backup')]
    const first = await rehearse({ 'open-incident': () => held }, { data })
    const accepted = Array.from({ length: 40 }, (_, n) => n)
    for (const number of accepted) await first.putEvents(ownEvent(number))
    const over = new AbortController()
    const load = (async () => {
      for (let number = 100; !over.signal.aborted; number++)
        expect((await first.putEvents(ownEvent(number))).status).toBe(200)
    })()
    const answer = await run('backup', [file], { TOCSIN_DATA: data, PORT: portOf(first) })
    over.abort()
    await load
    expect(answer).toEqual({
      code: 0,
      errors: '',
      output: expect.stringMatching(
        `^${file} \\(\\d+\\.\\d MB\\) is a backup of ${data}: npm run restore -- ${file} brings it back\n$`,
      ),
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(file, '..'))).toEqual(['tocsin.backup'])

    await restore(file, elsewhere, START)
    const second = await rehearse({}, { data: elsewhere })
    await second.system.idle()
    expect(numbers(second)).toEqual(expect.arrayContaining(accepted))
    expect(readFileSync(filesIn(elsewhere).secret)).toEqual(readFileSync(filesIn(data).secret))
    letGo()
  })

  test('replaces no file, and says so', async () => {
    const data = await folderWith(1)
    const file = await backupOf(data)
    const before = readFileSync(file)
    const says = `${file} exists already, and a backup replaces nothing: name another file\n`
    expect(await run('backup', [file], { TOCSIN_DATA: data })).toEqual({ code: 1, output: '', errors: says })
    const running = await rehearse({}, { data })
    expect(await run('backup', [file], { TOCSIN_DATA: data, PORT: portOf(running) })).toMatchObject({ errors: says })
    expect(readFileSync(file)).toEqual(before)
  })

  test('says what to do where the port is that of another Tocsin, or of nothing', async () => {
    const data = temporaryFolder()
    await rehearse({}, { data })
    const other = await rehearse({}, { data: temporaryFolder() })
    const file = join(temporaryFolder(), 'tocsin.backup')
    const { errors } = await run('backup', [file], { TOCSIN_DATA: data, PORT: portOf(other) })
    expect(errors).toMatch(`not on ${data}: name the other's port by PORT`)
    await other.system.close()
    expect(await run('backup', [file], { TOCSIN_DATA: data, PORT: portOf(other) })).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/^Another process is using .* name its port by PORT: .*\n$/),
    })
    expect(existsSync(file)).toBe(false)
  })

  test.each([
    ['where there is nothing', { TOCSIN_DATA: 'nowhere' }, ['backup.db'], /nothing in \S+nowhere: /],
    ['of what keeps nothing', { TOCSIN_DATA: ':memory:' }, ['backup.db'], /:memory: keeps nothing/],
    ['without a file', {}, [], /^Usage: npm run backup -- <file>/],
  ])('%s says so in one line', async (_name, environment, file, says) => {
    const { code, errors } = await run('backup', file, environment)
    expect([code, errors]).toEqual([1, expect.stringMatching(says)])
    expect(errors.trimEnd().split('\n')).toHaveLength(1)
  })

  test('names the file that cannot be written, and leaves nothing of it', async () => {
    const data = await folderWith(1)
    const file = join(temporaryFolder(), 'missing', 'tocsin.backup')
    const { code, errors } = await run('backup', [file], { TOCSIN_DATA: data })
    expect([code, errors]).toEqual([1, expect.stringContaining(`The backup ${file} cannot be written: ENOENT`)])
  })
})

describe('npm run restore', () => {
  test('brings back what was at the backup, secret and all, and keeps what was there since', async () => {
    const data = await folderWith(1)
    const file = await backupOf(data)
    const secret = readFileSync(filesIn(data).secret)
    const since = await rehearse({}, { data })
    await since.system.advance(3_600_000)
    await since.putEvents(ownEvent(2))
    await since.system.close()
    const { output, errors, code } = await run('restore', [file], { TOCSIN_DATA: data })
    expect([code, errors]).toEqual([0, ''])
    const kept = /what was there before is in (?<kept>\S+)\. Next: npm start/u.exec(output)?.groups?.['kept'] ?? ''
    expect(kept).toContain(join(data, 'before-restore-'))
    expect(readFileSync(filesIn(data).secret)).toEqual(secret)
    expect(readFileSync(filesIn(data).database).includes(secret)).toBe(false)

    const after = await rehearse({}, { data })
    await after.system.advance(3_600_000)
    expect(numbers(after)).toEqual([1])
    await after.system.close()
    // The way back is the way there.
    const old = await openDataFolder(kept, ROOT)
    await old.close()
  })

  test('refuses while Tocsin is running there', async () => {
    const data = await folderWith(1)
    const file = await backupOf(data)
    await rehearse({}, { data })
    const before = readdirSync(data)
    expect(await run('restore', [file], { TOCSIN_DATA: data })).toEqual({
      code: 1,
      output: '',
      errors: `Tocsin is running on ${data}: stop it first\n`,
    })
    expect(readdirSync(data)).toEqual(before)
  })

  test.each<[string, (file: string) => string | Uint8Array]>([
    ['a text', () => 'not a database'],
    ['a database that is no backup', (file) => readFileSync(file)],
    ['a backup cut short', (file) => readFileSync(file).subarray(0, 40_000)],
    ['a damaged backup', (file) => readFileSync(file).fill(0xff, 40_960, 41_000)],
  ])('refuses %s by name, and changes nothing', async (name, content) => {
    const data = await folderWith(1)
    const backup = await backupOf(data)
    const bad = join(temporaryFolder(), 'bad.db')
    writeFileSync(bad, content(name.includes('no backup') ? filesIn(data).database : backup))
    const { code, errors } = await run('restore', [bad], { TOCSIN_DATA: data })
    expect([code, errors]).toEqual([1, expect.stringContaining(`${bad} cannot be restored (`)])
    const after = await rehearse({}, { data })
    await after.system.advance(3_600_000)
    expect(numbers(after)).toEqual([1])
  })

  test('puts a backup in the place of a database that is damaged, into an empty folder, and after it was interrupted', async () => {
    const data = await folderWith(1)
    const file = await backupOf(data)
    writeFileSync(filesIn(data).database, 'garbage '.repeat(10_000))
    expect((await restore(file, data, START)).kept).toBe(join(data, 'before-restore-2026-03-05T09-15-00.000Z'))
    const fresh = join(temporaryFolder(), 'new')
    expect((await restore(file, fresh, START)).kept).toBeUndefined()
    writeFileSync(filesIn(fresh).restoring, '')
    await expect(openDataFolder(fresh, ROOT)).rejects.toThrow('has not come to its end')
    await restore(file, fresh, START)
    for (const folder of [data, fresh]) {
      const after = await rehearse({}, { data: folder })
      await after.system.advance(3_600_000)
      expect(numbers(after)).toEqual([1])
    }
    expect(checkBackup(file).secret).toEqual(new Uint8Array(readFileSync(filesIn(data).secret)))
  })
})

test('POST /_tocsin/backup wants an absolute path, and to be asked by this machine only', async () => {
  const { post } = await rehearse()
  expect(await post('/_tocsin/backup', { file: 'backup.db' })).toEqual({
    status: 400,
    body: { message: 'file must be an absolute path, but is backup.db' },
  })
  expect(await post('/_tocsin/backup', {})).toMatchObject({ status: 400 })
  const file = join(temporaryFolder(), 'backup.db')
  expect(await post('/_tocsin/backup', { file }, { origin: 'https://example.com' })).toMatchObject({ status: 403 })
  expect(existsSync(file)).toBe(false)
  expect(await post('/_tocsin/backup', { file })).toEqual({ status: 200, body: { file } })
  expect(checkBackup(file).madeAt).toBe(START.toISOString())
})
