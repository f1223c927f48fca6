// GetIncidentRecord answers what is known of an incident.
import { GetIncidentRecordCommand, UpdateIncidentRecordCommand } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newIncident } from '../fixtures.ts'

let account: Account
let arn = ''

beforeAll(async () => {
  account = await connect()
  arn = await newIncident(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (of: string) => account.incidents.send(new GetIncidentRecordCommand({ arn: of }))

describe('GetIncidentRecord', () => {
  it('answers every member that an open incident has', async () => {
    const output = await get(arn)
    expect(answered(output)).toEqual({
      incidentRecord: {
        arn,
        title: 'Conformance',
        status: 'OPEN',
        impact: 5,
        creationTime: expect.any(Date),
        lastModifiedTime: expect.any(Date),
        lastModifiedBy: expect.stringMatching(/^arn:/u),
        automationExecutions: [],
        incidentRecordSource: { createdBy: expect.stringMatching(/^arn:/u), source: 'aws.ssm-incidents.custom' },
        dedupeString: expect.stringMatching(/^[0-9a-f-]{36}$/u),
        notificationTargets: [],
      },
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('answers when it was resolved', async () => {
    await account.incidents.send(new UpdateIncidentRecordCommand({ arn, status: 'RESOLVED' }))
    const { incidentRecord } = await get(arn)
    expect(incidentRecord).toMatchObject({ status: 'RESOLVED', resolvedTime: expect.any(Date) })
    expect(incidentRecord?.resolvedTime?.getTime()).toBeGreaterThanOrEqual(incidentRecord?.creationTime?.getTime() ?? 0)
  })

  it('knows no incident that does not exist', async () => {
    const other = absent(arn)
    await expectRefusal(get(other), 'ResourceNotFoundException', 404, {
      resourceType: 'INCIDENT_RECORD',
      resourceIdentifier: other,
    })
  })
})
