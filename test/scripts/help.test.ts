// `--help` of everything that npm runs here says how it is used, and does nothing.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, temporaryFolder } from '../local/rehearsal.ts'

const SCRIPTS = {
  start: 'lib/local/main.ts',
  send: 'scripts/send.ts',
  keys: 'scripts/keys.ts',
  backup: 'scripts/backup.ts',
  restore: 'scripts/restore.ts',
  redrive: 'scripts/redrive.ts',
  bench: 'scripts/bench.ts',
  coverage: 'scripts/coverage.ts',
}

const run = (script: string, args: readonly string[], env: Record<string, string>) =>
  new Promise<{ code: number | null; out: string; problems: string }>((resolve) => {
    const child = execFile(process.execPath, [join(ROOT, script), ...args], { env, cwd: ROOT }, (_, out, problems) =>
      resolve({ code: child.exitCode, out, problems }),
    )
  })

test.each(Object.entries(SCRIPTS))('npm %s', async (name, script) => {
  // None of them may get as far as its settings, or make a data folder.
  const folder = join(temporaryFolder(), 'none')
  const { code, out, problems } = await run(script, ['--help'], { PORT: 'wrong', TOCSIN_DATA: folder })
  expect([code, problems]).toEqual([0, ''])
  expect(out).toMatch(new RegExp(`^Usage: npm (?:run )?${name}\\b`, 'u'))
  expect(existsSync(folder)).toBe(false)
})

test('npm start takes no arguments: a setting that is given as one is not passed over in silence', async () => {
  const { code, out, problems } = await run(SCRIPTS.start, ['--port', '4601'], {})
  expect([code, out, problems]).toEqual([1, '', expect.stringContaining('npm start takes no --port\nUsage: npm start')])
})
