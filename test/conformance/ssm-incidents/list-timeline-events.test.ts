// ListTimelineEvents answers an incident's timeline, the newest first unless asked otherwise.
import {
  type ListTimelineEventsCommandInput,
  ListTimelineEventsCommand,
  paginateListTimelineEvents,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { expectPageRules, expectRefusal, newEvent, newIncident, pagesOf } from '../fixtures.ts'

let account: Account
let incident = ''
let ids: string[] = []
const times = ['2020-01-01T00:00:00.000Z', '2020-01-02T00:00:00.000Z', '2020-01-03T00:00:00.000Z'].map(
  (time) => new Date(time),
)

beforeAll(async () => {
  account = await connect()
  incident = await newIncident(account)
  ids = await Promise.all(times.map((time) => newEvent(account, incident, time)))
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (more: Partial<ListTimelineEventsCommandInput> = {}) =>
  account.incidents.send(new ListTimelineEventsCommand({ incidentRecordArn: incident, ...more }))
async function listed(more: Partial<ListTimelineEventsCommandInput>): Promise<(string | undefined)[]> {
  const input = { incidentRecordArn: incident, ...more }
  const pages = paginateListTimelineEvents({ client: account.incidents, pageSize: 1 }, input)
  const events = await pagesOf(pages, ({ eventSummaries }) => eventSummaries, 1)
  return events.map(({ eventId }) => eventId).filter((id) => id !== undefined && ids.includes(id))
}

describe('ListTimelineEvents', () => {
  it('is read page by page, each event once, by its time in either direction', async () => {
    expect(await listed({})).toEqual(ids.toReversed())
    expect(await listed({ sortBy: 'EVENT_TIME', sortOrder: 'ASCENDING' })).toEqual(ids)
  })

  it('answers every member but the data', async () => {
    const { eventSummaries = [] } = await list()
    expect(eventSummaries.find(({ eventId }) => eventId === ids[0])).toEqual({
      incidentRecordArn: incident,
      eventId: ids[0],
      eventTime: times[0],
      eventUpdatedTime: expect.any(Date),
      eventType: 'Custom Event',
    })
  })

  it('filters by type and by time', async () => {
    const custom = { key: 'eventType', condition: { equals: { stringValues: ['Custom Event'] } } }
    const after = { key: 'eventTime', condition: { after: new Date('2020-01-01T12:00:00Z') } }
    const before = { key: 'eventTime', condition: { before: new Date('2020-01-02T12:00:00Z') } }
    expect(await listed({ filters: [custom] })).toEqual(ids.toReversed())
    expect(await listed({ filters: [after, before] })).toEqual([ids[1]])
    const { eventSummaries = [] } = await list({ filters: [custom] })
    expect(new Set(eventSummaries.map(({ eventType }) => eventType))).toEqual(new Set(['Custom Event']))
  })

  it('refuses a filter of an unknown key, and a token for another order', async () => {
    const condition = { equals: { stringValues: ['a'] } }
    await expectRefusal(list({ filters: [{ key: 'colour', condition }] }), 'ValidationException', 400)
    const { nextToken } = await list({ maxResults: 1 })
    await expectRefusal(list({ nextToken, sortOrder: 'ASCENDING' }), 'ValidationException', 400)
  })

  it('takes pages of 1 to 100, and no token that it has not given', () => expectPageRules(list))
})
