// BatchGetIncidentFindings answers findings by their ids.
import { BatchGetIncidentFindingsCommand } from '@aws-sdk/client-ssm-incidents'
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

const get = (findingIds: string[], incidentRecordArn = incident) =>
  account.incidents.send(new BatchGetIncidentFindingsCommand({ incidentRecordArn, findingIds }))

describe('BatchGetIncidentFindings', () => {
  it('answers an error for each id that is not one of the incident', async () => {
    const output = await get(['finding-1', 'finding-2'])
    expect(answered(output)).toEqual({
      findings: [],
      errors: ['finding-1', 'finding-2'].map((findingId) => ({
        findingId,
        code: expect.any(String),
        message: expect.any(String),
      })),
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('takes 20 ids at most', async () => {
    const ids = Array.from({ length: 21 }, (_, index) => `${index}`)
    await expectViolation(get(ids), [
      { value: `'[${ids.join(', ')}]'`, at: 'findingIds', must: 'have length less than or equal to 20' },
    ])
  })

  it('knows no incident that does not exist', async () => {
    const other = absent(incident)
    await expectRefusal(get(['finding-1'], other), 'ResourceNotFoundException', 404, { resourceIdentifier: other })
  })
})
