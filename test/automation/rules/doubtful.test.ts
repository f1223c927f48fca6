// Mistakes that can match nothing are refused or warned of by file and line, with what was meant.
import { describe, expect, it } from 'vitest'
import { InvalidRules } from '../../../lib/automation/rules/schema.ts'
import { compileRulesFile, compileRulesText } from '../../../lib/local/rules-file.ts'

interface Said {
  readonly refused: readonly string[]
  readonly warned: readonly string[]
}

function compile(text: string): Said {
  const warned: string[] = []
  try {
    compileRulesText(text, 'rules.yml', {}, (line) => warned.push(line))
    return { refused: [], warned }
  } catch (error) {
    if (!(error instanceof InvalidRules)) throw error
    return { refused: error.problems, warned }
  }
}
const ofPattern = (match: string): Said => compile(`version: 1\nrules:\n  - id: a\n    match: ${match}\n`)
const ofTitle = (title: string): Said =>
  compile(`version: 1\nrules:\n  - id: a\n    match: {source: [x]}\n    open: {title: ${JSON.stringify(title)}}\n`)

const ALARMS = 'source: [aws.cloudwatch]'

describe('a pattern that can match nothing', () => {
  it.each([
    ['{detailtype: [x]}', 'match.detailtype is no field of any event: did you mean detail-type?'],
    ['{detailType: [x]}', 'match.detailType is no field of any event: did you mean detail-type?'],
    ['{sources: [x]}', 'match.sources is no field of any event: did you mean source?'],
    ['{resource: [x]}', 'match.resource is no field of any event: did you mean resources?'],
    ['{alarmName: [x]}', 'match.alarmName is no field of any event: did you mean detail.alarmName?'],
    ['{$or: [{source: [x]}, {regoin: [x]}]}', 'match.$or[1].regoin is no field of any event: did you mean region?'],
    ['{severity: [{exists: false}]}', 'match.severity is no field of any event (id, source, detail-type'],
    ['{version: ["0"]}', 'match.version is a field that is the same in every event'],
    ['{source: {name: [x]}}', 'match.source.name is no field of any event: source has nothing below it'],
    ['{detail: [x]}', 'match.detail holds fields, not a value'],
    [
      '{account: [111122223333]}',
      "match.account[0] is a number, and account is a text: write '111122223333' in quotes",
    ],
    ['{account: [x, 012345678901]}', "match.account[1] is a number, and account is a text: write '012345678901'"],
    ['{region: [1]}', 'match.region[0] is a number, and region is a text'],
    ['{region: [null]}', 'match.region[0] is null, and region is a text'],
    ['{account: [{numeric: ["=", 1]}]}', 'match.account[0] compares numbers, and account is a text'],
    ['{account: [{anything-but: [111122223333]}]}', 'match.account[0] excludes numbers, and account is a text'],
    [
      `{${ALARMS}, detail: {state: [ALARM]}}`,
      'match.detail.state is an object in every alarm: ask for detail.state.value',
    ],
    [
      '{detail-type: [CloudWatch Alarm State Change], detail.previousState: [{prefix: O}]}',
      'match.detail.previousState is an object in every alarm: ask for detail.previousState.value',
    ],
    ['{source: [.inf]}', 'match.source[0] must be a number that JSON has'],
    ['{detail: {a: [.nan]}}', 'match.detail.a[0] must be a number that JSON has'],
    ['{detail: {a: [{numeric: ["<", 1e309]}]}}', 'match.detail.a[0].numeric must be a number that JSON has'],
    ['{$or: {a: [x]}}', 'match.$or must be a list of at least two'],
  ])('%s is refused', (match, problem) => {
    const { refused } = ofPattern(match)
    expect(refused).toEqual([expect.stringContaining(`rules.yml:4: rules[0].${problem}`)])
  })

  it.each([
    [
      '{detail: {alarmName: [checkout-*]}}',
      'means the character * itself: for any text write { prefix: "checkout-" } or',
    ],
    ['{detail: {alarmName: ["*-5xx"]}}', 'means the character * itself: for any text write { wildcard: "*-5xx" }'],
    ['{detail: {alarmName: [{prefix: "a*"}]}}', 'means the character * itself in prefix'],
    ['{resources: [{anything-but: {suffix: ["*a"]}}]}', 'means the character * itself in anything-but'],
    ['{detail: {state: [ALARM]}}', 'is an object in every alarm: ask for detail.state.value'],
    ['{detail: {alarmname: [x]}}', 'is written detail.alarmName in an alarm'],
    ['{detail: {state: {Value: [ALARM]}}}', 'is written detail.state.value in an alarm'],
    ['{detail: {state: {value: [alarm]}}}', 'is written ALARM in an alarm'],
    ['{detail.previousState.value: [OK, Insufficient Data]}', 'is written INSUFFICIENT_DATA in an alarm'],
    [`{${ALARMS}, detail: {state: {value: [FIRING]}}}`, 'is no state of an alarm: one is OK, ALARM, INSUFFICIENT_DATA'],
    ['{account: ["11122223333"]}', 'is no account: an account has 12 digits'],
    ['{region: [us-east1]}', 'is no Region: one is written as us-east-1'],
    ['{region: [US East (N. Virginia)]}', 'is no Region: one is written as us-east-1'],
    ['{source: [cloudwatch]}', 'is aws.cloudwatch for an alarm, not cloudwatch'],
  ])('%s is warned of, for it may be meant', (match, warning) => {
    const { refused, warned } = ofPattern(match)
    expect([refused, warned]).toEqual([[], [expect.stringMatching(/^rules\.yml:4: rules\[0\]\.match\./)]])
    expect(warned[0]).toContain(warning)
  })

  it.each([
    '{detail: {alarmName: [{wildcard: "checkout-*"}]}}',
    '{detail: {alarmName: [{anything-but: {wildcard: ["a*b"]}}]}}',
    '{detail: {state: [running]}}',
    `{${ALARMS}, detail: {state: {value: [ALARM]}}}`,
    `{${ALARMS}, detail: {state: [{exists: false}]}}`,
    '{"detail.state.value": [ALARM], account: ["111122223333"], region: [us-east-1]}',
    '{detail: {state: {value: [open]}}, region: [us-gov-west-1, us-iso-east-1, eusc-de-east-1, {prefix: eu-}]}',
    '{detail: {code: [404, {numeric: [">", 500]}, null, true]}}',
    '{source: [{prefix: my.}], time: [{exists: true}], id: [{anything-but: x}], resources: [x]}',
  ])('%s is neither', (match) => {
    expect(ofPattern(match)).toEqual({ refused: [], warned: [] })
  })
})

