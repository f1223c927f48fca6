// What whoever deploys says stands under what the rules file says: its defaults win, and so does each rule.
import { expect, test } from 'vitest'
import { InvalidRules } from '../../lib/automation/rules/schema.ts'
import { compileRulesText } from '../../lib/local/rules-file.ts'

const GIVEN = { plan: 'by-parameter', quietTime: '20m' }
const RULES = `
rules:
  - id: own
    match: {source: [a]}
    open: {plan: of-the-rule}
    resolve: {after: 1m}
`

test('the plan and the quiet time that are given hold where the file says nothing', () => {
  const { otherwise, rules } = compileRulesText(`version: 1${RULES}`, 'rules.yml', GIVEN)
  expect([otherwise.open.plan, otherwise.resolve.afterSeconds]).toEqual(['by-parameter', 1200])
  expect([rules[0]?.open.plan, rules[0]?.resolve.afterSeconds]).toEqual(['of-the-rule', 60])
})

test("the file's own defaults win", () => {
  const { otherwise } = compileRulesText(
    'version: 1\ndefaults: {plan: of-the-file, resolve: {after: 5m}}',
    'rules.yml',
    GIVEN,
  )
  expect([otherwise.open.plan, otherwise.resolve.afterSeconds]).toEqual(['of-the-file', 300])
})

test('what is given is checked as the file is', () => {
  const given = { plan: 'two words', quietTime: 'soon' }
  expect(() => compileRulesText('version: 1', 'rules.yml', given)).toThrow(InvalidRules)
  expect(() => compileRulesText('version: 1', 'rules.yml', given)).toThrow(
    /parameter\.plan must be .*\n.*parameter\.quietTime must be a duration/,
  )
})
