// ListIncidentFindings answers what AWS has found to be a possible cause of an incident.
import { ListIncidentFindingsCommand } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newIncident } from '../fixtures.ts'

let account: Account
let incident = ''

beforeAll(async () => {
  account = await connect()
  incident = await newIncident(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (more: { incidentRecordArn?: string; maxResults?: number; nextToken?: string } = {}) =>
  account.incidents.send(new ListIncidentFindingsCommand({ incidentRecordArn: incident, ...more }))

describe('ListIncidentFindings', () => {
  it('answers an empty list for an incident without findings', async () => {
    const output = await list({ maxResults: 20 })
    expect(answered(output)).toEqual({ findings: [] })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('refuses pages of more than 20, and a token that it has not given', async () => {
    await expectViolation(list({ maxResults: 21 }), [
      { value: "'21'", at: 'maxResults', must: 'have value less than or equal to 20' },
    ])
    await expectRefusal(list({ nextToken: 'forged' }), 'ValidationException', 400)
  })

  it('knows no incident that does not exist', async () => {
    const other = absent(incident)
    await expectRefusal(list({ incidentRecordArn: other }), 'ResourceNotFoundException', 404, {
      resourceType: 'INCIDENT_RECORD',
      resourceIdentifier: other,
    })
  })
})
