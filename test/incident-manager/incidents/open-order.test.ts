// Open incidents are found at once, however many are resolved before them; also those that an earlier version has opened.
import type { ListIncidentRecordsCommandInput } from '@aws-sdk/client-ssm-incidents'
import { describe, expect, it } from 'vitest'
import { deleteIncidentRecord } from '../../../lib/incident-manager/operations/incidents/delete-incident-record.ts'
import { listIncidentRecords } from '../../../lib/incident-manager/operations/incidents/list-incident-records.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { replicationSetKey } from '../../../lib/incident-manager/store/keys.ts'
import { PLAN, start, type World, worldWithPlan } from './world.ts'

const OPEN = { filters: [{ key: 'status', condition: { equals: { stringValues: ['OPEN'] } } }], maxResults: 5 }

const begin = (w: World, token: string): Promise<string> => start(w, { clientToken: token, responsePlanArn: PLAN })
const set = (w: World, arn: string, status: 'OPEN' | 'RESOLVED') => updateIncidentRecord({ arn, status }, w.context)

/** All pages. */
async function listed(w: World, input: ListIncidentRecordsCommandInput = OPEN): Promise<string[]> {
  const found: string[] = []
  for (let nextToken: string | undefined, more = true; more; more = nextToken !== undefined) {
    const page = await listIncidentRecords({ ...input, ...(nextToken ? { nextToken } : {}) }, w.context)
    found.push(...(page.incidentRecordSummaries ?? []).map(({ arn }) => arn ?? ''))
    nextToken = page.nextToken
  }
  return found
}

async function resolvedOnes(w: World, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    w.advance(1)
    await set(w, await begin(w, `resolved ${number}`), 'RESOLVED')
  }
}

/** The table as the version before has left it. */
async function asBefore(w: World): Promise<void> {
  for (const { pk, sk, ...rest } of await w.items()) {
    const isRecord = sk === 'record'
    const isSet = pk === replicationSetKey.pk && sk === replicationSetKey.sk
    if (!isRecord && !isSet) continue
    const remove = Object.keys(rest).filter((name) => ['list2Key', 'list2Sort', 'openOrder'].includes(name))
    await w.context.table.update({ pk, sk }, { remove })
  }
}

describe('ListIncidentRecords of what is open', () => {
  it('finds one behind any number of resolved ones, in one query', async () => {
    const w = await worldWithPlan()
    const arn = await begin(w, 'open')
    await resolvedOnes(w, 60)
    w.calls()
    const first = await listIncidentRecords(OPEN, w.context)
    expect(first).toMatchObject({ incidentRecordSummaries: [{ arn, status: 'OPEN' }], nextToken: undefined })
    expect(w.calls()).toEqual(['get replication-set', 'query'])
    await listIncidentRecords(OPEN, w.context)
    expect(w.calls()).toEqual(['query'])
  })

  it('lists newest first, page by page, what is opened, opened again, and neither resolved nor deleted', async () => {
    const w = await worldWithPlan()
    const all: string[] = []
    for (let number = 0; number < 12; number++) {
      w.advance(1)
      all.unshift(await begin(w, `one ${number}`))
    }
    const [first = '', second = '', third = ''] = all
    await set(w, first, 'RESOLVED')
    await set(w, second, 'RESOLVED')
    await set(w, second, 'OPEN')
    await deleteIncidentRecord({ arn: third }, w.context)
    expect(await listed(w)).toEqual([second, ...all.slice(3)])
    const after = { key: 'creationTime', condition: { after: new Date(w.now.getTime() - 5 * 60_000) } }
    expect(await listed(w, { ...OPEN, filters: [...OPEN.filters, after] })).toEqual([second, ...all.slice(3, 5)])
  })

  it('lists what an earlier version has opened, at once and in order ever after', async () => {
    const w = await worldWithPlan()
    const old = await begin(w, 'old')
    await resolvedOnes(w, 60)
    await asBefore(w)
    const { nextToken: begun } = await listIncidentRecords(OPEN, w.context)
    expect(await listed(w)).toEqual([old])
    w.advance(16)
    const late = await begin(w, 'late')
    for (const _ of [1, 2]) expect(await listed(w)).toEqual([late, old])
    w.calls()
    expect((await listIncidentRecords(OPEN, w.context)).incidentRecordSummaries).toHaveLength(2)
    expect(w.calls()).toEqual(['query'])
    // A list that was begun before goes on.
    expect(await listed(w, { ...OPEN, nextToken: begun })).toEqual([late, old].slice(1))
  })

  it('misses none that the earlier version still opens while the new one looks through them', async () => {
    const w = await worldWithPlan()
    await begin(w, 'old')
    await asBefore(w)
    await listed(w)
    w.advance(5)
    await begin(w, 'opened by the earlier version')
    const records = (await w.items()).filter(({ sk }) => sk === 'record')
    for (const { pk, sk } of records) await w.context.table.update({ pk, sk }, { remove: ['list2Key', 'list2Sort'] })
    w.advance(20)
    for (const _ of [1, 2, 3]) expect(await listed(w)).toHaveLength(2)
  })
})
