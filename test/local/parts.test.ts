// The small parts of one machine: durations, the data folder, the rules file that changes, what a function URL answers.
import { lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { localSettings } from '../../lib/aws/config.ts'
import { openDataFolder } from '../../lib/local/data-folder.ts'
import { parseDuration } from '../../lib/local/duration.ts'
import { fromUrlAnswer } from '../../lib/local/function-url.ts'
import { watchRules } from '../../lib/local/rules-watch.ts'
import { ROOT, temporaryFolder } from './rehearsal.ts'

const mode = (path: string): number => statSync(path).mode & 0o777
const good = (plan: string): string => `version: 1\ndefaults: { plan: ${plan} }\n`

describe('a duration', () => {
  test.each([
    ['PT5M', 300_000],
    ['P1DT2H', 93_600_000],
    ['PT1.5S', 1500],
    ['P2W', 1_209_600_000],
    ['PT0S', 0],
    ['PT90M', 5_400_000],
  ])('%s is %d milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  test.each(['', 'P', 'PT', '5M', 'PT5', 'P1Y', 'P1M', 'PT-5M', 'PT5M ', 'pt5m', 'PT1.5M', 'P1DT'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )
})

describe('the data folder', () => {
  test('is for its owner only, and keeps its secret', () => {
    const data = join(temporaryFolder(), 'data')
    const first = openDataFolder(data, ROOT)
    expect([mode(data), mode(join(data, 'secret')), first.secret.length]).toEqual([0o700, 0o600, 32])
    expect(lstatSync(join(first.taskRoot, 'console')).isSymbolicLink()).toBe(true)
    expect(openDataFolder(data, ROOT).secret).toEqual(first.secret)
  })

  test('keeps nothing when it is :memory:', () => {
    const folder = openDataFolder(':memory:', ROOT)
    expect(folder.database).toBe(':memory:')
    folder.close()
    expect(() => statSync(folder.taskRoot)).toThrow(/ENOENT/)
    expect(openDataFolder(':memory:', ROOT).secret).not.toEqual(folder.secret)
  })
})

describe('the rules file', () => {
  test('is compiled again when it has changed; a broken edit keeps the last good rules and is said once', () => {
    const folder = temporaryFolder()
    const [path, target] = [join(folder, 'rules.yml'), join(folder, 'rules.json')]
    const problems: string[] = []
    const plan = (): string => JSON.parse(readFileSync(target, 'utf8')).otherwise.open.plan
    writeFileSync(path, good('first'))
    const watch = watchRules(path, target, (problem) => problems.push(problem))
    expect(plan()).toBe('first')
    writeFileSync(path, good('the-second'))
    watch.refresh()
    expect(plan()).toBe('the-second')
    writeFileSync(path, 'version: 1\nrulez: []\n')
    watch.refresh()
    watch.refresh()
    expect(plan()).toBe('the-second')
    expect(problems).toEqual([expect.stringMatching(/rules\.yml:2: .*rulez[^]*last good rules stay/)])
    writeFileSync(path, good('third'))
    watch.refresh()
    expect(plan()).toBe('third')
  })

  test('that is broken from the start is refused', () => {
    const path = join(temporaryFolder(), 'rules.yml')
    writeFileSync(path, 'version: 2\n')
    expect(() => watchRules(path, `${path}.json`, () => {})).toThrow(/rules\.yml:1: /)
  })
})

describe('the settings', () => {
  test('have the values of the local contract when nothing is said', () => {
    expect(localSettings({})).toEqual({
      port: 4600,
      data: '.tocsin',
      clock: 'real',
      seed: true,
      rules: 'rules.yml',
      auth: 'loopback',
      region: 'us-east-1',
    })
  })

  test.each([
    [{ PORT: '70000' }, 'PORT must be a port number, but is 70000'],
    [{ TOCSIN_CLOCK: 'fast' }, 'TOCSIN_CLOCK must be real or simulated, but is fast'],
    [{ TOCSIN_SEED: 'no' }, 'TOCSIN_SEED must be on or off, but is no'],
    [{ TOCSIN_AUTH: 'none' }, 'TOCSIN_AUTH must be loopback or sigv4, but is none'],
  ])('%j are refused by name', (environment, problem) => {
    expect(() => localSettings(environment)).toThrow(problem)
  })
})

describe('what a function URL answers', () => {
  test.each([
    [{ a: 1 }, 200, '{"a":1}'],
    [undefined, 200, 'null'],
    [{ statusCode: 204 }, 204, ''],
    [{ statusCode: 404, body: 'no' }, 404, 'no'],
  ])('%j is status %d', (answer, status, body) => {
    expect(fromUrlAnswer(answer)).toMatchObject({ status, body })
  })
})
