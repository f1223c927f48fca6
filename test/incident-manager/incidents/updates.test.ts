// What changing an incident promises: what has changed is told once, with who changed it; resolving stops the paging.
import { describe, expect, it } from 'vitest'
import { getIncidentRecord } from '../../../lib/incident-manager/operations/incidents/get-incident-record.ts'
import { appendTimelineEvent } from '../../../lib/incident-manager/operations/incidents/timeline.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import {
  alarmStart,
  GONE,
  CALLER,
  CHAT,
  planEngaging,
  start,
  timelineOf,
  TOPIC,
  withPerson,
  updatesOf,
  worldWithPlan,
} from './world.ts'

const notFound = { name: 'ResourceNotFoundException', resource: { type: 'INCIDENT_RECORD' } }

describe('UpdateIncidentRecord', () => {
  it('changes what is given, and says so in one event', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    w.advance(1)
    await updateIncidentRecord({ arn, title: 'Orders wait', impact: 1, summary: 'It is the queue' }, w.context)
    const { incidentRecord } = await getIncidentRecord({ arn }, w.context)
    expect(incidentRecord).toMatchObject({
      title: 'Orders wait',
      impact: 1,
      summary: 'It is the queue',
      status: 'OPEN',
      lastModifiedTime: w.now,
    })
    expect(await updatesOf(w, arn)).toEqual([
      {
        modifiedBy: CALLER,
        modifiedAttributes: [
          { attributeName: 'title', newValue: 'Orders wait' },
          { attributeName: 'summary', newValue: 'It is the queue' },
          { attributeName: 'impact', newValue: '1' },
        ],
        incidentTitle: 'Orders wait',
      },
    ])
  })

  it('says nothing when nothing changes', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    await updateIncidentRecord({ arn, status: 'OPEN', impact: 2, chatChannel: { empty: {} } }, w.context)
    expect(await updatesOf(w, arn)).toEqual([])
  })

  it('is applied once however often the same call comes, and refuses its token for anything else', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    const input = { clientToken: 'u', arn, impact: 1 }
    await Promise.all([updateIncidentRecord(input, w.context), updateIncidentRecord(input, w.context)])
    await updateIncidentRecord({ clientToken: 'v', arn, impact: 3 }, w.context)
    await updateIncidentRecord(input, w.context)
    const { incidentRecord } = await getIncidentRecord({ arn }, w.context)
    expect(incidentRecord?.impact).toBe(3)
    expect(await updatesOf(w, arn)).toHaveLength(2)
    await expect(updateIncidentRecord({ ...input, impact: 5 }, w.context)).rejects.toMatchObject({
      name: 'ConflictException',
      resource: { type: 'INCIDENT_RECORD', id: arn },
    })
  })

  it('remembers the last 20 tokens', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    for (let n = 0; n < 30; n++) {
      w.advance(1)
      await updateIncidentRecord({ clientToken: `u${n}`, arn, title: `Title ${n}` }, w.context)
    }
    const record = (await w.items()).find(({ sk }) => sk === 'record')
    expect(Object.keys(record ?? {}).filter((name) => name.startsWith('token:'))).toHaveLength(20)
    await updateIncidentRecord({ clientToken: 'u10', arn, title: 'Title 10' }, w.context)
    const { incidentRecord } = await getIncidentRecord({ arn }, w.context)
    expect(incidentRecord?.title).toBe('Title 29')
  })

  it('sets and clears who is notified', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    const notificationTargets = [{ snsTopicArn: TOPIC }]
    await updateIncidentRecord({ arn, notificationTargets, chatChannel: { chatbotSns: [CHAT] } }, w.context)
    const set = await getIncidentRecord({ arn }, w.context)
    expect(set.incidentRecord).toMatchObject({ notificationTargets, chatChannel: { chatbotSns: [CHAT] } })
    expect(w.published.map(({ topicArn }) => topicArn)).toEqual([TOPIC, CHAT])
    await updateIncidentRecord({ arn, notificationTargets: [], chatChannel: { empty: {} } }, w.context)
    const { incidentRecord } = await getIncidentRecord({ arn }, w.context)
    expect(incidentRecord?.notificationTargets).toEqual([])
    expect(incidentRecord?.chatChannel).toBeUndefined()
  })

  it('stops the engagements when it resolves, and forgets when it reopens', async () => {
    const w = await worldWithPlan()
    const responsePlanArn = await planEngaging(w, [await withPerson(w, 'ana')])
    const arn = await start(w, { clientToken: 't', responsePlanArn })
    w.advance(1)
    await updateIncidentRecord({ arn, status: 'RESOLVED' }, w.context)
    const resolved = await getIncidentRecord({ arn }, w.context)
    expect(resolved.incidentRecord).toMatchObject({ status: 'RESOLVED', resolvedTime: w.now })
    const engagement = (await w.items()).find(({ sk }) => sk === 'engagement')
    expect(JSON.stringify(engagement)).toContain('"stopped":{')
    expect(await updatesOf(w, arn)).toMatchObject([
      { modifiedAttributes: [{ attributeName: 'status', newValue: 'RESOLVED' }] },
    ])
    await updateIncidentRecord({ arn, status: 'OPEN' }, w.context)
    const { incidentRecord } = await getIncidentRecord({ arn }, w.context)
    expect(incidentRecord).toMatchObject({ status: 'OPEN' })
    expect(incidentRecord?.resolvedTime).toBeUndefined()
  })

  it('resolves once when many resolve at once', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    const tokens = Array.from({ length: 20 }, (_, index) => `u${index}`)
    await Promise.all(
      tokens.map((clientToken) => updateIncidentRecord({ clientToken, arn, status: 'RESOLVED' }, w.context)),
    )
    expect(await updatesOf(w, arn)).toHaveLength(1)
    expect(JSON.stringify(await w.items())).not.toMatch(/owed|dueAt/u)
  })

  it('needs an incident', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    for (const wrong of [GONE, arn.replace('/payments/', '/other/'), arn.replace('incident-record', 'x'), 'arn:aws:x'])
      await expect(updateIncidentRecord({ arn: wrong, impact: 1 }, w.context)).rejects.toMatchObject(notFound)
  })

  it('is finished by a sweep after it has died, also when others have come and gone meanwhile', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    w.breakAfter(2)
    await expect(updateIncidentRecord({ clientToken: 'dead', arn, impact: 1 }, w.context)).rejects.toThrow('died')
    w.repair()
    await updateIncidentRecord({ clientToken: 'alive', arn, title: 'Other' }, w.context)
    expect(await updatesOf(w, arn)).toHaveLength(1)
    w.advance(1)
    await w.sweep()
    expect(await updatesOf(w, arn)).toHaveLength(2)
    expect(JSON.stringify(await w.items())).not.toMatch(/owed|dueAt/u)
  })

  it('loses nothing of a call that comes and dies while another is clearing what it owed', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    const { table } = w.context
    const dying = { ...w.context, table: { ...table, put: () => Promise.reject(new Error('The process has died')) } }
    let interruption: Promise<unknown> | undefined
    const put: typeof table.put = async (...args) => {
      interruption ??= Promise.allSettled([updateIncidentRecord({ arn, impact: 1 }, dying)])
      await interruption
      return table.put(...args)
    }
    await updateIncidentRecord({ arn, title: 'Other' }, { ...w.context, table: { ...table, put } })
    expect(await interruption).toMatchObject([{ status: 'rejected' }])
    expect(await updatesOf(w, arn)).toHaveLength(1)
    w.advance(1)
    await w.sweep()
    expect(await updatesOf(w, arn)).toHaveLength(2)
    expect(JSON.stringify(await w.items())).not.toMatch(/owed|dueAt/u)
  })
})

describe('appendTimelineEvent', () => {
  it('writes an event once, in one read and one write, and needs an incident', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    w.calls()
    const event = { type: 'SSM Contacts Page for Incident', time: w.now, data: { contactArn: 'c' }, key: 'page 1' }
    await appendTimelineEvent(w.context, arn, event)
    expect(w.calls()).toEqual(['get record', 'put event'])
    await appendTimelineEvent(w.context, arn, event)
    await appendTimelineEvent(w.context, GONE, event)
    await appendTimelineEvent(w.context, 'no ARN', event)
    expect((await timelineOf(w, arn)).filter(({ type }) => type === event.type)).toEqual([
      { type: event.type, data: event.data },
    ])
  })
})
