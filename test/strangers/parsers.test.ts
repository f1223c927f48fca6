// What strangers send is read in time that grows as it does, and not for long: every parser, found by looking for it.
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../lib/automation/sources/fields.ts'
import { MalformedInput } from '../../lib/automation/sources/signal.ts'
import { NO_PARSERS } from './no-parsers.ts'
import { PARSERS } from './parsers.ts'

const FOLDERS = ['lib/automation/sources', 'lib/automation/rules', 'lib/incident-manager/protocol', 'lib/local']
const exported = globSync(FOLDERS.map((folder) => `${folder}/*.ts`)).flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)].map(
    ([, name]) => `${file.replaceAll('\\', '/')} ${name}`,
  ),
)
const isNamed = (name: string): boolean => name in NO_PARSERS || (name.split(' ')[0] ?? '') in NO_PARSERS

describe('every export where strangers are read', () => {
  it('is fed, or is named as no parser and why', () => {
    expect(exported.length).toBeGreaterThan(100)
    expect(exported.filter((name) => !(name in PARSERS) && !isNamed(name))).toEqual([])
  })

  it('is there', () => {
    const files = new Set(exported.map((name) => name.split(' ')[0]))
    const named = [...Object.keys(PARSERS), ...Object.keys(NO_PARSERS)]
    expect(named.filter((name) => !exported.includes(name) && !files.has(name))).toEqual([])
    expect(Object.keys(PARSERS).filter((name) => name in NO_PARSERS)).toEqual([])
  })
})

it('each is linear, and at its most takes no more than 50 ms', { timeout: 900_000 }, () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.resolve('./measure.ts')), ...Object.keys(PARSERS)],
    { encoding: 'utf8' },
  )
  expect([stdout, stderr, status]).toEqual(['', '', 0])
})

it.each([
  ['more characters', `{"a":"${'x'.repeat(1024 * 1024)}"}`, 'has more than 1048576 characters'],
  ['more values', `{"a":[${'1,'.repeat(40_000)}1]}`, 'holds more than 40000 values'],
  ['more levels', `{"a":${'['.repeat(101)}${']'.repeat(101)}}`, 'is nested deeper than 100 levels'],
])('%s than are read are refused by name', (_, text, problem) => {
  expect(() => parseJson('queue record', 'body', text)).toThrow(new MalformedInput('queue record', 'body', problem))
})
