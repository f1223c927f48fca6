// Who is told of a new incident: people first and in the same call, then topics, none of which can hold it up.
import { describe, expect, it } from 'vitest'
import { listIncidentRecords } from '../../../lib/incident-manager/operations/incidents/list-incident-records.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { text } from '../../../lib/incident-manager/store/stored.ts'
import {
  alarmStart,
  CHAT,
  planEngaging,
  start,
  timelineOf,
  TOPIC,
  typesOf,
  withPerson,
  worldWithPlan,
} from './world.ts'

describe('telling people', () => {
  it('happens in the same call, before the timeline is written', async () => {
    const w = await worldWithPlan()
    const ana = await withPerson(w, 'ana')
    const plan = await planEngaging(w, [ana])
    const order: string[] = []
    const { delivery, table } = w.context
    const context = {
      ...w.context,
      delivery: {
        ...delivery,
        send: (message: Parameters<typeof delivery.send>[0]) => {
          order.push('page')
          return delivery.send(message)
        },
      },
      table: {
        ...table,
        put: (...args: Parameters<typeof table.put>) => {
          if (args[0].sk.startsWith('event#')) order.push(text(args[0], 'eventType'))
          return table.put(...args)
        },
      },
    }
    const arn = await start({ ...w, context }, { clientToken: 't', responsePlanArn: plan })
    expect(order[0]).toBe('page')
    expect(order.slice(-2)).toEqual(['SSM Incident Trigger', 'SSM Incident Start'])
    expect(w.sent).toHaveLength(1)
    expect(w.sent[0]).toMatchObject({ contactArn: ana, channelType: 'SMS' })
    expect(await timelineOf(w, arn)).toContainEqual({
      type: 'SSM Incident Start',
      data: { incidentTitle: 'Paged', contactsEngage: [{ contactArn: ana, contactName: 'ana' }] },
    })
  })

  it('reaches the others when a contact of the plan does not exist', async () => {
    const w = await worldWithPlan()
    const ana = await withPerson(w, 'ana')
    const plan = await planEngaging(w, [ana.replace('/ana', '/gone'), ana])
    await start(w, { clientToken: 't', responsePlanArn: plan })
    expect(w.sent.map(({ contactArn }) => contactArn)).toEqual([ana])
  })

  it('happens once, however often the same call comes', async () => {
    const w = await worldWithPlan()
    const plan = await planEngaging(w, [await withPerson(w, 'ana')])
    const input = { clientToken: 't', responsePlanArn: plan }
    await Promise.all([start(w, input), start(w, input)])
    await start(w, input)
    expect(new Set(w.sent.map(({ key }) => key)).size).toBe(1)
  })

  it('does not happen when the incident was over before anybody could be told', async () => {
    const w = await worldWithPlan()
    const responsePlanArn = await planEngaging(w, [await withPerson(w, 'ana')])
    w.breakAfter(2)
    await expect(start(w, { clientToken: 't', responsePlanArn })).rejects.toThrow('died')
    w.repair()
    const { incidentRecordSummaries: [incident] = [] } = await listIncidentRecords({}, w.context)
    const arn = incident?.arn ?? ''
    await updateIncidentRecord({ arn, status: 'RESOLVED' }, w.context)
    w.advance(1)
    await w.sweep()
    expect(w.sent).toEqual([])
    expect(await typesOf(w, arn)).toContain('SSM Incident Start')
  })
})

describe('telling topics', () => {
  it('tells its notification targets and its chat channel, each once', async () => {
    const w = await worldWithPlan({
      incidentTemplate: { title: 'Payments fail', impact: 2, notificationTargets: [{ snsTopicArn: TOPIC }] },
      chatChannel: { chatbotSns: [CHAT, TOPIC] },
    })
    w.published.length = 0
    const arn = await start(w, alarmStart('t'))
    expect(w.published.map(({ topicArn, message }) => [topicArn, message['detail-type']])).toEqual([
      [TOPIC, 'SSM Incident Trigger'],
      [CHAT, 'SSM Incident Trigger'],
      [TOPIC, 'SSM Incident Start'],
      [CHAT, 'SSM Incident Start'],
    ])
    expect(w.published[2]?.message).toMatchObject({
      source: 'aws.ssm-incidents',
      account: '111122223333',
      region: 'us-east-1',
      resources: [arn],
      detail: { incidentTitle: 'Payments fail' },
    })
  })

  it('is not held up by a topic that refuses, which is told later', async () => {
    const w = await worldWithPlan({
      incidentTemplate: {
        title: 'Payments fail',
        impact: 2,
        notificationTargets: [{ snsTopicArn: CHAT }, { snsTopicArn: TOPIC }],
      },
    })
    w.refusing.add(CHAT)
    const arn = await start(w, alarmStart('t'))
    expect(w.published.map(({ topicArn }) => topicArn)).toEqual([TOPIC, TOPIC])
    expect(await typesOf(w, arn)).toEqual(['SSM Incident Start', 'SSM Incident Trigger'])
    w.refusing.clear()
    w.advance(5)
    await w.sweep()
    expect(w.published.map(({ topicArn }) => topicArn).toSorted()).toEqual([CHAT, CHAT, TOPIC, TOPIC])
    w.advance(60)
    await w.sweep()
    expect(w.published).toHaveLength(4)
  })

  it('gives a topic up that has refused for a day', async () => {
    const w = await worldWithPlan({ chatChannel: { chatbotSns: [CHAT] } })
    w.refusing.add(CHAT)
    await start(w, alarmStart('t'))
    w.advance(24 * 60)
    await w.sweep()
    w.refusing.clear()
    w.advance(24 * 60)
    const before = w.published.length
    await w.sweep()
    expect(w.published).toHaveLength(before)
  })
})
