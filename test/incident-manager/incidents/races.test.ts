// What happens at the same moment: an incident that is over while it is being opened, room on a timeline, an account that goes.
import { describe, expect, it } from 'vitest'
import type { Table } from '../../../lib/aws/table/table.ts'
import { createReplicationSet } from '../../../lib/incident-manager/operations/incidents/create-replication-set.ts'
import { createResponsePlan } from '../../../lib/incident-manager/operations/incidents/create-response-plan.ts'
import { createTimelineEvent } from '../../../lib/incident-manager/operations/incidents/create-timeline-event.ts'
import { deleteIncidentRecord } from '../../../lib/incident-manager/operations/incidents/delete-incident-record.ts'
import { deleteReplicationSet } from '../../../lib/incident-manager/operations/incidents/delete-replication-set.ts'
import { deleteTimelineEvent } from '../../../lib/incident-manager/operations/incidents/delete-timeline-event.ts'
import { getIncidentRecord } from '../../../lib/incident-manager/operations/incidents/get-incident-record.ts'
import { listIncidentRecords } from '../../../lib/incident-manager/operations/incidents/list-incident-records.ts'
import { listReplicationSets } from '../../../lib/incident-manager/operations/incidents/list-replication-sets.ts'
import { listResponsePlans } from '../../../lib/incident-manager/operations/incidents/list-response-plans.ts'
import { startIncident } from '../../../lib/incident-manager/operations/incidents/start-incident.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { acceptPage } from '../../../lib/incident-manager/operations/contacts/accept-page.ts'
import { createContact } from '../../../lib/incident-manager/operations/contacts/create-contact.ts'
import { startEngagement } from '../../../lib/incident-manager/operations/contacts/start-engagement.ts'
import { readEngagement } from '../../../lib/incident-manager/store/engagements.ts'
import { eraseAccount } from '../../../lib/incident-manager/operations/incidents/erase.ts'
import { incidentKey, INCIDENTS, onlyCalls } from '../../../lib/incident-manager/store/keys.ts'
import { text } from '../../../lib/incident-manager/store/stored.ts'
import { alarmStart, GONE, planEngaging, start, withPerson, type World, worldWithPlan } from './world.ts'

const engagementsOf = async (w: World) =>
  (await w.items()).filter(({ sk }) => sk === 'engagement').map((item) => readEngagement(item))

/** Starts an incident that engages Ana; `meanwhile` happens to it just before her engagement is stored. */
async function startedWhile(meanwhile: (w: World, arn: string) => Promise<unknown>) {
  const w = await worldWithPlan()
  const responsePlanArn = await planEngaging(w, [await withPerson(w, 'ana')])
  const { table } = w.context
  let happened = false
  const hooked: Table = {
    get: (key) => table.get(key),
    async put(item, condition) {
      if (item.sk === 'engagement' && !happened) {
        happened = true
        const { items } = await table.query({ index: 'list', partition: INCIDENTS })
        for (const item of items.slice(0, 1)) await meanwhile(w, text(item, 'arn'))
      }
      return table.put(item, condition)
    },
    update: (key, change, condition) => table.update(key, change, condition),
    delete: (key, condition) => table.delete(key, condition),
    query: (query) => table.query(query),
  }
  const act = () => startIncident({ clientToken: 't', responsePlanArn }, { ...w.context, table: hooked })
  return { w, act, table }
}

const resolve = (w: World, arn: string, clientToken = 'r') =>
  updateIncidentRecord({ clientToken, arn, status: 'RESOLVED' }, w.context)