describe('a rule that never counts', () => {
  const order = (...matches: string[]): readonly string[] => {
    const { refused, warned } = compile(
      `version: 1\nrules:\n${matches.map((match, at) => `  - {id: r${at}, match: ${match}}`).join('\n')}\n`,
    )
    expect(refused).toEqual([])
    return warned
  }
  it.each([
    ['{source: [{exists: true}]}', '{source: [x]}'],
    ['{source: [{prefix: ""}]}', '{detail: {a: [x]}}'],
    ['{detail: {a: [{exists: true}, {exists: false}]}}', '{source: [x]}'],
    [`{${ALARMS}}`, `{${ALARMS}, detail: {alarmName: [{prefix: pay-}]}}`],
    ['{detail: {alarmName: [{prefix: pay}]}}', '{detail.alarmName: [pay-1, {prefix: pay-}]}'],
    ['{$or: [{source: [a]}, {source: [b]}]}', '{source: [b, a], region: [eu-west-1]}'],
  ])('behind %s is warned of: %s', (before, match) => {
    const expected = [/^rules\.yml:4: rules\[1\] never counts: r0 before it takes every event that it would$/]
    const warned = order(before, match)
    if (before.startsWith('{$or')) return expect(warned).toEqual([])
    return expect(warned).toEqual(expected.map((one) => expect.stringMatching(one)))
  })

  it('is warned of when its pattern is that of another, however it is written', () => {
    const warned = order('{source: [x], detail: {a: [y]}}', '{detail.a: [y], source: [x]}')
    expect(warned).toEqual([expect.stringMatching(/^rules\.yml:4: rules\[1\] never counts: r0 before it has the same/)])
  })

  it('is warned of when an entry of ignore takes its events', () => {
    const text =
      'version: 1\nignore:\n  - {id: i, reason: r, match: {source: [x]}}\nrules:\n  - {id: a, match: {source: [x]}}\n'
    expect(compile(text).warned).toEqual([expect.stringMatching(/^rules\.yml:5: rules\[0\] never counts: i before it/)])
  })

  it.each([
    ['{source: [x]}', '{source: [x, y]}'],
    [`{${ALARMS}, region: [eu-west-1]}`, `{${ALARMS}}`],
    ['{detail: {a: [{exists: true}]}}', '{detail: {b: [x]}}'],
    ['{detail: {a: [{prefix: ab}]}}', '{detail: {a: [{prefix: a}]}}'],
    ['{detail: {a: [{exists: false}]}}', '{detail: {a: [{exists: true}]}}'],
  ])('is not one behind %s: %s', (before, match) => {
    expect(order(before, match)).toEqual([])
  })

  it('is found among as many rules as a file has room for', () => {
    const rules = Array.from(
      { length: 4000 },
      (_, at) => `  - {id: r${at}, match: {${ALARMS}, detail: {alarmName: [n${at}]}}}`,
    )
    const started = performance.now()
    expect(
      compile(`version: 1\nrules:\n${rules.join('\n')}\n  - {id: last, match: {${ALARMS}, "detail.alarmName": [n7]}}`)
        .warned,
    ).toEqual([expect.stringContaining('rules.yml:4003: rules[4000] never counts: r7 before it has the same pattern')])
    expect(performance.now() - started).toBeLessThan(30_000)
  })
})

