// What the timeline promises to those who write on it and read it.
import { describe, expect, it } from 'vitest'
import { createTimelineEvent } from '../../../lib/incident-manager/operations/incidents/create-timeline-event.ts'
import { deleteIncidentRecord } from '../../../lib/incident-manager/operations/incidents/delete-incident-record.ts'
import { deleteTimelineEvent } from '../../../lib/incident-manager/operations/incidents/delete-timeline-event.ts'
import { getTimelineEvent } from '../../../lib/incident-manager/operations/incidents/get-timeline-event.ts'
import { listTimelineEvents } from '../../../lib/incident-manager/operations/incidents/list-timeline-events.ts'
import { updateTimelineEvent } from '../../../lib/incident-manager/operations/incidents/update-timeline-event.ts'
import { alarmStart, start, TOPIC, type World, worldWithPlan } from './world.ts'

const REFERENCE = 'arn:aws:dynamodb:us-east-1:111122223333:table/orders'

async function noted(): Promise<{
  w: World
  incidentRecordArn: string
  note: (text: string, more?: object) => Promise<string>
}> {
  const w = await worldWithPlan({
    incidentTemplate: { title: 'Payments fail', impact: 2, notificationTargets: [{ snsTopicArn: TOPIC }] },
  })
  const incidentRecordArn = await start(w, alarmStart('t'))
  w.calls()
  const note = async (text: string, more: object = {}): Promise<string> => {
    const input = { incidentRecordArn, eventTime: w.now, eventType: 'Note', eventData: JSON.stringify(text), ...more }
    const { eventId } = await createTimelineEvent(input, w.context)
    return eventId ?? ''
  }
  return { w, incidentRecordArn, note }
}

const customEvents = async (w: World): Promise<unknown> =>
  (await w.items()).find(({ sk }) => sk === 'record')?.['customEvents']

describe('CreateTimelineEvent', () => {
  it('keeps what was said, in two table calls, and tells no topic', async () => {
    const { w, incidentRecordArn, note } = await noted()
    w.published.length = 0
    const eventTime = new Date('2026-03-01T09:00:00.123Z')
    const eventReferences = [{ resource: REFERENCE }]
    const eventId = await note('It is the queue', { eventTime, eventReferences })
    expect(w.calls()).toEqual(['update record', 'put event'])
    const { event } = await getTimelineEvent({ incidentRecordArn, eventId }, w.context)
    expect(event).toEqual({
      incidentRecordArn,
      eventId,
      eventTime,
      eventUpdatedTime: w.now,
      eventType: 'Note',
      eventData: '"It is the queue"',
      eventReferences,
    })
    expect(w.published).toEqual([])
  })

  it('is counted once for each token, and refuses a token for anything else', async () => {
    const { w, note } = await noted()
    const first = await note('one', { clientToken: 'a' })
    expect(await note('one', { clientToken: 'a' })).toBe(first)
    await Promise.all([note('two', { clientToken: 'b' }), note('two', { clientToken: 'b' })])
    expect(await customEvents(w)).toBe(2)
    await expect(note('other', { clientToken: 'a' })).rejects.toMatchObject({
      name: 'ConflictException',
      resource: { type: 'TIMELINE_EVENT', id: first },
    })
    expect(await customEvents(w)).toBe(2)
  })

  it('leaves the service’s own types to the service, and needs an incident', async () => {
    const { incidentRecordArn, note } = await noted()
    await expect(note('x', { eventType: 'SSM Incident Start' })).rejects.toMatchObject({ name: 'ValidationException' })
    for (const wrong of [incidentRecordArn.replace('payments', 'other'), 'arn:aws:ssm-incidents::111122223333:x'])
      await expect(note('x', { incidentRecordArn: wrong })).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        resource: { type: 'INCIDENT_RECORD', id: wrong },
      })
  })

  it('takes 950 and keeps the rest of the 1,000 for the service; a call that comes again is still answered', async () => {
    const { w, note } = await noted()
    const first = await note('0', { clientToken: '0' })
    for (let n = 1; n < 950; n++) await note(`${n}`)
    await expect(note('too many')).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' })
    expect(await note('0', { clientToken: '0' })).toBe(first)
    expect(await customEvents(w)).toBe(950)
  })
})

