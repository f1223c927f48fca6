// Where no Node runs that is new enough, one sentence says what to do: after `npm ci`, and instead of `npm start`.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseJson } from '../../lib/local/json.ts'
import { ROOT } from '../local/rehearsal.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the check where `node` is this shell script. */
function check(node: string): { status: number | null; lines: string[] } {
  writeFileSync(join(folder, 'node'), `#!/bin/sh\n${node}\n`)
  chmodSync(join(folder, 'node'), 0o755)
  const env = { PATH: `${folder}:/usr/bin:/bin` }
  const { status, stdout, stderr } = spawnSync('sh', ['scripts/need-node.sh'], { cwd: ROOT, env, encoding: 'utf8' })
  return { status, lines: `${stdout}${stderr}`.split('\n').filter(Boolean) }
}

test.each(['24', '25', '30', '100'])('Node %s will do', (version) => {
  expect(check(`echo ${version}`)).toEqual({ status: 0, lines: [] })
})

test.each(['8', '18', '20', '22', '23'])('Node %s is told to be too old', (version) => {
  const { status, lines } = check(`echo ${version}`)
  expect([status, lines]).toEqual([1, [expect.stringContaining(`this is Node ${version}: install a newer one`)]])
})

test('one that does not run here, as without glibc, is told to be left out', () => {
  const { status, lines } = check('exit 127')
  expect([status, lines]).toEqual([1, [expect.stringContaining('npm ci --omit=optional')]])
})

test('npm asks after npm ci, which goes on, and before npm start', () => {
  const { postinstall, prestart } = parseJson(readFileSync(join(ROOT, 'package.json'), 'utf8'), 'package.json')
    .get('scripts')
    .members()
  expect([postinstall, prestart]).toEqual(['sh scripts/need-node.sh || true', 'sh scripts/need-node.sh'])
})
