// GetTimelineEvent answers one event of an incident's timeline.
import { GetTimelineEventCommand, ListTimelineEventsCommand } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newEvent, newIncident } from '../fixtures.ts'

let account: Account
let incident = ''

beforeAll(async () => {
  account = await connect()
  incident = await newIncident(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (eventId: string | undefined, incidentRecordArn = incident) =>
  account.incidents.send(new GetTimelineEventCommand({ incidentRecordArn, eventId }))

describe('GetTimelineEvent', () => {
  it('answers every member of an event that a caller has made', async () => {
    const eventTime = new Date('2026-01-02T03:04:05.000Z')
    const eventId = await newEvent(account, incident, eventTime)
    const output = await get(eventId)
    expect(answered(output)).toEqual({
      event: {
        incidentRecordArn: incident,
        eventId,
        eventTime,
        eventUpdatedTime: expect.any(Date),
        eventType: 'Custom Event',
        eventData: '"Conformance"',
      },
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('answers what the service says of the start of an incident, as JSON', async () => {
    const { eventSummaries = [] } = await account.incidents.send(
      new ListTimelineEventsCommand({ incidentRecordArn: incident }),
    )
    const of = (type: string) => eventSummaries.find(({ eventType }) => eventType === type)?.eventId
    const { event: start } = await get(of('SSM Incident Start'))
    expect(JSON.parse(start?.eventData ?? '')).toMatchObject({ incidentTitle: 'Conformance', contactsEngage: [] })
    const { event: trigger } = await get(of('SSM Incident Trigger'))
    expect(JSON.parse(trigger?.eventData ?? '')).toMatchObject({
      createdIncident: true,
      incidentSource: 'aws.ssm-incidents.custom',
    })
  })

  it('knows no event, and no incident, that does not exist', async () => {
    const eventId = '00000000-0000-4000-8000-000000000000'
    await expectRefusal(get(eventId), 'ResourceNotFoundException', 404, {
      resourceType: 'TIMELINE_EVENT',
      resourceIdentifier: eventId,
    })
    const real = await newEvent(account, incident, new Date())
    await expectRefusal(get(real, absent(incident)), 'ResourceNotFoundException', 404)
  })
})