describe('UpdateTimelineEvent', () => {
  it('changes what is given, once for each token', async () => {
    const { w, incidentRecordArn, note } = await noted()
    const eventId = await note('one')
    const created = w.now
    w.advance(1)
    const eventTime = new Date('2026-03-01T08:00:00.000Z')
    await updateTimelineEvent({ clientToken: 'u', incidentRecordArn, eventId, eventTime }, w.context)
    const moved = await getTimelineEvent({ incidentRecordArn, eventId }, w.context)
    expect(moved.event).toMatchObject({ eventTime, eventUpdatedTime: w.now, eventData: '"one"', eventType: 'Note' })
    expect(moved.event?.eventTime).not.toEqual(created)
    await updateTimelineEvent({ incidentRecordArn, eventId, eventData: '"two"', eventType: 'Custom Event' }, w.context)
    w.advance(1)
    await updateTimelineEvent({ clientToken: 'u', incidentRecordArn, eventId, eventTime }, w.context)
    const { event } = await getTimelineEvent({ incidentRecordArn, eventId }, w.context)
    expect(event).toMatchObject({ eventData: '"two"', eventType: 'Custom Event' })
    expect(event?.eventUpdatedTime).not.toEqual(w.now)
    const { eventSummaries } = await listTimelineEvents({ incidentRecordArn, sortOrder: 'ASCENDING' }, w.context)
    expect(eventSummaries?.[0]?.eventId).toBe(eventId)
  })

  it('neither changes the service’s events nor makes one of them', async () => {
    const { w, incidentRecordArn, note } = await noted()
    const own = await note('one')
    const { eventSummaries = [] } = await listTimelineEvents({ incidentRecordArn }, w.context)
    const service = eventSummaries.find(({ eventType }) => eventType === 'SSM Incident Start')?.eventId
    const refused = { name: 'ValidationException' }
    for (const input of [
      { eventId: service, eventData: 'x' },
      { eventId: own, eventType: 'SSM Incident Start' },
    ])
      await expect(updateTimelineEvent({ incidentRecordArn, ...input }, w.context)).rejects.toMatchObject(refused)
    await expect(deleteTimelineEvent({ incidentRecordArn, eventId: service }, w.context)).rejects.toMatchObject(refused)
  })

  it('needs an event', async () => {
    const { w, incidentRecordArn } = await noted()
    const gone = { name: 'ResourceNotFoundException', resource: { type: 'TIMELINE_EVENT', id: 'gone' } }
    await expect(updateTimelineEvent({ incidentRecordArn, eventId: 'gone' }, w.context)).rejects.toMatchObject(gone)
    await expect(getTimelineEvent({ incidentRecordArn, eventId: 'gone' }, w.context)).rejects.toMatchObject(gone)
  })
})

describe('DeleteTimelineEvent', () => {
  it('takes an event back, and succeeds on what is absent', async () => {
    const { w, incidentRecordArn, note } = await noted()
    const eventId = await note('one')
    await note('two')
    await Promise.all([
      deleteTimelineEvent({ incidentRecordArn, eventId }, w.context),
      deleteTimelineEvent({ incidentRecordArn, eventId }, w.context),
    ])
    expect(await deleteTimelineEvent({ incidentRecordArn, eventId }, w.context)).toEqual({})
    expect(await customEvents(w)).toBe(1)
    await expect(getTimelineEvent({ incidentRecordArn, eventId }, w.context)).rejects.toThrow('not found')
  })

  it('is for good: the call that created the event brings it not back when it comes again', async () => {
    const { w, incidentRecordArn, note } = await noted()
    const eventId = await note('one', { clientToken: 'a' })
    await deleteTimelineEvent({ incidentRecordArn, eventId }, w.context)
    expect(await note('one', { clientToken: 'a' })).toBe(eventId)
    await expect(note('other', { clientToken: 'a' })).rejects.toMatchObject({ name: 'ConflictException' })
    expect(await customEvents(w)).toBe(0)
    const gone = { name: 'ResourceNotFoundException' }
    await expect(getTimelineEvent({ incidentRecordArn, eventId }, w.context)).rejects.toMatchObject(gone)
    const update = { incidentRecordArn, eventId, eventData: '"b"' }
    await expect(updateTimelineEvent(update, w.context)).rejects.toMatchObject(gone)
    expect(await deleteTimelineEvent({ incidentRecordArn, eventId }, w.context)).toEqual({})
    const { eventSummaries = [] } = await listTimelineEvents({ incidentRecordArn }, w.context)
    expect(eventSummaries.map((event) => event.eventId)).not.toContain(eventId)
    await deleteIncidentRecord({ arn: incidentRecordArn }, w.context)
    w.advance(61)
    await w.sweep()
    expect((await w.items()).filter(({ pk }) => pk.startsWith('incident#'))).toEqual([])
  })

  it('makes room on a full timeline, wherever it died; what was deleted takes none', async () => {
    for (const call of [2, 3, 4]) {
      const { w, incidentRecordArn, note } = await noted()
      const ids: string[] = []
      for (let n = 0; n < 950; n++) ids.push(await note(`${n}`))
      const full = { name: 'ServiceQuotaExceededException' }
      await expect(note('one too many')).rejects.toMatchObject(full)
      const input = { incidentRecordArn, eventId: ids[0] }
      w.breakAfter(call, true)
      await expect(deleteTimelineEvent(input, w.context)).rejects.toThrow('has died')
      w.repair()
      await deleteTimelineEvent(input, w.context)
      await note('in its place')
      await expect(note('one too many')).rejects.toMatchObject(full)
    }
  })
})

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 11, minute))
const type = (...stringValues: string[]) => ({ key: 'eventType', condition: { equals: { stringValues } } })
const reference = (...stringValues: string[]) => ({
  key: 'eventReference',
  condition: { equals: { stringValues } },
})

