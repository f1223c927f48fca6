// The main job, told as a user would rehearse it: an alarm becomes a worked incident, on both table engines.
import {
  CreateResponsePlanCommand,
  DeleteIncidentRecordCommand,
  StartIncidentCommand,
  UpdateIncidentRecordCommand,
} from '@aws-sdk/client-ssm-incidents'
import { DescribeEngagementCommand, ListPageReceiptsCommand } from '@aws-sdk/client-ssm-contacts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Rehearsal, START } from './rehearsal.ts'

const count = (list: readonly string[], pattern: RegExp): number => list.filter((text) => pattern.test(text)).length

describe.each(['sqlite', 'dynamodb'] as const)('on %s', (engine) => {
  let on: Rehearsal
  beforeEach(async () => {
    on = await Rehearsal.start(engine)
  })
  afterEach(() => on.close())

  it('1. opens an incident with all that a responder needs, and pages at once', async () => {
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    const { arn, title, impact, status, incidentRecordSource } = await on.incident()
    expect({ title, impact, status }).toEqual({ title: 'pay-errors (us-east-1)', impact: 2, status: 'OPEN' })
    expect(incidentRecordSource).toMatchObject({
      source: 'tocsin.cloudwatch',
      resourceArn: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-errors',
    })
    const entries = await on.timeline(arn)
    expect(entries.map(({ type }) => type).toSorted()).toEqual([
      'Custom Event',
      'SSM Contacts Page for Incident',
      'SSM Incident Start',
      'SSM Incident Trigger',
    ])
    const trigger = entries.find(({ type }) => type === 'SSM Incident Trigger')?.data
    expect(JSON.parse(String(trigger?.['rawData']))).toMatchObject({ detail: { alarmName: 'pay-errors' } })
    const items = await on.relatedItems(arn)
    const metric = items.find(({ identifier }) => identifier?.type === 'METRIC')?.identifier?.value?.metricDefinition
    expect(JSON.stringify(JSON.parse(metric ?? ''))).toContain('HTTPCode_Target_5XX_Count')
    const urls = items.flatMap(({ identifier }) => identifier?.value?.url ?? [])
    expect(urls).toEqual(
      expect.arrayContaining([
        'https://wiki.example.com/pay-errors',
        expect.stringContaining('#alarmsV2:alarm/pay-errors'),
      ]),
    )
    const [page, ...more] = await on.pages()
    expect(more).toEqual([])
    expect(page).toMatchObject({
      type: 'SMS',
      contactArn: expect.stringContaining(':contact/primary'),
      code: expect.stringMatching(/^\d{6}$/),
    })
    expect(page?.body).toContain(page?.code)
  })

  it('1b. takes title and impact from the plan where no rule says otherwise, and ignores what the rules ignore', async () => {
    await on.alarm({ name: 'other', state: 'ALARM' }, { name: 'TargetTracking-x', state: 'ALARM' })
    expect((await on.incident()).impact).toBe(3)
  })

  it('2. keeps one incident per alarm, and each fact on its timeline once', async () => {
    const again = { name: 'pay-errors', state: 'ALARM', at: on.system.now() } as const
    await on.alarm(again)
    await on.alarm(again)
    await on.alarm({ ...again, at: new Date(START.getTime() + 1000) })
    const { arn } = await on.incident()
    expect(count(await on.told(arn), /to ALARM/)).toBe(2)
    expect(await on.pages()).toHaveLength(1)
  })

  it('2b. opens one incident per alarm when fifty changes of ten alarms come at once', async () => {
    const storm = Array.from({ length: 50 }, (_, index) => ({
      name: `alarm-${index % 10}`,
      state: 'ALARM' as const,
      at: on.system.now(),
    }))
    await on.alarm(...storm)
    const records = await on.records()
    expect(records).toHaveLength(10)
    for (const { arn } of records) expect(await on.told(arn ?? '')).toHaveLength(1)
    expect(await on.pages()).toHaveLength(10)
  })

  it('3. pages the next stage when nobody answers, then engages the manager and raises the impact', async () => {
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    await on.minutes(4)
    expect(new Set((await on.pages()).map(({ contactArn }) => contactArn?.split('/').at(-1)))).toEqual(
      new Set(['primary']),
    )
    await on.minutes(2)
    expect((await on.pages()).map(({ contactArn }) => contactArn?.split('/').at(-1))).toContain('secondary')
    await on.minutes(10)
    expect((await on.pages()).map(({ contactArn }) => contactArn?.split('/').at(-1))).toContain('manager')
    const { arn, impact } = await on.incident()
    expect(impact).toBe(1)
    expect(count(await on.told(arn), /^Escalated to manager/)).toBe(1)
    await on.minutes(60)
    expect(count(await on.told(arn), /^Escalated to manager/)).toBe(3)
  })

  it('4. stops paging a person who acknowledges, and ends the plan there', async () => {
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    const [page] = await on.pages()
    await on.accept(page)
    const { arn } = await on.incident()
    const acknowledged = (await on.timeline(arn)).filter(
      ({ type }) => type === 'SSM Contacts Page Acknowledgement for Incident',
    )
    expect(acknowledged.map(({ data }) => data['contactArn'])).toEqual([page?.contactArn])
    await on.minutes(60)
    expect(await on.pages()).toHaveLength(1)
    expect(count(await on.told(arn), /Escalated/)).toBe(0)
    expect((await on.incident()).impact).toBe(2)
  })

  it('4b. accepts the other open pages of who answered, where a rule asks for it, and says that Tocsin did', async () => {
    await on.alarm({ name: 'auto-errors', state: 'ALARM' }, { name: 'plain-errors', state: 'ALARM' })
    await on.minutes(4)
    const records = await on.records()
    for (const { arn, title } of records) {
      const open = (await on.pages()).filter(({ pageArn, body, subject }) => pageArn && `${body}${subject}`.length > 0)
      const mine = await on.pagesOf(arn ?? '')
      expect(mine.length, title).toBeGreaterThan(1)
      await on.accept(open.find(({ pageArn }) => pageArn === mine.at(-1)?.PageArn))
    }
    const read = await Promise.all(
      records.map(async ({ arn }) => (await on.pagesOf(arn ?? '')).filter(({ ReadTime }) => ReadTime).length),
    )
    const told = await Promise.all(
      records.map(async ({ arn }) => count(await on.told(arn ?? ''), /accepted by Tocsin/)),
    )
    expect(new Set(read)).toEqual(new Set([1, 2]))
    expect(new Set(told)).toEqual(new Set([0, 1]))
    const automatic = records[told.indexOf(1)]
    const receipts = await Promise.all(
      (await on.pagesOf(automatic?.arn ?? '')).map(({ PageArn }) =>
        on.contacts.send(new ListPageReceiptsCommand({ PageId: PageArn })),
      ),
    )
    expect(JSON.stringify(receipts)).toContain('Accepted by Tocsin')
    const acknowledged = (await on.timeline(automatic?.arn ?? '')).filter(
      ({ type }) => type === 'SSM Contacts Page Acknowledgement for Incident',
    )
    expect(acknowledged.map(({ data }) => [data['acknowledgedBy'], data['message']])).toEqual(
      expect.arrayContaining([
        [undefined, undefined],
        ['tocsin', expect.stringMatching(/^Accepted by Tocsin: primary answered on another channel/u)],
      ]),
    )
  })

  it('4c. takes a reply by SMS for an acknowledgement, and a wrong code for nothing', async () => {
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    const [page] = await on.pages()
    const reply = (messageBody: string) =>
      on.publish('replies', {
        originationNumber: page?.address,
        destinationNumber: '+15550199',
        messageKeyword: 'KEYWORD',
        messageBody,
        inboundMessageId: `reply-${messageBody}`,
      })
    const { arn } = await on.incident()
    await reply(page?.code === '000000' ? '111111' : '000000')
    expect((await on.pagesOf(arn)).filter(({ ReadTime }) => ReadTime)).toHaveLength(0)
    await reply(`${page?.code}`)
    expect((await on.pagesOf(arn)).filter(({ ReadTime }) => ReadTime)).toHaveLength(1)
    await on.minutes(30)
    expect(await on.pages()).toHaveLength(1)
    expect(await on.system.failures()).toEqual([])
  })

  it('5. says so when a human resolves an incident whose alarm still fires, and stops paging', async () => {
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    const { arn } = await on.incident()
    await on.incidents.send(new UpdateIncidentRecordCommand({ arn, status: 'RESOLVED' }))
    await on.system.idle()
    expect(count(await on.told(arn), /resolved by .*responder.* while pay-errors still fires/)).toBe(1)
    await on.minutes(14)
    expect(await on.pages()).toHaveLength(1)
    expect(await on.told(arn)).toHaveLength(2)
  })

  it('6. tells every state change at the instant it happened, with value, threshold and reason', async () => {
    const at = (second: number): Date => new Date(START.getTime() + second * 1000)
    await on.alarm({ name: 'pay-errors', state: 'ALARM', at: at(0) })
    await on.alarm({ name: 'pay-errors', state: 'INSUFFICIENT_DATA', at: at(20) })
    await on.alarm({ name: 'pay-errors', state: 'OK', at: at(30), threshold: 7 })
    const configuration = (operation: string, second: number) => ({
      alarmName: 'pay-errors',
      operation,
      state: { value: 'OK', timestamp: at(second).toISOString() },
      configuration: { metrics: [] },
    })
    const alarm = ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-errors']
    await on.put('aws.cloudwatch', 'CloudWatch Alarm Configuration Change', configuration('update', 40), alarm)
    await on.put('aws.cloudwatch', 'CloudWatch Alarm Configuration Change', configuration('delete', 50), alarm)
    const { arn } = await on.incident()
    const told = (await on.timeline(arn)).filter(({ type }) => type === 'Custom Event')
    const changes = told.filter(({ data }) => data['alarmArn'])
    expect(changes.map(({ data }) => data['state'] ?? data['operation'])).toEqual(
      expect.arrayContaining(['ALARM', 'INSUFFICIENT_DATA', 'OK']),
    )
    expect(changes.find(({ data }) => data['state'] === 'OK' && data['value'] !== undefined)).toMatchObject({
      at: at(30),
      data: { value: 12, threshold: 7, reason: expect.stringContaining('Threshold Crossed') },
    })
    expect(count(await on.told(arn), /was changed|was deleted/)).toBe(2)
  })

  it('7. resolves after OK and the quiet time, and stops the engagements with a reason', async () => {
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    await on.alarm({ name: 'pay-errors', state: 'OK', at: new Date(START.getTime() + 1000) })
    await on.minutes(9)
    const { arn, status } = await on.incident()
    expect(status).toBe('OPEN')
    await on.minutes(2)
    expect((await on.incident()).status).toBe('RESOLVED')
    expect(count(await on.told(arn), /^Resolved by Tocsin: pay-errors is OK since/)).toBe(1)
    for (const { EngagementArn } of await on.engagements(arn)) {
      const engagement = await on.contacts.send(new DescribeEngagementCommand({ EngagementId: EngagementArn }))
      expect(engagement.StopTime).toBeInstanceOf(Date)
    }
    await on.minutes(60)
    expect(await on.pages()).toHaveLength(1)
  })

  it('7b. keeps it open when the alarm fires again within the quiet time, and pages anew', async () => {
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    await on.minutes(1)
    await on.alarm({ name: 'pay-errors', state: 'OK' })
    await on.minutes(2)
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    await on.minutes(2)
    expect(await on.pages()).toHaveLength(2)
    await on.minutes(1)
    expect((await on.incident()).status).toBe('OPEN')
  })

  it('7c. does not page anew when a person has acknowledged', async () => {
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    await on.accept((await on.pages())[0])
    await on.alarm({ name: 'pay-errors', state: 'OK', at: new Date(START.getTime() + 1000) })
    await on.minutes(2)
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    await on.minutes(5)
    expect(await on.pages()).toHaveLength(1)
  })

  it('7d. opens a new incident for the next firing after a human resolved or deleted the old one', async () => {
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    const { arn } = await on.incident()
    await on.incidents.send(new UpdateIncidentRecordCommand({ arn, status: 'RESOLVED' }))
    await on.minutes(1)
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    const [, second] = await on.records()
    expect(second?.status).toBe('OPEN')
    await on.incidents.send(new DeleteIncidentRecordCommand({ arn: second?.arn }))
    await on.minutes(1)
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    const records = await on.records()
    expect(records.map(({ status }) => status)).toEqual(['RESOLVED', 'OPEN'])
    expect(await on.pages()).toHaveLength(3)
  })

  it('7e. never resolves what a human started, though an alarm has joined it', async () => {
    const { arn: plan } = await on.incidents.send(
      new CreateResponsePlanCommand({
        name: 'shared',
        incidentTemplate: { title: 'Shared', impact: 3, dedupeString: 'one for all' },
      }),
    )
    const { incidentRecordArn: arn = '' } = await on.incidents.send(
      new StartIncidentCommand({ responsePlanArn: plan, title: 'By hand' }),
    )
    await on.alarm({ name: 'shared-errors', state: 'ALARM' })
    expect(count(await on.told(arn), /shared-errors went from OK to ALARM/)).toBe(1)
    await on.alarm({ name: 'shared-errors', state: 'OK', at: new Date(START.getTime() + 1000) })
    await on.minutes(30)
    expect((await on.incident()).status).toBe('OPEN')
    expect(count(await on.told(arn), /left open, because a human started this incident/)).toBe(1)
  })

  it('7f. resolves an incident that several alarms share only when none of them fires', async () => {
    await on.incidents.send(
      new CreateResponsePlanCommand({
        name: 'shared',
        incidentTemplate: { title: 'Shared', impact: 3, dedupeString: 'one for all' },
      }),
    )
    await on.alarm({ name: 'shared-one', state: 'ALARM' })
    await on.alarm({ name: 'shared-two', state: 'ALARM' })
    await on.alarm({ name: 'shared-one', state: 'OK', at: new Date(START.getTime() + 1000) })
    await on.minutes(30)
    expect((await on.incident()).status).toBe('OPEN')
    await on.alarm({ name: 'shared-two', state: 'OK' })
    await on.minutes(30)
    expect((await on.incident()).status).toBe('RESOLVED')
  })
})
