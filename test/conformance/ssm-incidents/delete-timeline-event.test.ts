// DeleteTimelineEvent takes an event off an incident's timeline.
import {
  DeleteTimelineEventCommand,
  GetTimelineEventCommand,
  ListTimelineEventsCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { answered, expectRefusal, expectViolation, newEvent, newIncident } from '../fixtures.ts'

let account: Account
let incident = ''

beforeAll(async () => {
  account = await connect()
  incident = await newIncident(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const remove = (eventId: string | undefined) =>
  account.incidents.send(new DeleteTimelineEventCommand({ incidentRecordArn: incident, eventId }))

describe('DeleteTimelineEvent', () => {
  it('removes the event; removing it again succeeds', async () => {
    const eventId = await newEvent(account, incident, new Date())
    const output = await remove(eventId)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(204)
    const get = new GetTimelineEventCommand({ incidentRecordArn: incident, eventId })
    await expectRefusal(account.incidents.send(get), 'ResourceNotFoundException', 404)
    expect(answered(await remove(eventId))).toEqual({})
  })

  it('leaves the service’s own events alone', async () => {
    const { eventSummaries = [] } = await account.incidents.send(
      new ListTimelineEventsCommand({ incidentRecordArn: incident }),
    )
    const own = eventSummaries.find(({ eventType }) => eventType === 'SSM Incident Start')?.eventId
    await expectRefusal(remove(own), 'ValidationException', 400)
  })

  it('must be told which', () =>
    expectViolation(remove(undefined), [{ value: 'null', at: 'eventId', must: 'not be null' }]))
})