describe('a template that never fills in what was meant', () => {
  it.each([
    ['${alarmName} fires', 'names in ${alarmName} a field that no event has: did you mean ${detail.alarmName}?'],
    ['${detailtype}', 'names in ${detailtype} a field that no event has: did you mean ${detail-type}?'],
    ['${service}', 'names in ${service} a field that no event has (fields of your own are below detail)'],
    ['{{detail.alarmName}}', 'has {{detail.alarmName}}, which stays as it is: a field is written ${detail.alarmName}'],
    ['{{ .region }}', 'has {{ .region }}, which stays as it is: a field is written ${region}'],
  ])('%s is refused', (title, problem) => {
    expect(ofTitle(title).refused).toEqual([`rules.yml:5: rules[0].open.title ${problem}`])
  })
  it.each([
    ['$detail.alarmName fires', 'has $detail.alarmName, which stays as it is: a field is written ${detail.alarmName}'],
    ['$alarmName', 'has $alarmName, which stays as it is'],
    ['${detail.AlarmName} fires', 'names in ${detail.AlarmName} what is written ${detail.alarmName} in an alarm'],
    ['${detail.state.Value}', 'names in ${detail.state.Value} what is written ${detail.state.value} in an alarm'],
    ['{{service}}', 'has {{service}}, which stays as it is: a field is written ${service}'],
  ])('%s is warned of', (title, warning) => {
    const { refused, warned } = ofTitle(title)
    expect([refused, warned]).toEqual([[], [expect.stringContaining(`rules.yml:5: rules[0].open.title ${warning}`)]])
  })
  it.each(['${detail.a.0} ${resources.0} ${ region }', 'costs $5 or US$ 7', '$${region}', '${detail-type}'])(
    '%s is neither',
    (title) => expect(ofTitle(title)).toEqual({ refused: [], warned: [] }),
  )
})

describe('what YAML does not understand', () => {
  it.each([
    ['version: 1\n\trules: []', /^rules\.yml:2: Tabs .* put spaces where the tab is$/],
    ['version: 1\nversion: 1', /^rules\.yml:2: Map keys must be unique - .* a second time: say it once$/],
    [
      'version: 1\ndefaults:\n  title: "x\nrules: []\n',
      /^rules\.yml:3: Missing closing .* quote that begins here is never closed$/,
    ],
    ["version: 1\ndefaults:\n  title: 'x\nrules: []\n", /^rules\.yml:3: Missing closing .* never closed$/],
    [
      'version: 1\nrules: [a\nignore: []',
      /^rules\.yml:3: .* bracket that was opened is not closed .*: a \] is missing$/,
    ],
    ['version: 1\ndefaults: {title: @x}', /^rules\.yml:2: .* put the text in quotes$/],
    [
      'version: 1\ndefaults:\n  title: a: b',
      /^rules\.yml:3: .* a text that holds a colon and a space is put in quotes$/,
    ],
    [
      'version: 1\nrules:\n  - id: a\n    match: {source: [*star]}',
      /^rules\.yml:4: Unresolved alias \*star - .*begins with \*/,
    ],
    [
      'version: 1\nrules:\n  - id: a\n    match: {source: [*]}',
      /^rules\.yml:4: Alias .* a text that begins with \* is put in quotes$/,
    ],
    ['version: 1\n---\nversion: 1', /^rules\.yml:2: .* one document: take out the line ---$/],
  ])('%j is refused with its line and a plain word', (text, problem) => {
    expect(compile(text).refused).toEqual([expect.stringMatching(problem)])
  })
  it('is warned of where it can be read all the same', () => {
    expect(compile('version: 1\ndefaults: {title: !Ref x}').warned).toEqual([
      expect.stringMatching(/^rules\.yml:2: Unresolved tag: !Ref - /),
    ])
  })
})

it('a duration that is refused is told with one that may stand there, and with what else may', () => {
  expect(compile('version: 1\ndefaults: {refire: off, unanswered: {after: 30s}}').refused).toEqual([
    'rules.yml:2: defaults.refire must be never, or a duration such as 90s, 10m, 1h or 1d, from 60s to 365d',
    'rules.yml:2: defaults.unanswered.after must be a duration such as 90s, 10m, 1h or 1d, from 60s to 365d',
  ])
})

it('the rules that ship are free of all this', () => {
  const warned: string[] = []
  compileRulesFile('rules.yml', {}, (line) => warned.push(line))
  expect(warned).toEqual([])
})
