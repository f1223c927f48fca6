// DeleteResponsePlan removes a plan; its incidents stay.
import {
  DeleteResponsePlanCommand,
  GetIncidentRecordCommand,
  GetResponsePlanCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { answered, expectRefusal, expectViolation, newIncident, newPlan } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const remove = (arn: string | undefined) => account.incidents.send(new DeleteResponsePlanCommand({ arn }))

describe('DeleteResponsePlan', () => {
  it('removes the plan and leaves its incidents; removing it again succeeds', async () => {
    const arn = await newPlan(account)
    const incident = await newIncident(account, arn)
    const output = await remove(arn)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(204)
    await expectRefusal(account.incidents.send(new GetResponsePlanCommand({ arn })), 'ResourceNotFoundException', 404)
    const { incidentRecord } = await account.incidents.send(new GetIncidentRecordCommand({ arn: incident }))
    expect(incidentRecord?.arn).toBe(incident)
    expect(answered(await remove(arn))).toEqual({})
  })

  it('must be told which', () =>
    expectViolation(remove(undefined), [{ value: 'null', at: 'arn', must: 'not be null' }]))
})
