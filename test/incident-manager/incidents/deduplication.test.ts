// One incident for one thing that is wrong: whoever starts it, however often, at whatever moment.
import { describe, expect, it } from 'vitest'
import { deleteIncidentRecord } from '../../../lib/incident-manager/operations/incidents/delete-incident-record.ts'
import { deleteResponsePlan } from '../../../lib/incident-manager/operations/incidents/delete-response-plan.ts'
import { getIncidentRecord } from '../../../lib/incident-manager/operations/incidents/get-incident-record.ts'
import { listIncidentRecords } from '../../../lib/incident-manager/operations/incidents/list-incident-records.ts'
import { startIncident } from '../../../lib/incident-manager/operations/incidents/start-incident.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { updateResponsePlan } from '../../../lib/incident-manager/operations/incidents/update-response-plan.ts'
import { createResponsePlan } from '../../../lib/incident-manager/operations/incidents/create-response-plan.ts'
import { ALARM, alarmStart, PLAN, start, timelineOf, typesOf, type World, worldWithPlan } from './world.ts'

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

  it('answers a call again whose plan is gone since: who lost the answer is not told that nothing was opened', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('one'))
    await deleteResponsePlan({ arn: PLAN }, w.context)
    expect(await start(w, alarmStart('one'))).toBe(arn)
    await expect(start(w, alarmStart('two'))).rejects.toThrow('Response plan not found')
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

/** The ARN of a plan that deduplicates by `dedupeString`, or not at all without one. */
async function planOf(w: World, name: string, dedupeString?: string): Promise<string> {
  const incidentTemplate = { title: name, impact: 5, dedupeString }
  const { arn = '' } = await createResponsePlan({ clientToken: name, name, incidentTemplate }, w.context)
  w.calls()
  return arn
}

const conflict = { name: 'ConflictException' }
const resolve = (w: World, arn: string) => updateIncidentRecord({ arn, status: 'RESOLVED' }, w.context)
const reopen = (w: World, arn: string, clientToken?: string) =>
  updateIncidentRecord({ clientToken, arn, status: 'OPEN' }, w.context)

describe('a call that is refused', () => {
  it('leaves the dedupe string of its plan to others, also where it has died on the way', async () => {
    for (let call = 1; call <= 6; call++) {
      const w = await worldWithPlan()
      const [one, two] = [await planOf(w, 'one', '1'), await planOf(w, 'two', '2')]
      const first = await start(w, { clientToken: 't', responsePlanArn: one })
      w.breakAfter(call)
      await expect(start(w, { clientToken: 't', responsePlanArn: two }), `${call}`).rejects.toThrow(/died|used/u)
      w.repair()
      if (call === 6) await expect(start(w, { clientToken: 't', responsePlanArn: two })).rejects.toMatchObject(conflict)
      const second = await start(w, { clientToken: 't2', responsePlanArn: two })
      expect(second, `${call}`).not.toBe(first)
      expect(second).toContain('/two/')
      expect(await start(w, { clientToken: 't3', responsePlanArn: two })).toBe(second)
    }
  })
})

describe('a call that joined', () => {
  it('keeps its token, whatever plan it is used with next', async () => {
    const w = await worldWithPlan()
    const [one, two, free] = [await planOf(w, 'one', '1'), await planOf(w, 'two', '2'), await planOf(w, 'free')]
    const joining = { clientToken: 'j', responsePlanArn: one }
    const first = await start(w, { clientToken: 't', responsePlanArn: one })
    expect(await start(w, joining)).toBe(first)
    for (const responsePlanArn of [free, two])
      await expect(start(w, { clientToken: 'j', responsePlanArn })).rejects.toMatchObject(conflict)
    expect(await start(w, { clientToken: 't2', responsePlanArn: two })).toContain('/two/')
    await updateResponsePlan({ arn: one, incidentTemplateDedupeString: '' }, w.context)
    expect(await start(w, joining)).toBe(first)
    await updateResponsePlan({ arn: one, incidentTemplateDedupeString: '3' }, w.context)
    expect(await start(w, joining)).toBe(first)
    const other = await start(w, { clientToken: 't4', responsePlanArn: one })
    expect(other).not.toBe(first)
    const { incidentRecordSummaries } = await listIncidentRecords({}, w.context)
    expect(incidentRecordSummaries).toHaveLength(3)
  })

  it('answers the same for ever, wherever it died first', async () => {
    for (let call = 1; call < 8; call++) {
      const w = await worldWithPlan()
      const plan = await planOf(w, 'one', '1')
      const first = await start(w, { clientToken: 't', responsePlanArn: plan })
      const joining = { clientToken: 'j', responsePlanArn: plan }
      w.breakAfter(call)
      await start(w, joining).catch((error: unknown) => expect(String(error)).toContain('died'))
      w.repair()
      expect(await start(w, joining)).toBe(first)
      await resolve(w, first)
      expect(await start(w, joining)).toBe(first)
    }
  })

  it('is answered with the incident of the plan that made it, also when it was about to make it itself', async () => {
    const w = await worldWithPlan()
    const [one, two] = [await planOf(w, 'one', 'both'), await planOf(w, 'two', 'both')]
    const calls = Array.from({ length: 20 }, (_, n) => ({ clientToken: `${n}`, responsePlanArn: n % 2 ? one : two }))
    const arns = await Promise.all(calls.map((call) => start(w, call)))
    expect(new Set(arns).size).toBe(1)
    await resolve(w, arns[0] ?? '')
    for (const call of calls) expect(await start(w, call)).toBe(arns[0])
  })
})

