// One incident for one thing that is wrong: whoever starts it, however often, at whatever moment.
import { describe, expect, it } from 'vitest'
import { deleteIncidentRecord } from '../../../lib/incident-manager/operations/incidents/delete-incident-record.ts'
import { getIncidentRecord } from '../../../lib/incident-manager/operations/incidents/get-incident-record.ts'
import { listIncidentRecords } from '../../../lib/incident-manager/operations/incidents/list-incident-records.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { ALARM, alarmStart, PLAN, start, timelineOf, typesOf, worldWithPlan } from './world.ts'

describe('deduplication', () => {
  it('joins the open incident of the same alarm, and says so on its timeline', async () => {
    const w = await worldWithPlan()
    const first = await start(w, alarmStart('one'))
    w.advance(1)
    const second = await start(w, alarmStart('two'))
    expect(second).toBe(first)
    const timeline = await timelineOf(w, first)
    expect(timeline.map(({ type }) => type).toSorted()).toEqual([
      'SSM Incident Start',
      'SSM Incident Trigger',
      'SSM Incident Trigger',
    ])
    expect(timeline.at(-1)?.data).toMatchObject({ createdIncident: false, triggerArn: ALARM })
  })

  it('adds nothing when the duplicate itself comes again', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('one'))
    await start(w, alarmStart('two'))
    w.published.length = 0
    expect(await start(w, alarmStart('two'))).toBe(arn)
    expect(await start(w, alarmStart('one'))).toBe(arn)
    expect(await typesOf(w, arn)).toHaveLength(3)
    expect(w.published).toEqual([])
  })

  it('takes the plan’s own string before the alarm', async () => {
    const w = await worldWithPlan({ incidentTemplate: { title: 'Payments fail', impact: 2, dedupeString: 'pay' } })
    const arn = await start(w, alarmStart('one'))
    const manual = await start(w, { clientToken: 'two', responsePlanArn: PLAN })
    expect(manual).toBe(arn)
    const { incidentRecord } = await getIncidentRecord({ arn }, w.context)
    expect(incidentRecord?.dedupeString).toBe('pay')
  })

  it('keeps manual starts, other alarms and other sources apart', async () => {
    const w = await worldWithPlan()
    const other = { source: 'aws.cloudwatch', triggerArn: `${ALARM}-2`, timestamp: w.now }
    const shop = { source: 'com.example.shop', triggerArn: ALARM, timestamp: w.now }
    const arns = [
      await start(w, alarmStart('1')),
      await start(w, alarmStart('2', { triggerDetails: other })),
      await start(w, alarmStart('3', { triggerDetails: shop })),
      await start(w, alarmStart('4', { triggerDetails: shop })),
      await start(w, { clientToken: '5', responsePlanArn: PLAN }),
      await start(w, { clientToken: '6', responsePlanArn: PLAN }),
    ]
    expect(new Set(arns).size).toBe(6)
  })

  it('opens a new incident when the old one is resolved or deleted', async () => {
    const w = await worldWithPlan()
    const first = await start(w, alarmStart('1'))
    await updateIncidentRecord({ arn: first, status: 'RESOLVED' }, w.context)
    const second = await start(w, alarmStart('2'))
    await deleteIncidentRecord({ arn: second }, w.context)
    const third = await start(w, alarmStart('3'))
    expect(new Set([first, second, third]).size).toBe(3)
    expect(await start(w, alarmStart('4'))).toBe(third)
  })

  it('answers a call that comes again as it did the first time, whatever has happened since', async () => {
    const w = await worldWithPlan()
    const first = await start(w, alarmStart('1'))
    expect(await start(w, alarmStart('joined'))).toBe(first)
    await updateIncidentRecord({ arn: first, status: 'RESOLVED' }, w.context)
    const second = await start(w, alarmStart('2'))
    expect(await start(w, alarmStart('1'))).toBe(first)
    expect(await start(w, alarmStart('joined'))).toBe(first)
    expect(await start(w, alarmStart('joined too'))).toBe(second)
    await deleteIncidentRecord({ arn: second }, w.context)
    expect(await start(w, alarmStart('2'))).toBe(second)
    expect(await start(w, alarmStart('joined too'))).toBe(second)
    const { incidentRecordSummaries = [] } = await listIncidentRecords({}, w.context)
    expect(incidentRecordSummaries.map(({ arn }) => arn)).toEqual([first])
  })

  it('refuses a client token that comes again with other parameters', async () => {
    const w = await worldWithPlan()
    const conflict = { name: 'ConflictException' }
    await start(w, alarmStart('1'))
    await start(w, alarmStart('2'))
    await expect(start(w, alarmStart('1', { impact: 5 }))).rejects.toMatchObject(conflict)
    await expect(start(w, alarmStart('2', { impact: 5 }))).rejects.toMatchObject(conflict)
    await start(w, { clientToken: '3', responsePlanArn: PLAN })
    await expect(start(w, { clientToken: '3', responsePlanArn: PLAN, title: 'x' })).rejects.toMatchObject(conflict)
  })

  it('makes exactly one incident of fifty starts at once, and counts each on its timeline', async () => {
    const w = await worldWithPlan()
    const tokens = Array.from({ length: 50 }, (_, index) => `token ${index}`)
    const arns = await Promise.all(tokens.map((token) => start(w, alarmStart(token))))
    expect(new Set(arns).size).toBe(1)
    const { incidentRecordSummaries } = await listIncidentRecords({}, w.context)
    expect(incidentRecordSummaries).toHaveLength(1)
    const triggers = (await timelineOf(w, arns[0] ?? '')).filter(({ type }) => type === 'SSM Incident Trigger')
    expect(triggers).toHaveLength(50)
    expect(triggers.filter(({ data }) => JSON.stringify(data).includes('"createdIncident":true'))).toHaveLength(1)
  })

  it('makes one incident of twins with one token', async () => {
    const w = await worldWithPlan()
    const arns = await Promise.all(
      Array.from({ length: 10 }, () => start(w, { clientToken: 'same', responsePlanArn: PLAN })),
    )
    expect(new Set(arns).size).toBe(1)
    expect(await typesOf(w, arns[0] ?? '')).toEqual(['SSM Incident Start', 'SSM Incident Trigger'])
  })

  it('makes the incident that a dead call has only named, and answers the same to both for ever', async () => {
    const w = await worldWithPlan()
    w.breakAfter(2)
    await expect(start(w, alarmStart('dead'))).rejects.toThrow('died')
    w.repair()
    const first = await start(w, alarmStart('alive'))
    expect(await start(w, alarmStart('dead'))).toBe(first)
    expect(await typesOf(w, first)).toEqual(['SSM Incident Start', 'SSM Incident Trigger', 'SSM Incident Trigger'])
    await updateIncidentRecord({ arn: first, status: 'RESOLVED' }, w.context)
    expect(await start(w, alarmStart('later'))).not.toBe(first)
    expect(await start(w, alarmStart('alive'))).toBe(first)
    expect(await start(w, alarmStart('dead'))).toBe(first)
    await expect(start(w, alarmStart('alive', { impact: 5 }))).rejects.toMatchObject({ name: 'ConflictException' })
  })
})