describe('ListTimelineEvents', () => {
  it('is newest first, or oldest first when asked, without the data', async () => {
    const { w, incidentRecordArn, note } = await noted()
    for (const minute of [1, 3, 2])
      await note(`${minute}`, { eventTime: new Date(`2026-03-01T10:0${minute}:00.000Z`), clientToken: `${minute}` })
    const minutes = async (sortOrder?: 'ASCENDING' | 'DESCENDING') => {
      const filters = [{ key: 'eventType', condition: { equals: { stringValues: ['Note'] } } }]
      const { eventSummaries = [] } = await listTimelineEvents({ incidentRecordArn, sortOrder, filters }, w.context)
      for (const summary of eventSummaries) expect(summary).not.toHaveProperty('eventData')
      return eventSummaries.map(({ eventTime }) => eventTime?.getUTCMinutes())
    }
    expect(await minutes()).toEqual([3, 2, 1])
    expect(await minutes('DESCENDING')).toEqual([3, 2, 1])
    expect(await minutes('ASCENDING')).toEqual([1, 2, 3])
  })

  it('filters by time, type and reference: all filters, any of a filter’s values', async () => {
    const { w, incidentRecordArn, note } = await noted()
    const relatedItemId = `related-item/OTHER/${'A'.repeat(32)}`
    await note('1', { eventTime: at(1), eventReferences: [{ resource: REFERENCE }] })
    await note('2', { eventTime: at(2), eventType: 'Custom Event', eventReferences: [{ relatedItemId }] })
    await note('3', { eventTime: at(3) })
    const found = async (filters: Parameters<typeof listTimelineEvents>[0]['filters']) => {
      const { eventSummaries = [] } = await listTimelineEvents({ incidentRecordArn, filters }, w.context)
      return eventSummaries.map(({ eventTime }) => eventTime?.getUTCMinutes())
    }
    const after = (minute: number) => ({ key: 'eventTime', condition: { after: at(minute) } })
    const before = (minute: number) => ({ key: 'eventTime', condition: { before: at(minute) } })
    expect(await found([after(1)])).toEqual([3, 2])
    expect(await found([after(0), before(3)])).toEqual([2, 1])
    expect(await found([after(0), before(3), type('Note')])).toEqual([1])
    expect(await found([type('Note', 'Custom Event')])).toEqual([3, 2, 1])
    expect(await found([reference(REFERENCE)])).toEqual([1])
    expect(await found([reference(REFERENCE, relatedItemId)])).toEqual([2, 1])
    expect(await found([after(3), before(1)])).toEqual([])
    expect(await found([type()])).toEqual([])
  })

  it('refuses filters that it does not know', async () => {
    const { w, incidentRecordArn } = await noted()
    for (const filter of [
      { key: 'colour', condition: { equals: { stringValues: ['red'] } } },
      { key: 'toString', condition: { equals: { stringValues: ['red'] } } },
      { key: 'eventTime', condition: { equals: { stringValues: ['now'] } } },
      { key: 'eventType', condition: { after: w.now } },
      { key: 'eventType', condition: { equals: { integerValues: [1] } } },
    ])
      await expect(listTimelineEvents({ incidentRecordArn, filters: [filter] }, w.context)).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining(filter.key),
      })
  })

  it('goes on where a page ended, only for the same list, and may answer short when it filters', async () => {
    const { w, incidentRecordArn, note } = await noted()
    for (let n = 0; n < 40; n++) await note(`${n}`, { eventTime: new Date(w.now.getTime() - (n + 1) * 1000) })
    const seen = new Set<string | undefined>()
    let nextToken: string | undefined
    do {
      const page = await listTimelineEvents({ incidentRecordArn, maxResults: 7, nextToken }, w.context)
      for (const { eventId } of page.eventSummaries ?? []) seen.add(eventId)
      nextToken = page.nextToken
    } while (nextToken)
    expect(seen.size).toBe(42)
    const filters = [{ key: 'eventType', condition: { equals: { stringValues: ['SSM Incident Start'] } } }]
    const input = { incidentRecordArn, maxResults: 1, filters, sortOrder: 'ASCENDING' as const }
    const short = await listTimelineEvents(input, w.context)
    expect(short.eventSummaries).toEqual([])
    await expect(
      listTimelineEvents({ incidentRecordArn, nextToken: short.nextToken }, w.context),
    ).rejects.toMatchObject({ name: 'ValidationException' })
    const found = [...(short.eventSummaries ?? [])]
    let token = short.nextToken
    while (token) {
      const page = await listTimelineEvents({ ...input, nextToken: token }, w.context)
      found.push(...(page.eventSummaries ?? []))
      token = page.nextToken
    }
    expect(found.map(({ eventType }) => eventType)).toEqual(['SSM Incident Start'])
  })

  it('of an incident that does not exist is empty', async () => {
    const { w, incidentRecordArn } = await noted()
    const other = incidentRecordArn.replace('payments', 'other')
    expect(await listTimelineEvents({ incidentRecordArn: other }, w.context)).toEqual({ eventSummaries: [] })
  })
})
