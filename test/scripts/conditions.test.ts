// Conditions are decided when the stack is packaged: what is deployed has no branch that is never taken.
import { describe, expect, test } from 'vitest'
import { decideConditions } from '../../scripts/conditions.ts'

const Conditions = { Set: { 'Fn::Not': [{ 'Fn::Equals': ['a value', ''] }] }, Empty: { 'Fn::Equals': ['a value', ''] } }
const NOTHING = { Ref: 'AWS::NoValue' }

describe('a template with conditions', () => {
  test('keeps the branch that holds, and nothing of the other', () => {
    const value = { 'Fn::If': ['Set', { 'Fn::If': ['Empty', 1, ['yes']] }, 'no'] }
    expect(decideConditions({ Conditions, Resources: { A: { Properties: { value } } } })).toEqual({
      Resources: { A: { Properties: { value: ['yes'] } } },
    })
  })

  test('leaves out members, elements, resources and outputs that are not to be', () => {
    const template = {
      Conditions,
      Resources: {
        Kept: { Condition: 'Set', Properties: { gone: NOTHING, list: [1, { 'Fn::If': ['Empty', 2, NOTHING] }, 3] } },
        Dropped: { Condition: 'Empty', Properties: {} },
      },
      Outputs: { Kept: { Value: 1 }, Dropped: { Condition: 'Empty', Value: 2 } },
    }
    expect(decideConditions(template)).toEqual({
      Resources: { Kept: { Properties: { list: [1, 3] } } },
      Outputs: { Kept: { Value: 1 } },
    })
  })

  test('keeps the conditions of policies, which are something else', () => {
    const Statement = [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }]
    expect(decideConditions({ Resources: { Policy: { Properties: { Statement } } } })).toEqual({
      Resources: { Policy: { Properties: { Statement } } },
    })
  })

  test.each([
    [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] }, 'the condition Set must be an Fn::Equals of two texts'],
    [undefined, 'serverless.yml has no condition Set'],
  ])('is refused where a condition is %j', (condition, problem) => {
    const template = { Conditions: condition ? { Set: condition } : {}, Resources: { A: { Condition: 'Set' } } }
    expect(() => decideConditions(template)).toThrow(problem)
  })
})
