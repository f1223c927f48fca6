// GetResourcePolicies lists the policies of a response plan.
import {
  DeleteResponsePlanCommand,
  GetResourcePoliciesCommand,
  paginateGetResourcePolicies,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newPlan } from '../fixtures.ts'
import { planPolicy } from '../policies.ts'

let account: Account
let plan = ''
const ACCOUNTS = ['444455556666', '555566667777', '666677778888']

beforeAll(async () => {
  account = await connect()
  plan = await newPlan(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (more: { resourceArn?: string; maxResults?: number; nextToken?: string } = {}) =>
  account.incidents.send(new GetResourcePoliciesCommand({ resourceArn: plan, ...more }))

describe('GetResourcePolicies', () => {
  it('answers an empty list for a plan that is not shared', async () => {
    expect(answered(await get())).toEqual({ resourcePolicies: [] })
  })

  it('answers each policy with its id, its document and its Region', async () => {
    const policy = planPolicy(plan)
    const { policyId } = await account.incidents.send(new PutResourcePolicyCommand({ resourceArn: plan, policy }))
    const { resourcePolicies = [] } = await get()
    expect(resourcePolicies).toEqual([
      { policyId, policyDocument: expect.any(String), ramResourceShareRegion: await account.incidents.config.region() },
    ])
    expect(JSON.parse(resourcePolicies[0]?.policyDocument ?? '')).toEqual(JSON.parse(policy))
  })

  it('is read page by page, each policy once', async () => {
    const ids = await Promise.all(
      ACCOUNTS.map(async (shared) => {
        const policy = planPolicy(plan, shared)
        return (await account.incidents.send(new PutResourcePolicyCommand({ resourceArn: plan, policy }))).policyId
      }),
    )
    const pages = paginateGetResourcePolicies({ client: account.incidents, pageSize: 1 }, { resourceArn: plan })
    const seen: string[] = []
    for await (const { resourcePolicies = [] } of pages) {
      expect(resourcePolicies.length).toBeLessThanOrEqual(1)
      seen.push(...resourcePolicies.map(({ policyId = '' }) => policyId))
    }
    expect(seen).toHaveLength(new Set(ids).size)
    expect(new Set(seen)).toEqual(new Set(ids))
  })

  it('refuses a token that it has not given, or given for another plan', async () => {
    await expectRefusal(get({ nextToken: 'forged' }), 'ValidationException', 400)
    const { nextToken } = await get({ maxResults: 1 })
    expect(nextToken).toEqual(expect.any(String))
    const resourceArn = await newPlan(account)
    await expectRefusal(get({ resourceArn, nextToken: nextToken ?? '' }), 'ValidationException', 400)
  })

  it('refuses pages of none or of more than 100', async () => {
    await expectViolation(get({ maxResults: 0 }), [
      { value: "'0'", at: 'maxResults', must: 'have value greater than or equal to 1' },
    ])
    await expectViolation(get({ maxResults: 101 }), [
      { value: "'101'", at: 'maxResults', must: 'have value less than or equal to 100' },
    ])
  })

  it('knows no plan that does not exist, nor the policies of one that has been deleted', async () => {
    const resourceArn = absent(plan)
    const notFound = { resourceType: 'RESPONSE_PLAN' }
    await expectRefusal(get({ resourceArn }), 'ResourceNotFoundException', 404, notFound)
    await account.incidents.send(new DeleteResponsePlanCommand({ arn: plan }))
    await expectRefusal(get(), 'ResourceNotFoundException', 404, notFound)
  })
})