describe('an incident that is over while it is being opened', () => {
  it.each<[string, (w: World, arn: string) => Promise<unknown>]>([
    ['resolved', resolve],
    ['deleted', (w, arn) => deleteIncidentRecord({ arn }, w.context)],
  ])('pages nobody any more: %s', async (_, meanwhile) => {
    const { w, act } = await startedWhile(meanwhile)
    await act()
    const [engagement, ...others] = await engagementsOf(w)
    expect(others).toEqual([])
    expect(engagement?.state.stopped).toBeDefined()
  })

  it('and was opened again, goes on paging', async () => {
    const { w, act } = await startedWhile(async (w, arn) => {
      await resolve(w, arn)
      await updateIncidentRecord({ clientToken: 'o', arn, status: 'OPEN' }, w.context)
    })
    await act()
    const [engagement] = await engagementsOf(w)
    expect([engagement === undefined, engagement?.state.stopped]).toEqual([false, undefined])
  })

  it.each<[string, number, (w: World, arn: string) => Promise<unknown>]>([
    ['resolved', 2, resolve],
    ['deleted', 120, (w, arn) => deleteIncidentRecord({ arn }, w.context)],
  ])('pages nobody after its sweep, wherever the call died: %s', async (_, minutes, meanwhile) => {
    const undisturbed = await startedWhile(meanwhile)
    undisturbed.w.calls()
    await undisturbed.act()
    const calls = undisturbed.w.calls().length
    for (let call = 1; call < calls; call++) {
      const { w, act } = await startedWhile(async (world, arn) => {
        w.repair()
        await meanwhile(world, arn)
        w.breakAfter(call)
      })
      await act().catch((error: unknown) => expect(String(error)).toContain('has died'))
      w.repair()
      w.advance(minutes)
      await w.sweep()
      for (const engagement of await engagementsOf(w)) expect(engagement.state.stopped, `${call}`).toBeDefined()
    }
  })
})

describe('room on a timeline', () => {
  const note = (w: World, incidentRecordArn: string, clientToken: string) =>
    createTimelineEvent(
      { clientToken, incidentRecordArn, eventTime: w.now, eventType: 'Note', eventData: '"x"' },
      w.context,
    )

  it('is not lost by calls that died before they wrote', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    for (let call = 0; call < 20; call++) {
      w.breakAfter(1)
      await expect(note(w, arn, `dead ${call}`)).rejects.toThrow('has died')
    }
    w.repair()
    let last = ''
    for (let call = 0; call < 950; call++) last = (await note(w, arn, `alive ${call}`)).eventId ?? ''
    const full = { name: 'ServiceQuotaExceededException' }
    await expect(note(w, arn, 'one too many')).rejects.toMatchObject(full)
    // Who is refused again is not counted for again.
    w.calls()
    await expect(note(w, arn, 'one too many')).rejects.toMatchObject(full)
    expect(w.calls().filter((call) => call.startsWith('query'))).toEqual([])
    await deleteTimelineEvent({ incidentRecordArn: arn, eventId: last }, w.context)
    w.breakAfter(1)
    await expect(note(w, arn, 'dead')).rejects.toThrow('has died')
    w.repair()
    await note(w, arn, 'in its place')
    await expect(note(w, arn, 'one too many')).rejects.toMatchObject(full)
    // The same call again is no new event.
    expect(await note(w, arn, 'in its place')).toMatchObject({ incidentRecordArn: arn })
  })
})

