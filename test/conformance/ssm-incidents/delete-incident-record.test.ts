// DeleteIncidentRecord removes an incident with its timeline and its related items.
import {
  DeleteIncidentRecordCommand,
  GetIncidentRecordCommand,
  ListIncidentRecordsCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { answered, expectRefusal, expectViolation, newIncident } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const remove = (arn: string | undefined) => account.incidents.send(new DeleteIncidentRecordCommand({ arn }))

describe('DeleteIncidentRecord', () => {
  it('removes the incident from sight; removing it again succeeds', async () => {
    const arn = await newIncident(account)
    const output = await remove(arn)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(204)
    await expectRefusal(account.incidents.send(new GetIncidentRecordCommand({ arn })), 'ResourceNotFoundException', 404)
    const { incidentRecordSummaries = [] } = await account.incidents.send(new ListIncidentRecordsCommand({}))
    expect(incidentRecordSummaries.map((summary) => summary.arn)).not.toContain(arn)
    expect(answered(await remove(arn))).toEqual({})
  })

  it('must be told which', () =>
    expectViolation(remove(undefined), [{ value: 'null', at: 'arn', must: 'not be null' }]))
})
