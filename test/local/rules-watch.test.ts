// A rules file that is edited while everything runs: what is good counts at once, what is broken changes nothing and is told.
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Rules } from '../../lib/automation/rules/rules.ts'
import { InvalidRules } from '../../lib/automation/rules/schema.ts'
import { rulesFrom } from '../../lib/automation/state/load-rules.ts'
import { compileRulesFile } from '../../lib/local/rules-file.ts'
import { type RulesWatch, watchRules } from '../../lib/local/rules-watch.ts'
import { startSystem } from '../../lib/local/system.ts'
import { temporaryFolder } from './rehearsal.ts'

const good = (plan: string): string => `version: 1\ndefaults: { plan: ${plan} }\n`
const BROKEN = 'version: 1\nrulez: []\n'

/** What somebody may do to the file, and what is said of it. */
const BREAKS: [what: string, breakIt: (path: string) => void, said: RegExp][] = [
  ['has an unknown member', (path) => writeFileSync(path, BROKEN), /rules\.yml:2: rulez is unknown/],
  ['is half saved', (path) => writeFileSync(path, 'version: 1\nrules: [{id: a, match: {'), /rules\.yml:2: /],
  ['is empty', (path) => writeFileSync(path, ''), /rules\.yml: the file is empty/],
  ['vanishes', (path) => rmSync(path), /rules\.yml: cannot be read: ENOENT/],
  ['is a folder', (path) => (rmSync(path), mkdirSync(path)), /rules\.yml: cannot be read: is no file/],
  ['is a link to itself', (path) => (rmSync(path), symlinkSync(path, path)), /rules\.yml: cannot be read: ELOOP/],
  ['has a NUL byte', (path) => appendFileSync(path, 'rules:\n  - id: a\0b\n'), /rules\.yml:4: has a NUL byte/],
  ['is no text', (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x41])), /rules\.yml: is not a text in UTF-8/],
  ['has 10 MB', (path) => appendFileSync(path, '#'.repeat(10_000_000)), /rules\.yml: cannot be read: has 1\d{7} bytes/],
  ['holds itself', (path) => writeFileSync(path, 'version: 1\nrules: [{id: a, match: &m {x: *m}}]'), /without end/],
  [
    'names no anchor',
    (path) => writeFileSync(path, 'version: 1\nrules: *x'),
    /rules\.yml:2: Unresolved alias \*x - nothing before it/,
  ],
  ['is nested too deep', (path) => writeFileSync(path, `version: 1\nrules: ${'['.repeat(50_000)}`), /rules\.yml:2: /],
]

describe('the rules file', () => {
  let path: string
  let target: string
  let said: string[]
  let watch: RulesWatch
  let rules: () => Rules
  beforeEach(() => {
    const folder = temporaryFolder()
    path = join(folder, 'rules.yml')
    target = join(folder, 'rules.json')
    said = []
    writeFileSync(path, good('first'))
    watch = watchRules(path, target, (problem) => said.push(problem))
    rules = rulesFrom({ TOCSIN_COMPILED_RULES: target })
  })
  const plan = (): string => rules().otherwise.open.plan

  test('counts from the next look when it has changed', () => {
    expect(plan()).toBe('first')
    writeFileSync(path, good('the-second'))
    watch.refresh()
    expect([plan(), rules().problem, said]).toEqual(['the-second', undefined, [`${path}: the new rules are in force`]])
  })

  test('says at start what it has come to ignore, and at start and at each change what is doubtful', () => {
    expect(watch.warnings).toEqual([expect.stringContaining(`${path}: defaults.unmatched is not set`)])
    const doubtful = `${good('the-second')}rules: [{id: a, match: {detail: {alarmName: [pay-*]}}}]\n`
    writeFileSync(path, doubtful)
    watch.refresh()
    const warning = expect.stringContaining(
      `${path}:3: rules[0].match.detail.alarmName[0] means the character * itself`,
    )
    expect(said).toEqual([`${path}: the new rules are in force`, warning])
    expect(watchRules(path, target, () => {}).warnings).toContainEqual(warning)
    expect(plan()).toBe('the-second')
  })

  test.each(BREAKS)(
    'that %s keeps the last good rules, says so at every look, and counts again once it is whole',
    (_, breakIt, what) => {
      breakIt(path)
      for (let look = 0; look < 3; look++) {
        watch.refresh()
        expect([plan(), rules().problem]).toEqual(['first', expect.stringMatching(what)])
      }
      expect(said).toEqual([expect.stringMatching(what)])
      expect(said[0]).toContain('last good rules stay in force')
      expect(said[0]).not.toContain('\n')
      rmSync(path, { recursive: true, force: true })
      writeFileSync(path, good('mended'))
      watch.refresh()
      expect([plan(), rules().problem]).toEqual(['mended', undefined])
      expect(said.slice(1)).toEqual([`${path}: the new rules are in force`])
    },
  )

  test.each(BREAKS)(
    'that %s refuses a start by file and line, whatever good rules an earlier run has left',
    (_, breakIt, what) => {
      const left = readFileSync(target, 'utf8')
      breakIt(path)
      expect(() => watchRules(path, target, () => {})).toThrow(InvalidRules)
      expect(() => watchRules(path, target, () => {})).toThrow(what)
      expect(() => compileRulesFile(path)).toThrow(what)
      expect(readFileSync(target, 'utf8')).toBe(left)
    },
  )

  test('that is broken in another way tells the new way', () => {
    writeFileSync(path, BROKEN)
    watch.refresh()
    rmSync(path)
    watch.refresh()
    expect(rules().problem).toContain('ENOENT')
    expect(said).toHaveLength(2)
  })

  test('cannot be compiled while its target cannot be written; it is tried again', () => {
    renameSync(target, `${target}.before`)
    mkdirSync(join(target, 'in the way'), { recursive: true })
    writeFileSync(path, good('the-second'))
    watch.refresh()
    expect(said).toEqual([expect.stringMatching(/rules\.json cannot be written: /)])
    rmSync(target, { recursive: true })
    watch.refresh()
    expect(plan()).toBe('the-second')
  })

  test('that is broken stops the start of everything, also on a data folder that has good rules of an earlier run', async () => {
    const data = temporaryFolder()
    mkdirSync(join(data, 'task'))
    renameSync(target, join(data, 'task', 'rules.json'))
    writeFileSync(path, BROKEN)
    const start = startSystem({ port: 0, data, clock: 'simulated', rules: path, seed: false, region: 'us-east-1' })
    await expect(start).rejects.toThrow(/rules\.yml:2: rulez is unknown/)
  })
})