describe('an account whose replication set is deleted', () => {
  it('leaves nothing behind: no token, no slot that was never used, no answer to what never was an incident', async () => {
    const w = await worldWithPlan()
    await start(w, alarmStart('first'))
    await start(w, alarmStart('a duplicate'))
    // Another trigger's slot is taken, and then the process dies.
    w.breakAfter(2)
    const triggerDetails = { source: 'aws.cloudwatch', triggerArn: `${GONE}-other`, timestamp: w.now }
    await expect(start(w, alarmStart('dies', { triggerDetails }))).rejects.toThrow('has died')
    w.repair()
    const plan = { Stages: [] }
    await createContact({ IdempotencyToken: 'bob', Alias: 'bob', Type: 'PERSONAL', Plan: plan }, w.context)
    const ContactId = await withPerson(w, 'ana')
    const said = { Sender: 'x', Subject: 'x', Content: 'x', PublicSubject: 'x', PublicContent: 'x' }
    await startEngagement({ ContactId, IncidentId: GONE, IdempotencyToken: 'e', ...said }, w.context)
    const [message] = w.sent
    const accept = { AcceptType: 'READ', AcceptCode: message?.code, PageId: message?.pageArn } as const
    await acceptPage(accept, w.context)
    const kinds = new Set((await w.items()).map(({ pk }) => pk.split('#')[0]))
    for (const kind of ['token', 'dedupe', 'acknowledgements']) expect(kinds).toContain(kind)
    const { replicationSetArns: [arn] = [] } = await listReplicationSets({}, w.context)
    await deleteReplicationSet({ arn }, w.context)
    expect(await w.items()).toEqual([])
  })

  const deleteAll = async (w: World) => {
    const { replicationSetArns: [arn] = [] } = await listReplicationSets({}, w.context)
    await deleteReplicationSet({ arn }, w.context)
  }
  const incidentTemplate = { title: 'Payments fail', impact: 2 }
  const beginAnew = async (w: World) => {
    await createReplicationSet({ regions: { 'us-east-1': {} } }, w.context)
    await createResponsePlan({ name: 'payments', incidentTemplate }, w.context)
  }

  it('remembers no call: one that comes again afterwards opens an incident that is there', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('g'))
    await deleteIncidentRecord({ arn }, w.context)
    await deleteAll(w)
    expect(await w.items()).toEqual([])
    await beginAnew(w)
    const { incidentRecord } = await getIncidentRecord({ arn: await start(w, alarmStart('g')) }, w.context)
    expect(incidentRecord?.status).toBe('OPEN')
  })

  it('keeps nothing where a call has only marked that there is no such incident', async () => {
    const w = await worldWithPlan()
    await w.context.table.put({ ...onlyCalls(incidentKey('joined')), incidentRecordArn: GONE })
    await deleteAll(w)
    expect(await w.items()).toEqual([])
  })

  it('can start nothing once the call is answered, however many plans it had', async () => {
    const w = await worldWithPlan()
    for (let n = 0; n < 560; n++)
      await createResponsePlan({ clientToken: `${n}`, name: `plan-${n}`, incidentTemplate }, w.context)
    for (let n = 0; n < 150; n++)
      await start(w, { clientToken: `${n}`, responsePlanArn: alarmStart('').responsePlanArn })
    await deleteAll(w)
    expect(await listReplicationSets({}, w.context)).toMatchObject({ replicationSetArns: [expect.any(String)] })
    expect(await listResponsePlans({}, w.context)).toEqual({ responsePlanSummaries: [] })
    await expect(start(w, alarmStart('late'))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    for (let n = 0; n < 3; n++) {
      w.advance(1)
      await w.sweep()
    }
    expect(await w.items()).toEqual([])
  })

  it('hands nothing on to the next one that was still being written when it went', async () => {
    const w = await worldWithPlan()
    const late = await w.items()
    await start(w, alarmStart('t'))
    const opened = await w.items()
    await deleteAll(w)
    for (const item of [...late, ...opened].filter(({ pk }) => /^(?:plan|incident|dedupe)#/u.test(pk)))
      await w.context.table.put(item)
    await beginAnew(w)
    expect(await listIncidentRecords({}, w.context)).toEqual({ incidentRecordSummaries: [] })
    expect((await w.items()).map(({ sk }) => sk).toSorted()).toEqual(['plan', 'replication-set', 'token'])
  })

  it('that has begun anew is not emptied by whoever was still emptying it', async () => {
    const w = await worldWithPlan()
    await start(w, alarmStart('t'))
    const { table } = w.context
    let deletes = 0
    const slow: Table = {
      ...table,
      async delete(key, condition) {
        await table.delete(key, condition)
        if (++deletes > 1) return
        // Another run comes to the end, and the user begins anew.
        await eraseAccount(w.context)
        await beginAnew(w)
        await start(w, alarmStart('new'))
      },
    }
    const { replicationSetArns: [arn] = [] } = await listReplicationSets({}, w.context)
    await deleteReplicationSet({ arn }, { ...w.context, table: slow })
    expect(await listResponsePlans({}, w.context)).toMatchObject({ responsePlanSummaries: [{ name: 'payments' }] })
    expect((await listIncidentRecords({}, w.context)).incidentRecordSummaries).toHaveLength(1)
  })
})
