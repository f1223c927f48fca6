import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { matchRules } from '../../../lib/automation/rules/match-rules.ts'
import { compileRules, InvalidRules } from '../../../lib/automation/rules/schema.ts'
import { render, templateProblem } from '../../../lib/automation/rules/template.ts'
import type { Envelope } from '../../../lib/automation/sources/signal.ts'
import { rulesFrom } from '../../../lib/automation/state/load-rules.ts'
import { compileRulesFile, compileRulesText } from '../../../lib/local/rules-file.ts'

const envelope: Envelope = {
  id: '1',
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  account: '111122223333',
  region: 'us-east-1',
  time: '2026-03-01T12:00:00Z',
  resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-latency'],
  detail: { alarmName: 'pay-latency', state: { value: 'ALARM' }, none: null, list: [1, { a: 2 }] },
}

const EXAMPLE = `
version: 1
defaults:
  plan: default
  resolve: {after: 10m, mode: unless-human}
  autoAcknowledge: []
  impact: 3
ignore:
  - id: autoscaling
    reason: scaling signal
    match: {detail: {alarmName: [{prefix: TargetTracking-}]}}
rules:
  - id: payments
    match: {source: [aws.cloudwatch], detail: {alarmName: [{prefix: pay-}]}}
    open: {plan: payments, title: "\${detail.alarmName} (\${region})", impact: 2, dedupe: "\${resources.0}",
           links: [{title: Runbook, url: "https://wiki.example.com/\${detail.alarmName}"}]}
    resolve: {after: 1h}
    escalate: [{unacknowledgedFor: 15m, engage: [manager], impact: 1, repeat: 3}]
  - id: batch
    match: {source: [batch]}
    resolve: never
`

const problemsOf = (compile: () => unknown): readonly string[] => {
  try {
    compile()
  } catch (error) {
    if (error instanceof InvalidRules) return error.problems
    throw error
  }
  return []
}