describe('a call that only named an incident, which another has made', () => {
  it('has its token for itself', async () => {
    const w = await worldWithPlan()
    const free = await planOf(w, 'free')
    w.breakAfter(2)
    await expect(start(w, alarmStart('dead'))).rejects.toThrow('died')
    w.repair()
    const first = await start(w, alarmStart('alive'))
    await expect(start(w, { clientToken: 'dead', responsePlanArn: free })).rejects.toMatchObject(conflict)
    expect(await start(w, alarmStart('dead'))).toBe(first)
  })

  it('as has the one that made it and died before it answered, though the incident is resolved by then', async () => {
    const w = await worldWithPlan()
    w.breakAfter(2)
    await expect(start(w, alarmStart('dead'))).rejects.toThrow('died')
    w.breakAfter(7)
    await expect(start(w, alarmStart('alive'))).rejects.toThrow('died')
    w.repair()
    const { incidentRecordSummaries: [made] = [] } = await listIncidentRecords({}, w.context)
    await resolve(w, made?.arn ?? '')
    expect(await start(w, alarmStart('alive'))).toBe(made?.arn)
    expect(await start(w, alarmStart('dead'))).toBe(made?.arn)
  })

  it('whatever becomes of the one that made it', async () => {
    for (let call = 1; call < 12; call++) {
      const w = await worldWithPlan()
      w.breakAfter(2)
      await expect(start(w, alarmStart('dead'))).rejects.toThrow('died')
      w.breakAfter(call)
      await start(w, alarmStart('alive')).catch((error: unknown) => expect(String(error)).toContain('died'))
      w.repair()
      const first = await start(w, alarmStart('alive'))
      expect(await start(w, alarmStart('dead'))).toBe(first)
      expect(await start(w, alarmStart('third'))).toBe(first)
    }
  })
})

describe('an incident that was opened again', () => {
  it('is joined again', async () => {
    const w = await worldWithPlan()
    const first = await start(w, alarmStart('1'))
    await resolve(w, first)
    await reopen(w, first)
    expect(await start(w, alarmStart('2'))).toBe(first)
  })

  it('gives way to the one that came meanwhile, until that is over', async () => {
    const w = await worldWithPlan()
    const first = await start(w, alarmStart('1'))
    await resolve(w, first)
    const second = await start(w, alarmStart('2'))
    await reopen(w, first)
    expect(await start(w, alarmStart('3'))).toBe(second)
    await resolve(w, second)
    expect(await start(w, alarmStart('4'))).toBe(first)
    await resolve(w, first)
    const third = await start(w, alarmStart('5'))
    expect([first, second]).not.toContain(third)
    await reopen(w, second)
    expect(await start(w, alarmStart('6'))).toBe(third)
    await resolve(w, third)
    expect(await start(w, alarmStart('7'))).toBe(second)
  })

  it('is joined by a start that has just seen it resolved', async () => {
    const w = await worldWithPlan()
    const first = await start(w, alarmStart('1'))
    await resolve(w, first)
    const { table } = w.context
    let reopened: Promise<unknown> | undefined
    const update: typeof table.update = async (...args) => {
      reopened ??= reopen(w, first)
      await reopened
      return table.update(...args)
    }
    const second = await startIncident(alarmStart('2'), { ...w.context, table: { ...table, update } })
    expect(second).toEqual({ incidentRecordArn: first })
    expect(await start(w, alarmStart('3'))).toBe(first)
  })

  it('is joined once its call has come again or was swept up, wherever it died', async () => {
    for (let call = 1; call < 8; call++)
      for (const next of ['again', 'sweep'] as const) {
        const w = await worldWithPlan()
        const first = await start(w, alarmStart('1'))
        await resolve(w, first)
        const second = await start(w, alarmStart('2'))
        await resolve(w, second)
        w.breakAfter(call)
        await reopen(w, first, 'o').catch((error: unknown) => expect(String(error)).toContain('died'))
        w.repair()
        w.advance(1)
        if (next === 'sweep') await w.sweep()
        if (next === 'again' || call < 2) await reopen(w, first, 'o')
        expect(await start(w, alarmStart('3')), `${call} ${next}`).toBe(first)
      }
  })
})
