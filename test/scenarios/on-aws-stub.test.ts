// The main job against a service that has only what AWS documents: nothing that Tocsin's own incident manager adds is needed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { StartIncidentCommand } from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, it } from 'vitest'
import { OnAws } from '../aws-stub/on-aws.ts'
import type { StubOptions } from '../aws-stub/stub.ts'
import { START } from './rehearsal.ts'

const count = (list: readonly string[], pattern: RegExp): number => list.filter((text) => pattern.test(text)).length
const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1000)
const ACKNOWLEDGEMENT = 'SSM Contacts Page Acknowledgement for Incident'
const UPDATE = 'SSM Incident Record Update'
const ALARM = { name: 'pay-errors', state: 'ALARM' } as const
const OK = { name: 'pay-errors', state: 'OK' } as const
const SHARED = [
  { name: 'shared', title: 'Shared', impact: 3, dedupeString: 'one for all', engage: ['on-call'] },
] satisfies StubOptions['plans']
const AUTO = [
  { name: 'default', title: 'Something is wrong', impact: 3, engage: ['on-call', 'secondary'] },
] satisfies StubOptions['plans']

let aws: OnAws
afterEach(() => aws.close())

describe('on a service that has only what AWS documents', () => {
  it('opens an incident with all that a responder needs', async () => {
    aws = await OnAws.start()
    await aws.rehearsal.alarm(ALARM)
    const { title, impact, status, triggerArn, rawData, items, timeline } = aws.stub.incident
    const alarm = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-errors'
    expect({ title, impact, status, triggerArn }).toEqual({
      title: 'pay-errors (us-east-1)',
      impact: 2,
      status: 'OPEN',
      triggerArn: alarm,
    })
    expect(JSON.parse(rawData ?? '')).toMatchObject({ detail: { alarmName: 'pay-errors' } })
    expect(items.map(({ type, value }) => [type, value])).toEqual(
      expect.arrayContaining([
        ['OTHER', 'https://wiki.example.com/pay-errors'],
        ['OTHER', expect.stringContaining('#alarmsV2:alarm/pay-errors')],
        ['METRIC', expect.stringContaining('HTTPCode_Target_5XX_Count')],
        ['INVOLVED_RESOURCE', alarm],
      ]),
    )
    expect(timeline.filter(({ type }) => type === 'Custom Event')).toHaveLength(1)
    expect(aws.stub.pages).toHaveLength(1)
  })

  it('names a source that a customer may give: AWS keeps those that begin with "aws." to itself', async () => {
    aws = await OnAws.start()
    await aws.rehearsal.alarm(ALARM)
    const [call] = aws.stub.calls.filter(({ operation }) => operation === 'StartIncident')
    expect(call?.outcome).toBe('ok')
  })

  it('starts one incident per alarm, however often and by whichever road its change comes', async () => {
    aws = await OnAws.start({}, undefined, { startAt: new Date('2026-03-01T12:04:03.000Z') })
    const { rehearsal } = aws
    const fixture = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../../events', name), 'utf8'))
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
    const lambda = new LambdaClient({ endpoint: rehearsal.system.url, region: 'us-east-1', credentials })
    const Payload = Buffer.from(JSON.stringify(fixture('lambda/alarm-invocation.json')))
    for (let times = 0; times < 2; times++) {
      await rehearsal.publish('alarms', fixture('sns/alarm-notification.message.json'))
      await lambda.send(new InvokeCommand({ FunctionName: 'open-incident', InvocationType: 'Event', Payload }))
      const { source, detail, resources, ...event } = fixture('cloudwatch/alarm.json')
      await rehearsal.put(source, event['detail-type'], detail, resources)
    }
    lambda.destroy()
    expect(aws.stub.calls.filter(({ operation }) => operation === 'StartIncident')).toHaveLength(1)
    expect(aws.stub.told()).toEqual([expect.stringMatching(/^Alarm checkout-5xx went from OK to ALARM/)])
    expect(aws.stub.pages).toHaveLength(1)
  })

  it('opens ten incidents for fifty changes of ten alarms at once', async () => {
    aws = await OnAws.start()
    const storm = Array.from({ length: 50 }, (_, index) => ({
      name: `alarm-${index % 10}`,
      state: 'ALARM' as const,
      at: START,
    }))
    await aws.rehearsal.alarm(...storm)
    expect(aws.stub.incidents).toHaveLength(10)
    for (const incident of aws.stub.incidents) expect(aws.stub.told(incident)).toHaveLength(1)
  })

  it('shares the incident of a plan that has a dedupe string, and resolves it when none of its alarms fires', async () => {
    aws = await OnAws.start({ plans: SHARED })
    const { rehearsal, stub } = aws
    await rehearsal.alarm({ name: 'shared-one', state: 'ALARM' })
    await rehearsal.alarm({ name: 'shared-two', state: 'ALARM' })
    expect(count(stub.told(), /shared-(?:one|two) went from OK to ALARM/)).toBe(2)
    await rehearsal.alarm({ name: 'shared-one', state: 'OK', at: after(1) })
    await rehearsal.minutes(30)
    expect(stub.incident.status).toBe('OPEN')
    await rehearsal.alarm({ name: 'shared-two', state: 'OK' })
    await rehearsal.minutes(30)
    expect(stub.incident.status).toBe('RESOLVED')
  })

  it('never resolves what a person started, though an alarm has joined it', async () => {
    aws = await OnAws.start({ plans: SHARED })
    const { rehearsal, stub, person } = aws
    const responsePlanArn = 'arn:aws:ssm-incidents::111122223333:response-plan/shared'
    await person.send(new StartIncidentCommand({ responsePlanArn, title: 'By hand' }))
    await rehearsal.alarm({ name: 'shared-errors', state: 'ALARM' })
    await rehearsal.alarm({ name: 'shared-errors', state: 'OK', at: after(1) })
    await rehearsal.minutes(30)
    expect(stub.incident.status).toBe('OPEN')
    expect(count(stub.told(), /left open, because a human started this incident/)).toBe(1)
  })

  it('engages the manager after fifteen minutes without an answer, and raises the impact', async () => {
    aws = await OnAws.start()
    const { rehearsal, stub } = aws
    await rehearsal.alarm(ALARM)
    await rehearsal.minutes(14)
    expect(stub.engagements.map(({ contactArn }) => contactArn.split('/').at(-1))).toEqual(['on-call'])
    await rehearsal.minutes(2)
    expect(stub.engagements.map(({ contactArn }) => contactArn.split('/').at(-1))).toEqual(['on-call', 'manager'])
    expect(stub.incident.impact).toBe(1)
    await rehearsal.minutes(60)
    expect(count(stub.told(), /^Escalated to manager/)).toBe(3)
  })

  it.each(['AWS tells of it', 'nobody tells of it'])(
    'escalates no more once a person answers, where %s',
    async (told) => {
      aws = await OnAws.start()
      const { rehearsal, stub } = aws
      await rehearsal.alarm(ALARM)
      stub.acknowledge(stub.pages[0])
      if (told === 'AWS tells of it') await aws.notify(ACKNOWLEDGEMENT)
      await rehearsal.minutes(60)
      expect(stub.engagements).toHaveLength(1)
      expect(stub.incident.impact).toBe(2)
      expect(stub.told()).toHaveLength(1)
    },
  )

  it('accepts the other open pages of who answered, where a rule asks for it, and says that Tocsin did', async () => {
    aws = await OnAws.start({ plans: AUTO })
    const { rehearsal, stub } = aws
    await rehearsal.alarm({ name: 'auto-errors', state: 'ALARM' })
    stub.pageAgain(stub.engagements[0])
    const [first, ofAnother, again] = stub.pages
    stub.acknowledge(first)
    await aws.notify(ACKNOWLEDGEMENT)
    expect(again?.note).toMatch(/^Accepted by Tocsin: primary answered on another channel/)
    expect(ofAnother?.readAt).toBeUndefined()
    await aws.notify(ACKNOWLEDGEMENT)
    expect(stub.callsOf('AcceptPage')).toHaveLength(1)
    expect(count(stub.told(), /accepted by Tocsin/)).toBe(1)
  })

  it('takes a reply by SMS for an acknowledgement, and a wrong code for nothing', async () => {
    aws = await OnAws.start()
    const { rehearsal, stub } = aws
    await rehearsal.alarm(ALARM)
    const [page] = stub.pages
    const reply = (messageBody: string) =>
      rehearsal.publish('replies', {
        originationNumber: '+15550100',
        destinationNumber: '+15550199',
        messageKeyword: 'KEYWORD',
        messageBody,
        inboundMessageId: `reply-${messageBody}`,
      })
    await reply('999999')
    expect(page?.readAt).toBeUndefined()
    await reply(page?.code ?? '')
    expect(page?.readAt).toEqual(START)
    await rehearsal.minutes(30)
    expect(stub.engagements).toHaveLength(1)
    expect(await rehearsal.system.failures()).toEqual([])
  })

  it('tells every state change at the instant it happened', async () => {
    aws = await OnAws.start()
    const { rehearsal, stub } = aws
    await rehearsal.alarm({ ...ALARM, at: after(0) })
    await rehearsal.alarm({ name: 'pay-errors', state: 'INSUFFICIENT_DATA', at: after(20) })
    await rehearsal.alarm({ ...OK, at: after(30), threshold: 7 })
    const changes = stub.incident.timeline.filter(({ data }) => JSON.parse(data).stateTimestamp !== undefined)
    expect(changes.map(({ at, data }) => [at, JSON.parse(data).state])).toEqual([
      [after(0), 'ALARM'],
      [after(20), 'INSUFFICIENT_DATA'],
      [after(30), 'OK'],
    ])
    expect(JSON.parse(changes.at(-1)?.data ?? '')).toMatchObject({ value: 12, threshold: 7 })
  })

  it('stops the engagements on recovery, and resolves after the quiet time', async () => {
    aws = await OnAws.start()
    const { rehearsal, stub } = aws
    await rehearsal.alarm(ALARM)
    await rehearsal.alarm({ ...OK, at: after(1) })
    await rehearsal.minutes(1)
    expect(stub.engagements.map(({ stopReason }) => stopReason)).toEqual([
      expect.stringMatching(/^Paging stopped: pay-errors is OK since/),
    ])
    await rehearsal.minutes(8)
    expect(stub.incident.status).toBe('OPEN')
    await rehearsal.minutes(2)
    expect(stub.incident.status).toBe('RESOLVED')
    expect(count(stub.told(), /^Resolved by Tocsin: pay-errors is OK since/)).toBe(1)
    await rehearsal.minutes(60)
    expect(stub.callsOf('UpdateIncidentRecord')).toHaveLength(1)
  })

  it('resolves what it opened also where every record says that it was started by hand', async () => {
    aws = await OnAws.start({ recordedSource: 'custom' })
    const { rehearsal, stub } = aws
    await rehearsal.alarm(ALARM)
    await rehearsal.alarm({ ...OK, at: after(1) })
    await rehearsal.minutes(30)
    expect(stub.incident.status).toBe('RESOLVED')
  })

  it('pages anew when the alarm fires again within the quiet time, unless a person has answered', async () => {
    aws = await OnAws.start()
    const { rehearsal, stub } = aws
    await rehearsal.alarm(ALARM)
    await rehearsal.minutes(1)
    await rehearsal.alarm(OK)
    await rehearsal.minutes(2)
    await rehearsal.alarm(ALARM)
    await rehearsal.minutes(2)
    expect(stub.engagements.map(({ stoppedAt }) => stoppedAt !== undefined)).toEqual([true, false])
    stub.acknowledge(stub.pages[1])
    await aws.notify(ACKNOWLEDGEMENT)
    await rehearsal.alarm(OK)
    await rehearsal.minutes(2)
    await rehearsal.alarm(ALARM)
    await rehearsal.minutes(20)
    expect(stub.incident.status).toBe('OPEN')
    expect(stub.engagements).toHaveLength(2)
  })

  it.each(['AWS tells of it', 'nobody tells of it'])(
    'notices that a person resolved it, where %s, and opens another for the next firing',
    async (told) => {
      aws = await OnAws.start()
      const { rehearsal, stub } = aws
      await rehearsal.alarm(ALARM)
      const { incident } = stub
      stub.change(incident, { status: 'RESOLVED' })
      if (told === 'AWS tells of it') await aws.notify(UPDATE)
      else await rehearsal.minutes(6)
      expect(count(stub.told(incident), /resolved by .*responder.* while pay-errors still fires/)).toBe(1)
      expect(stub.engagements.every(({ stoppedAt }) => stoppedAt !== undefined)).toBe(true)
      await rehearsal.minutes(1)
      await rehearsal.alarm(ALARM)
      expect(stub.incidents.map(({ status }) => status)).toEqual(['RESOLVED', 'OPEN'])
    },
  )

  it('opens another for the next firing after a person deleted it', async () => {
    aws = await OnAws.start()
    const { rehearsal, stub } = aws
    await rehearsal.alarm(ALARM)
    stub.remove(stub.incident)
    await rehearsal.minutes(1)
    await rehearsal.alarm(ALARM)
    expect(stub.incident.status).toBe('OPEN')
    expect(stub.pages).toHaveLength(2)
  })
})
