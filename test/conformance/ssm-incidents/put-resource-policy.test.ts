// PutResourcePolicy adds a policy to a response plan.
import { GetResourcePoliciesCommand, PutResourcePolicyCommand } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newPlan } from '../fixtures.ts'
import { planPolicy } from '../policies.ts'

let account: Account
let plan = ''

beforeAll(async () => {
  account = await connect()
  plan = await newPlan(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const put = (policy: string, resourceArn = plan) =>
  account.incidents.send(new PutResourcePolicyCommand({ resourceArn, policy }))

describe('PutResourcePolicy', () => {
  it('answers the id of the policy, by which it is listed from then on', async () => {
    const policy = planPolicy(plan)
    const output = await put(policy)
    expect(answered(output)).toEqual({ policyId: expect.stringMatching(/^[0-9a-f]{32}$/u) })
    expect(output.$metadata.httpStatusCode).toBe(200)
    const { resourcePolicies } = await account.incidents.send(new GetResourcePoliciesCommand({ resourceArn: plan }))
    expect(resourcePolicies).toContainEqual(expect.objectContaining({ policyId: output.policyId }))
  })

  it.each([
    ['no JSON', '{'],
    ['no object', '"Allow"'],
    ['a policy without a statement', '{"Version":"2012-10-17","Statement":[]}'],
    ['a policy of no version', '{"Version":"2020-01-01","Statement":[{}]}'],
    ['an empty text', ''],
  ])('refuses %s', (_, policy) => expectRefusal(put(policy), 'ValidationException', 400))

  it('refuses a policy of more than 4,000 characters', async () => {
    const policy = planPolicy(plan).padEnd(4001)
    await expectViolation(put(policy), [
      { value: `'${policy}'`, at: 'policy', must: 'have length less than or equal to 4000' },
    ])
  })

  it('knows no plan that does not exist', async () => {
    const other = absent(plan)
    await expectRefusal(put(planPolicy(other), other), 'ResourceNotFoundException', 404, {
      resourceType: 'RESPONSE_PLAN',
      resourceIdentifier: other,
    })
  })
})
