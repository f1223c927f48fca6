// One rule that is broken after it was compiled stops nothing but itself, and somebody is told which it is.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { brokenRules, matchRules } from '../../lib/automation/rules/match-rules.ts'
import type { Rules } from '../../lib/automation/rules/rules.ts'
import { rulesFrom } from '../../lib/automation/state/load-rules.ts'
import { compileRulesText } from '../../lib/local/rules-file.ts'
import { writeRules } from '../../lib/local/rules-json.ts'
import { temporaryFolder } from '../local/rehearsal.ts'
import { Rehearsal } from './rehearsal.ts'

const OPERATORS: readonly (readonly [name: string, good: string, bad: unknown])[] = [
  ['exact', '[x]', []],
  ['prefix', '[{prefix: x}]', [{ prefix: null }]],
  ['suffix', '[{suffix: x}]', [{ suffix: 5 }]],
  ['equals-ignore-case', '[{equals-ignore-case: x}]', [{ 'equals-ignore-case': {} }]],
  ['wildcard', '[{wildcard: "x*"}]', [{ wildcard: 'x**' }]],
  ['anything-but', '[{anything-but: [x]}]', [{ 'anything-but': [null] }]],
  ['numeric', '[{numeric: ["<", 5]}]', [{ numeric: ['<', null] }]],
  ['cidr', '[{cidr: 10.0.0.0/8}]', [{ cidr: '10.0.0.0/99' }]],
  ['exists', '[{exists: true}]', [{ exists: 'no' }]],
  ['$or', '[{exists: true}]', null],
  ['an operator that is none', '[x]', [{ begins: 'x' }]],
]
const COUNT = 200
const BAD = 77

/** 200 rules of one operator, each for alarms of its own. */
const written = (operand: string): string =>
  `version: 1\nrules:\n${Array.from(
    { length: COUNT },
    (_, at) => `  - {id: r${at}, match: {detail: {alarmName: [n${at}], other: ${operand}}}}`,
  ).join('\n')}\n`

const event = (alarmName: string, other: unknown) => ({
  id: '1',
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  account: '111122223333',
  region: 'us-east-1',
  time: '2026-03-01T12:00:00Z',
  resources: [],
  detail: { alarmName, other },
})
const FITS: Readonly<Record<string, unknown>> = { numeric: 1, cidr: '10.1.1.1', 'anything-but': 'y' }

describe.each(OPERATORS)('the operator %s, made bad in the compiled rules', (name, good, bad) => {
  it('costs its own rule and no other, and the rule is named with its line', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'rules.json')
    writeRules(compileRulesText(written(good), '/somewhere/rules.yml'), file)
    const json: { rules: { match: object }[] } = JSON.parse(readFileSync(file, 'utf8'))
    const rule = json.rules[BAD]
    if (!rule) throw new Error('There is no such rule')
    rule.match = name === '$or' ? { $or: { a: ['x'] } } : { detail: { other: bad } }
    writeFileSync(file, JSON.stringify(json))
    const rules = rulesFrom({ TOCSIN_COMPILED_RULES: file })()
    const found = Array.from({ length: COUNT }, (_, at) => {
      const match = matchRules(rules, event(`n${at}`, FITS[name] ?? 'x'))
      return match.kind === 'rule' ? match.rule.id : match.id
    })
    expect(found).toEqual(Array.from({ length: COUNT }, (_, at) => (at === BAD ? 'default' : `r${at}`)))
    expect(brokenRules(rules)).toEqual([
      { what: `rule r${BAD}`, place: `rules.yml:${BAD + 3}`, problem: expect.any(String) },
    ])
  })
})

test.each([null, 5, {}, { id: 'x' }, { id: 'x', match: { source: ['a'] } }])(
  'a rule that has become %j is left out',
  (bad) => {
    const folder = temporaryFolder()
    const file = join(folder, 'rules.json')
    const good: Rules = compileRulesText(written('[x]'), 'rules.yml')
    writeFileSync(file, JSON.stringify({ ...good, rules: [bad, ...good.rules], ignore: [bad] }))
    const rules = rulesFrom({ TOCSIN_COMPILED_RULES: file })()
    expect(matchRules(rules, event('n7', 'x'))).toMatchObject({ rule: { id: 'r7' } })
    expect(brokenRules(rules).length).toBeGreaterThan(0)
  },
)

test('what JSON does not hold is not written', () => {
  const file = join(temporaryFolder(), 'rules.json')
  const rules = compileRulesText(written('[x]'), 'rules.yml')
  const [first] = rules.rules
  if (!first) throw new Error('There is no rule')
  const lost: Rules = { ...rules, rules: [{ ...first, match: { source: [Number.POSITIVE_INFINITY] } }] }
  expect(() => writeRules(lost, file)).toThrow(`${file}: rules cannot be read back as compiled`)
  expect(() => readFileSync(file)).toThrow('ENOENT')
  writeRules({ ...rules, rules: [{ ...first, match: { detail: { a: [-0] } } }] }, file)
})

test.each(['sqlite', 'dynamodb'] as const)(
  'the last resort names rule and line, on %s, until it is mended',
  async (engine) => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
    const compiled = join(folder, 'rules.json')
    const rules = compileRulesText(written('[{exists: false}]'), 'rules.yml')
    const change = (match: unknown): void => {
      const [first, ...others] = rules.rules
      writeFileSync(compiled, JSON.stringify({ ...rules, rules: [{ ...first, match }, ...others] }))
    }
    change({ source: [{ numeric: ['<', null] }] })
    const on = await Rehearsal.start(engine, { environment: { TOCSIN_COMPILED_RULES: compiled } })
    try {
      await on.alarm({ name: 'n0', state: 'ALARM' })
      await on.alarm({ name: 'n1', state: 'ALARM' })
      expect(await on.records()).toHaveLength(2)
      await on.minutes(3)
      const told = (await on.lastResorts()).filter(({ subject }) => subject?.includes('RULES'))
      expect(told).toHaveLength(1)
      expect(told[0]?.body).toContain('rules.yml:3: rule r0 is left out')
      change({ source: ['x'] })
      await on.minutes(10)
      expect((await on.lastResorts()).filter(({ subject }) => subject?.includes('RULES'))).toHaveLength(1)
    } finally {
      await on.close()
      rmSync(folder, { recursive: true })
    }
  },
)
