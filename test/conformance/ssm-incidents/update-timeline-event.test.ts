// UpdateTimelineEvent changes what is given of an event that a caller has made.
import {
  GetTimelineEventCommand,
  ListTimelineEventsCommand,
  UpdateTimelineEventCommand,
  type UpdateTimelineEventCommandInput,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { answered, expectRefusal, newEvent, newIncident } from '../fixtures.ts'

let account: Account
let incident = ''
const eventTime = new Date('2026-01-02T03:04:05.000Z')

beforeAll(async () => {
  account = await connect()
  incident = await newIncident(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const update = (eventId: string | undefined, more: Partial<UpdateTimelineEventCommandInput>) =>
  account.incidents.send(new UpdateTimelineEventCommand({ incidentRecordArn: incident, eventId, ...more }))
const get = async (eventId: string) =>
  (await account.incidents.send(new GetTimelineEventCommand({ incidentRecordArn: incident, eventId }))).event

describe('UpdateTimelineEvent', () => {
  it('changes what is given and leaves the rest', async () => {
    const eventId = await newEvent(account, incident, eventTime)
    const before = await get(eventId)
    const output = await update(eventId, { eventData: '"Corrected"' })
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(204)
    const after = await get(eventId)
    expect(after).toEqual({ ...before, eventData: '"Corrected"', eventUpdatedTime: expect.any(Date) })
    expect(after?.eventUpdatedTime?.getTime()).toBeGreaterThanOrEqual(before?.eventUpdatedTime?.getTime() ?? 0)
  })

  it('moves an event to another time', async () => {
    const eventId = await newEvent(account, incident, eventTime)
    const moved = new Date('2019-01-01T00:00:00.000Z')
    await update(eventId, { eventTime: moved })
    const { eventSummaries = [] } = await account.incidents.send(
      new ListTimelineEventsCommand({ incidentRecordArn: incident, sortOrder: 'ASCENDING', maxResults: 1 }),
    )
    expect(eventSummaries[0]).toMatchObject({ eventId, eventTime: moved })
  })

  it('does not do again what a repeated call has done before, and refuses its token for another change', async () => {
    const eventId = await newEvent(account, incident, eventTime)
    const clientToken = newName('token')
    await update(eventId, { clientToken, eventData: '"First"' })
    await update(eventId, { eventData: '"Second"' })
    await update(eventId, { clientToken, eventData: '"First"' })
    expect((await get(eventId))?.eventData).toBe('"Second"')
    await expectRefusal(update(eventId, { clientToken, eventData: '"Third"' }), 'ConflictException', 409)
  })

  it('loses nothing of calls at once: other parts of the event, or another call with the same token', async () => {
    for (let round = 0; round < 10; round++) {
      const eventId = await newEvent(account, incident, eventTime)
      const moved = new Date('2026-01-03T00:00:00.000Z')
      await Promise.all([update(eventId, { eventTime: moved }), update(eventId, { eventData: '"Corrected"' })])
      expect(await get(eventId)).toMatchObject({ eventTime: moved, eventData: '"Corrected"' })
      const clientToken = newName('token')
      const twins = ['"a"', '"b"'].map((eventData) => update(eventId, { clientToken, eventData }))
      const answers = await Promise.allSettled(twins)
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
  })

  it('leaves the service’s own events alone, and makes no event one of them', async () => {
    const { eventSummaries = [] } = await account.incidents.send(
      new ListTimelineEventsCommand({ incidentRecordArn: incident }),
    )
    const own = eventSummaries.find(({ eventType }) => eventType === 'SSM Incident Start')?.eventId
    await expectRefusal(update(own, { eventData: '"Changed"' }), 'ValidationException', 400)
    const eventId = await newEvent(account, incident, eventTime)
    await expectRefusal(update(eventId, { eventType: 'SSM Incident Start' }), 'ValidationException', 400)
  })

  it('knows no event that does not exist', async () => {
    const eventId = '00000000-0000-4000-8000-000000000000'
    await expectRefusal(update(eventId, { eventData: '"a"' }), 'ResourceNotFoundException', 404, {
      resourceType: 'TIMELINE_EVENT',
      resourceIdentifier: eventId,
    })
  })
})
