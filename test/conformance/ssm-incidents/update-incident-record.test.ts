// UpdateIncidentRecord changes what is given of an incident, and the timeline says so.
import {
  GetIncidentRecordCommand,
  GetTimelineEventCommand,
  type IncidentRecordStatus,
  ListTimelineEventsCommand,
  UpdateIncidentRecordCommand,
  type UpdateIncidentRecordCommandInput,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newIncident } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const update = (input: UpdateIncidentRecordCommandInput) =>
  account.incidents.send(new UpdateIncidentRecordCommand(input))
const get = async (arn: string) => (await account.incidents.send(new GetIncidentRecordCommand({ arn }))).incidentRecord

describe('UpdateIncidentRecord', () => {
  it('changes what is given and leaves the rest', async () => {
    const arn = await newIncident(account)
    const before = await get(arn)
    const output = await update({ arn, title: 'Another', impact: 1, summary: 'Known by now' })
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(204)
    const { lastModifiedTime, ...rest } = before ?? {}
    const after = await get(arn)
    expect(after).toEqual({
      ...rest,
      title: 'Another',
      impact: 1,
      summary: 'Known by now',
      lastModifiedTime: expect.any(Date),
    })
    expect(after?.lastModifiedTime?.getTime()).toBeGreaterThanOrEqual(lastModifiedTime?.getTime() ?? 0)
  })

  it('tells the timeline who has changed what', async () => {
    const { incidents } = account
    const incidentRecordArn = await newIncident(account)
    await update({ arn: incidentRecordArn, status: 'RESOLVED' })
    const filters = [{ key: 'eventType', condition: { equals: { stringValues: ['SSM Incident Record Update'] } } }]
    const { eventSummaries = [] } = await incidents.send(new ListTimelineEventsCommand({ incidentRecordArn, filters }))
    const eventId = eventSummaries[0]?.eventId
    const { event } = await incidents.send(new GetTimelineEventCommand({ incidentRecordArn, eventId }))
    expect(JSON.parse(event?.eventData ?? '')).toMatchObject({
      modifiedBy: expect.stringMatching(/^arn:/u),
      modifiedAttributes: [{ attributeName: 'status', newValue: 'RESOLVED' }],
      incidentTitle: 'Conformance',
    })
  })

  it('opens a resolved incident again', async () => {
    const arn = await newIncident(account)
    await update({ arn, status: 'RESOLVED' })
    await update({ arn, status: 'OPEN' })
    const record = await get(arn)
    expect(record?.status).toBe('OPEN')
    expect(record).not.toHaveProperty('resolvedTime')
  })

  it('does not do again what a repeated call has done before, and refuses its token for another change', async () => {
    const arn = await newIncident(account)
    const clientToken = newName('token')
    await update({ arn, clientToken, impact: 1 })
    await update({ arn, impact: 2 })
    await update({ arn, clientToken, impact: 1 })
    expect((await get(arn))?.impact).toBe(2)
    await expectRefusal(update({ arn, clientToken, impact: 3 }), 'ConflictException', 409)
  })

  it('refuses a status that there is not', async () => {
    const arn = await newIncident(account)
    // The client’s types know the two that there are.
    const status: IncidentRecordStatus = JSON.parse('"CLOSED"')
    await expectViolation(update({ arn, status }), [
      { value: "'CLOSED'", at: 'status', must: 'satisfy enum value set: [OPEN, RESOLVED]' },
    ])
  })

  it('knows no incident that does not exist', async () => {
    const other = absent(await newIncident(account))
    await expectRefusal(update({ arn: other, impact: 1 }), 'ResourceNotFoundException', 404, {
      resourceType: 'INCIDENT_RECORD',
      resourceIdentifier: other,
    })
  })
})
