// What is due is done once its instant has come, and one thing that fails does not stop the others.
import { expect, test } from 'vitest'
import { runDue } from '../../../lib/incident-manager/run-due.ts'
import { dueShard } from '../../../lib/aws/table/due.ts'
import { engagementKey } from '../../../lib/incident-manager/store/keys.ts'
import { accept, escalation, openDesk, openIncident, person, start, timeline, watched } from './desk.ts'

test('One engagement that cannot be read leaves the others to be told', async () => {
  const desk = await openDesk()
  const contacts = [await person(desk, 'ann'), await person(desk, 'bob')]
  const plan = await escalation(desk, 'duty', contacts)
  for (const IncidentId of ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'])
    await start(desk, plan, { IncidentId })
  const poison = engagementKey('poison')
  const due = { dueShard: dueShard(poison.pk), dueAt: '2026-01-01T00:00:00.000Z' }
  await desk.context.table.put({ ...poison, id: 'poison', owed: 'nonsense', ...due })
  expect(await desk.sweep(5)).toEqual({ done: 8, failed: 1 })
  expect(desk.messages.filter(({ contactArn }) => contactArn === contacts[1]?.arn)).toHaveLength(8)
})

test('What there is no time for stays due, and is done by the next run', async () => {
  const desk = await openDesk()
  const plan = await escalation(desk, 'duty', [await person(desk, 'ann'), await person(desk, 'bob')])
  for (const IncidentId of ['one', 'two', 'three', 'four', 'five', 'six']) await start(desk, plan, { IncidentId })
  desk.advance(5)
  let left = 2
  const { done } = await runDue(desk.context, {}, () => left-- > 0)
  expect(done).toBe(2)
  expect((await runDue(desk.context)).done).toBe(4)
})

test('What the index still shows but the item no longer says is left alone', async () => {
  const desk = await openDesk()
  await start(desk, await escalation(desk, 'duty', [await person(desk, 'ann'), await person(desk, 'bob')]))
  desk.advance(5)
  const { table } = desk.context
  const before = await Promise.all(
    ['due#0', 'due#1', 'due#2', 'due#3'].map((partition) => table.query({ index: 'due', partition })),
  )
  await runDue(desk.context)
  const lagging: typeof table = {
    ...table,
    query: (query) =>
      query.index === 'due'
        ? Promise.resolve(before[Number(query.partition.slice(-1))] ?? { items: [] })
        : table.query(query),
  }
  await runDue({ ...desk.context, table: lagging })
  expect(desk.messages).toHaveLength(2)
})

test('What an acceptance whose call has died still owes is done', async () => {
  const desk = await openDesk()
  await openIncident(desk)
  const ann = await person(desk, 'ann', { retryMinutes: 1 })
  await start(desk, ann.arn)
  const dying = watched(desk.context.table, (method, about) => {
    if (method === 'put' && about.includes('acknowledgements#')) throw new Error('The process is gone')
  })
  const call = accept({ ...desk, context: { ...desk.context, table: dying } }, desk.messages[0])
  await expect(call).rejects.toThrow('The process is gone')
  await desk.sweep(0.5)
  await desk.sweep(1)
  expect(desk.messages).toHaveLength(1)
  expect(await timeline(desk)).toContain('SSM Contacts Page Acknowledgement for Incident')
  expect(await desk.sweep(60)).toEqual({ done: 0, failed: 0 })
})

test('A page that has left does not leave again when what followed it failed', async () => {
  const desk = await openDesk()
  await openIncident(desk)
  const ann = await person(desk, 'ann')
  let sends = 0
  desk.carrier = () => {
    sends++
    return { sent: true }
  }
  const forgetful = watched(desk.context.table, (method, about) => {
    if (method === 'put' && about.includes('event#')) throw new Error('The table is away')
  })
  await start({ ...desk, context: { ...desk.context, table: forgetful } }, ann.arn)
  expect(await timeline(desk)).toEqual([])
  await desk.sweep(0.5)
  expect(await timeline(desk)).toEqual(['SSM Contacts Page for Incident'])
  expect(sends).toBe(1)
})

test('A page that has left is on the timeline even when its call died and the person answered before a sweep', async () => {
  const desk = await openDesk()
  await openIncident(desk)
  const ann = await person(desk, 'ann')
  const dying = watched(desk.context.table, (method, about) => {
    if (method === 'put' && about.includes('event#')) throw new Error('The process is gone')
  })
  await start({ ...desk, context: { ...desk.context, table: dying } }, ann.arn)
  await accept(desk, desk.messages[0])
  await desk.sweep(1)
  expect(new Set(await timeline(desk))).toEqual(
    new Set(['SSM Contacts Page for Incident', 'SSM Contacts Page Acknowledgement for Incident']),
  )
  expect(await desk.sweep(60)).toEqual({ done: 0, failed: 0 })
})

test('A page that is still owed does not leave once the person has answered another', async () => {
  const desk = await openDesk()
  const ann = await person(desk, 'ann')
  await start(desk, await escalation(desk, 'duty', [ann]))
  desk.carrier = () => ({ sent: false, retry: true, reason: 'busy' })
  await start(desk, await escalation(desk, 'managers', [ann]))
  await accept(desk, desk.messages[0])
  desk.carrier = () => ({ sent: true })
  await desk.sweep(60)
  expect(desk.messages).toHaveLength(1)
  expect(await desk.sweep(60)).toEqual({ done: 0, failed: 0 })
})