describe('a rules file', () => {
  it('becomes plain JSON, each rule complete from the defaults', () => {
    const rules = compileRulesText(EXAMPLE, 'rules.yml')
    expect(rules.rules).toEqual([
      {
        id: 'payments',
        match: { source: ['aws.cloudwatch'], detail: { alarmName: [{ prefix: 'pay-' }] } },
        open: {
          plan: 'payments',
          title: '${detail.alarmName} (${region})',
          impact: 2,
          dedupe: '${resources.0}',
          links: [{ title: 'Runbook', url: 'https://wiki.example.com/${detail.alarmName}' }],
        },
        resolve: { mode: 'unless-human', afterSeconds: 3600 },
        refire: { afterSeconds: 900 },
        unanswered: { afterSeconds: 1800, impact: 3 },
        autoAcknowledge: [],
        escalate: [{ unacknowledgedForSeconds: 900, engage: ['manager'], impact: 1, repeat: 3 }],
      },
      {
        id: 'batch',
        match: { source: ['batch'] },
        open: { plan: 'default', impact: 3, links: [] },
        resolve: { mode: 'never', afterSeconds: 600 },
        refire: { afterSeconds: 900 },
        unanswered: { afterSeconds: 1800, impact: 3 },
        autoAcknowledge: [],
        escalate: [],
      },
    ])
    expect(rules.otherwise).toMatchObject({ id: 'default', open: { plan: 'default', impact: 3 } })
    expect(JSON.parse(JSON.stringify(rules))).toEqual(rules)
  })

  it('says what becomes of alarms whose actions are disabled, for all rules or for one', () => {
    const told = (defaults: string, rule: string) => {
      const text = `version: 1\n${defaults}\nrules: [{id: a, match: {source: [x]}, ${rule}}, {id: b, match: {source: [y]}}]`
      const { otherwise, rules } = compileRulesText(text, 'rules.yml')
      return [otherwise, ...rules].map(({ actionsDisabled = 'hold' }) => actionsDisabled)
    }
    expect(told('', 'actionsDisabled: open')).toEqual(['hold', 'open', 'hold'])
    expect(told('defaults: {actionsDisabled: open}', 'actionsDisabled: hold')).toEqual(['open', 'hold', 'open'])
    expect(problemsOf(() => told('defaults: {actionsDisabled: page}', 'actionsDisabled: true'))).toEqual([
      'rules.yml:2: defaults.actionsDisabled must be hold or open',
      'rules.yml:3: rules[0].actionsDisabled must be hold or open',
    ])
  })

  it('needs no more than its version', () => {
    expect(compileRulesText('version: 1', 'rules.yml')).toEqual({
      version: 1,
      ignore: [],
      rules: [],
      otherwise: {
        id: 'default',
        open: { plan: 'default', links: [] },
        resolve: { mode: 'unless-human', afterSeconds: 600 },
        refire: { afterSeconds: 900 },
        unanswered: { afterSeconds: 1800, impact: 3 },
        autoAcknowledge: [],
        escalate: [],
      },
    })
  })

  it('that ships with the project is valid and leaves the scaling alarms of AWS alone', () => {
    const rules = compileRulesFile('rules.yml')
    expect(rules.otherwise.open.plan).toBe('default')
    const scaling = { ...envelope, detail: { alarmName: 'TargetTracking-table/orders-AlarmHigh' } }
    expect(matchRules(rules, scaling)).toMatchObject({ kind: 'ignore', id: 'autoscaling' })
  })

  it('tells all that is wrong with it at once, each with its file, line and field', () => {
    const text = `version: 2
defaults:
  plan: two words
  colour: red
ignore:
  - id: a
    match: {source: []}
rules:
  - id: a
    match:
      source: [{begins: x}]
    open:
      impact: 6
      title: "\${detail."
      links: [{title: "", url: "ftp://x"}]
    resolve: {after: 10, mode: always}
    autoAcknowledge: [everything]
    escalate:
      - {unacknowledgedFor: 0m, engage: [Manager], repeat: 0}
      - unacknowledgedFor: 5m
  - match: {source: [x]}
  - just text
`
    expect(problemsOf(() => compileRulesText(text, 'rules.yml'))).toEqual([
      expect.stringMatching(/^rules.yml:1: version must be 1/),
      expect.stringMatching(/^rules.yml:4: defaults.colour is unknown; known here: plan, title/),
      expect.stringMatching(/^rules.yml:3: defaults.plan must be a response plan's name/),
      expect.stringMatching(/^rules.yml:6: ignore\[0\].reason is missing/),
      expect.stringMatching(/^rules.yml:7: ignore\[0\].match.source must not be an empty list/),
      expect.stringMatching(/^rules.yml:9: rules\[0\].id is already taken: a/),
      expect.stringMatching(/^rules.yml:11: rules\[0\].match.source\[0\].begins is not an operator/),
      expect.stringMatching(/^rules.yml:14: rules\[0\].open.title has a \$\{ without its \}/),
      expect.stringMatching(/^rules.yml:13: rules\[0\].open.impact must be a whole number from 1 to 5/),
      expect.stringMatching(/^rules.yml:15: rules\[0\].open.links\[0\].title must be a text/),
      expect.stringMatching(/^rules.yml:15: rules\[0\].open.links\[0\].url must begin with https:/),
      expect.stringMatching(/^rules.yml:16: rules\[0\].resolve.mode must be unless-human or never/),
      expect.stringMatching(/^rules.yml:16: rules\[0\].resolve.after must be a duration such as 30s/),
      expect.stringMatching(/^rules.yml:17: rules\[0\].autoAcknowledge\[0\] must be answered-elsewhere/),
      expect.stringMatching(/^rules.yml:19: rules\[0\].escalate\[0\].unacknowledgedFor must be a duration/),
      expect.stringMatching(/^rules.yml:19: rules\[0\].escalate\[0\].engage\[0\] must be a contact's alias/),
      expect.stringMatching(/^rules.yml:19: rules\[0\].escalate\[0\].repeat must be a whole number/),
      expect.stringMatching(/^rules.yml:20: rules\[0\].escalate\[1\] must engage somebody or set an impact/),
      expect.stringMatching(/^rules.yml:21: rules\[1\].id is missing/),
      expect.stringMatching(/^rules.yml:22: rules\[2\] must hold id, match/),
      expect.stringMatching(/^rules.yml:22: rules\[2\].id is missing/),
      expect.stringMatching(/^rules.yml:22: rules\[2\].match is missing/),
    ])
  })

  it.each([
    ['', /^rules.yml: the file is empty; it must begin with version: 1$/],
    ['- a', /^rules.yml: the file must hold version, defaults, ignore, rules$/],
    ['version: 1\nversion: 1', /^rules.yml:2: Map keys must be unique/],
    ['version: 1\nrules: [', /^rules.yml:2: /],
    ['version: 1\nrules:\n  - {id: default, match: {source: [b]}}', /^rules.yml:3: rules\[0\].id must not be default$/],
    ['version: 1\nrules:\n  - id: x\n    match:', /^rules.yml:4: rules\[0\].match is missing$/],
    ['version: 1\nrules: {}', /^rules.yml:2: rules must be a list$/],
  ])('%j is refused', (text, problem) => {
    expect(problemsOf(() => compileRulesText(text, 'rules.yml'))).toEqual([expect.stringMatching(problem)])
  })

  it('never fails otherwise than by InvalidRules, whatever it holds', () => {
    const words = fc.constantFrom(
      'version',
      'rules',
      'ignore',
      'defaults',
      'id',
      'match',
      'open',
      'escalate',
      'resolve',
      'links',
    )
    const { document } = fc.letrec((tie) => ({
      document: fc.oneof({ maxDepth: 5 }, fc.constantFrom(1, null, 'x', '10m', true), tie('list'), tie('map')),
      list: fc.array(tie('document'), { maxLength: 3 }),
      map: fc.dictionary(words, tie('document'), { maxKeys: 4 }),
    }))
    fc.assert(
      fc.property(document, (json) => {
        // problemsOf throws on whatever is no InvalidRules.
        expect(problemsOf(() => compileRules(json, () => 1, 'rules.yml'))).toBeInstanceOf(Array)
      }),
    )
  })
})

describe('which rule an event falls under', () => {
  const rules = compileRulesText(EXAMPLE, 'rules.yml')
  it('is the first that matches, without its pattern', () => {
    const match = matchRules(rules, envelope)
    expect(match).toMatchObject({ kind: 'rule', rule: { id: 'payments' } })
    expect(match).not.toHaveProperty('rule.match')
  })
  it('is the defaults where none matches', () => {
    expect(matchRules(rules, { ...envelope, source: 'other' })).toEqual({ kind: 'rule', rule: rules.otherwise })
  })
  it('is none where the event is to be ignored, whatever the rules say', () => {
    const detail = { alarmName: 'TargetTracking-x' }
    const all = { ...rules, rules: [{ ...rules.otherwise, id: 'all', match: { source: [{ exists: true }] } }] }
    expect(matchRules(all, { ...envelope, detail })).toEqual({
      kind: 'ignore',
      id: 'autoscaling',
      reason: 'scaling signal',
    })
  })
})

describe('a template', () => {
  it.each([
    ['${detail.alarmName} in ${region}', 'pay-latency in us-east-1', []],
    ['${resources.0}', 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-latency', []],
    ['${detail-type}', 'CloudWatch Alarm State Change', []],
    ['${detail.state}', '{"value":"ALARM"}', []],
    ['${detail.list.0}-${detail.list.1.a}', '1-2', []],
    ['[${detail.service}${resources.1}]', '[]', ['detail.service', 'resources.1']],
    ['${detail.none}', '', ['detail.none']],
    ['${detail.alarmName.length}${constructor}', '', ['detail.alarmName.length', 'constructor']],
    ['$${region} costs $5', '${region} costs $5', []],
    ['${unfinished', '${unfinished', []],
  ])('%j', (template, text, missing) => {
    expect(render(template, envelope)).toEqual({ text, missing })
  })

  it.each([
    ['${detail.a} $${ and ${ b }', 'none'],
    ['${', 'without its }'],
    ['${}', 'must name a field'],
    ['${a..b}', 'must name a field'],
  ])('%j has the problem %j', (template, problem) => {
    expect(templateProblem(template) ?? 'none').toContain(problem)
  })
})

describe('the compiled rules of a function', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rules-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  let second = 0
  const write = (text: string): void => {
    writeFileSync(join(folder, 'rules.json'), text)
    utimesSync(join(folder, 'rules.json'), ++second, second)
  }
  const environment = (): Record<string, string> => ({ LAMBDA_TASK_ROOT: folder, TOCSIN_COMPILED_RULES: 'rules.json' })
  const rules = compileRulesText(EXAMPLE, 'rules.yml')

  it('are read once, and again when the file has changed', () => {
    write(JSON.stringify(rules))
    const load = rulesFrom(environment())
    const first = load()
    expect(first).toEqual(rules)
    expect(load()).toBe(first)
    write(JSON.stringify({ ...rules, rules: [] }))
    expect(load().rules).toEqual([])
  })

  it('stay the last good ones when the file breaks, and say so until it is whole again', () => {
    write(JSON.stringify(rules))
    const load = rulesFrom(environment())
    expect(load()).not.toHaveProperty('problem')
    for (const broken of ['{', '', '\0', '{"version": 1}', '[]', JSON.stringify({ ...rules, otherwise: null })]) {
      write(broken)
      const problem = expect.stringContaining(`${join(folder, 'rules.json')} are no`)
      expect(load()).toEqual({ ...rules, problem })
      expect(load()).toBe(load())
    }
    rmSync(join(folder, 'rules.json'))
    expect(load().problem).toContain('cannot be read')
    write(JSON.stringify({ ...rules, ignore: [] }))
    expect(load()).toEqual({ ...rules, ignore: [] })
  })

  it('pass on what whoever compiled them says is wrong with the rules file', () => {
    write(JSON.stringify({ ...rules, problem: 'rules.yml:3: id is missing' }))
    expect(rulesFrom(environment())().problem).toBe('rules.yml:3: id is missing')
  })

  it('are missed by name', () => {
    expect(rulesFrom(environment())).toThrow(`The compiled rules ${join(folder, 'rules.json')} cannot be read`)
    expect(rulesFrom({})).toThrow('TOCSIN_COMPILED_RULES is not set')
    write('{"version": 2}')
    expect(rulesFrom(environment())).toThrow('are not rules of version 1')
  })
})
