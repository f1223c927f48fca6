// DeleteResourcePolicy takes one policy off a response plan.
import {
  DeleteResourcePolicyCommand,
  GetResourcePoliciesCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newPlan } from '../fixtures.ts'
import { planPolicy } from '../policies.ts'

let account: Account
let plan = ''

beforeAll(async () => {
  account = await connect()
  plan = await newPlan(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const put = (shared: string) =>
  account.incidents.send(new PutResourcePolicyCommand({ resourceArn: plan, policy: planPolicy(plan, shared) }))
const remove = (policyId = '', resourceArn = plan) =>
  account.incidents.send(new DeleteResourcePolicyCommand({ resourceArn, policyId }))

describe('DeleteResourcePolicy', () => {
  it('removes that policy and no other', async () => {
    const [{ policyId: gone }, { policyId: kept }] = [await put('444455556666'), await put('555566667777')]
    const output = await remove(gone)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(200)
    const { resourcePolicies } = await account.incidents.send(new GetResourcePoliciesCommand({ resourceArn: plan }))
    expect(resourcePolicies?.map(({ policyId }) => policyId)).toEqual([kept])
    await expectRefusal(remove(gone), 'ResourceNotFoundException', 404, { resourceType: 'RESOURCE_POLICY' })
  })

  it('knows no policy of any other name', async () => {
    for (const id of ['', '0'.repeat(32), '🔔'.repeat(256)])
      await expectRefusal(remove(id), 'ResourceNotFoundException', 404)
  })

  it('knows no plan that does not exist', async () => {
    const { policyId } = await put('666677778888')
    await expectRefusal(remove(policyId, absent(plan)), 'ResourceNotFoundException', 404, {
      resourceType: 'RESPONSE_PLAN',
    })
  })
})
