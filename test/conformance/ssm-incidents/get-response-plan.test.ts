// GetResponsePlan answers the parts that a plan has, and only those.
import { GetResponsePlanCommand } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newPlan } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (arn: string) => account.incidents.send(new GetResponsePlanCommand({ arn }))

describe('GetResponsePlan', () => {
  it('answers a plan with nothing but a template', async () => {
    const arn = await newPlan(account)
    const output = await get(arn)
    expect(answered(output)).toEqual({
      arn,
      name: arn.slice(arn.lastIndexOf('/') + 1),
      incidentTemplate: { title: 'Conformance', impact: 5 },
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('knows no plan that does not exist', async () => {
    const other = absent(await newPlan(account))
    await expectRefusal(get(other), 'ResourceNotFoundException', 404, {
      resourceType: 'RESPONSE_PLAN',
      resourceIdentifier: other,
    })
  })
})
