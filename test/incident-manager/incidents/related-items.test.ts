// What UpdateRelatedItems and ListRelatedItems promise.
import { describe, expect, it } from 'vitest'
import { listIncidentRecords } from '../../../lib/incident-manager/operations/incidents/list-incident-records.ts'
import { listRelatedItems } from '../../../lib/incident-manager/operations/incidents/list-related-items.ts'
import { updateRelatedItems } from '../../../lib/incident-manager/operations/incidents/update-related-items.ts'
import { alarmStart, CALLER, GONE, PLAN, start, typesOf, updatesOf, type World, worldWithPlan } from './world.ts'

const link = (url: string) => ({ identifier: { type: 'OTHER' as const, value: { url } }, title: url })

/** As large as the API takes. */
const metric = (title: string) => ({
  identifier: { type: 'METRIC' as const, value: { metricDefinition: title.padEnd(4000, '漢') } },
  title,
})

describe('UpdateRelatedItems', () => {
  it('adds an item once, and says so once', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, { clientToken: 't', responsePlanArn: alarmStart('t').responsePlanArn })
    const itemToAdd = link('https://a.example.com/')
    const add = (clientToken: string) =>
      updateRelatedItems({ clientToken, incidentRecordArn: arn, relatedItemsUpdate: { itemToAdd } }, w.context)
    await add('1')
    await add('1')
    await add('2')
    const { relatedItems = [] } = await listRelatedItems({ incidentRecordArn: arn }, w.context)
    expect(relatedItems).toEqual([
      { ...itemToAdd, generatedId: expect.stringMatching(/^related-item\/OTHER\/[0-9A-F]{32}$/u) },
    ])
    expect(await updatesOf(w, arn)).toEqual([
      {
        modifiedBy: CALLER,
        modifiedAttributes: [{ attributeName: 'relatedItems', newValue: JSON.stringify({ itemToAdd }) }],
        incidentTitle: 'Payments fail',
      },
    ])
  })

  it('removes by identifier; what is not there needs no removing', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t', { relatedItems: [link('https://a.example.com/')] }))
    const remove = (url: string) =>
      updateRelatedItems(
        { incidentRecordArn: arn, relatedItemsUpdate: { itemToRemove: link(url).identifier } },
        w.context,
      )
    await remove('https://a.example.com/')
    await remove('https://a.example.com/')
    const { relatedItems = [] } = await listRelatedItems({ incidentRecordArn: arn }, w.context)
    expect(relatedItems.map(({ identifier }) => identifier?.type)).toEqual(['INVOLVED_RESOURCE'])
    expect(await updatesOf(w, arn)).toHaveLength(1)
  })

  it('loses none of many that come at once, and takes no more than 50', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, { responsePlanArn: alarmStart('t').responsePlanArn })
    const urls = Array.from({ length: 60 }, (_, index) => `https://example.com/${index}`)
    const answers = await Promise.allSettled(
      urls.map((url) =>
        updateRelatedItems({ incidentRecordArn: arn, relatedItemsUpdate: { itemToAdd: link(url) } }, w.context),
      ),
    )
    const refused = answers.filter((answer) => answer.status === 'rejected')
    expect(refused).toHaveLength(10)
    for (const { reason } of refused) expect(reason).toMatchObject({ name: 'ServiceQuotaExceededException' })
    const { relatedItems } = await listRelatedItems({ incidentRecordArn: arn }, w.context)
    expect(relatedItems).toHaveLength(50)
    expect(await updatesOf(w, arn)).toHaveLength(50)
    w.advance(1)
    await w.sweep()
    expect(JSON.stringify(await w.items())).not.toMatch(/owed|dueAt/u)
  })

  it('is listed page by page, each item once', async () => {
    const w = await worldWithPlan()
    const relatedItems = Array.from({ length: 7 }, (_, index) => link(`https://example.com/${index}`))
    const arn = await start(w, { responsePlanArn: alarmStart('t').responsePlanArn, relatedItems })
    const seen: unknown[] = []
    let nextToken: string | undefined
    do {
      const page = await listRelatedItems({ incidentRecordArn: arn, maxResults: 3, nextToken }, w.context)
      seen.push(...(page.relatedItems ?? []).map(({ title }) => title))
      nextToken = page.nextToken
    } while (nextToken)
    expect(seen).toEqual(relatedItems.map(({ title }) => title))
  })

  it('needs an incident', async () => {
    const w = await worldWithPlan()
    const relatedItemsUpdate = { itemToAdd: link('https://a.example.com/') }
    await expect(updateRelatedItems({ incidentRecordArn: GONE, relatedItemsUpdate }, w.context)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      resource: { type: 'INCIDENT_RECORD', id: GONE },
    })
    expect(await listRelatedItems({ incidentRecordArn: GONE }, w.context)).toEqual({ relatedItems: [] })
  })

  it('is not undone by the start of the incident being finished afterwards', async () => {
    const w = await worldWithPlan()
    w.breakAfter(4)
    await expect(start(w, alarmStart('t'))).rejects.toThrow('died')
    w.repair()
    const { incidentRecordSummaries: [incident] = [] } = await listIncidentRecords({}, w.context)
    const incidentRecordArn = incident?.arn ?? ''
    const { relatedItems: [item] = [] } = await listRelatedItems({ incidentRecordArn }, w.context)
    if (!item?.identifier) throw new Error('The incident has no related item')
    const relatedItemsUpdate = { itemToRemove: item.identifier }
    await updateRelatedItems({ incidentRecordArn, relatedItemsUpdate }, w.context)
    w.advance(1)
    await w.sweep()
    expect(await listRelatedItems({ incidentRecordArn }, w.context)).toMatchObject({ relatedItems: [] })
    expect(await typesOf(w, incidentRecordArn)).toContain('SSM Incident Start')
  })

  it('may come before the start of the incident has related anything', async () => {
    const w = await worldWithPlan()
    w.breakAfter(3)
    await expect(start(w, alarmStart('t'))).rejects.toThrow('died')
    w.repair()
    const { incidentRecordSummaries: [incident] = [] } = await listIncidentRecords({}, w.context)
    const incidentRecordArn = incident?.arn ?? ''
    const relatedItemsUpdate = { itemToAdd: link('https://a.example.com/') }
    await updateRelatedItems({ incidentRecordArn, relatedItemsUpdate }, w.context)
    w.advance(1)
    await w.sweep()
    const { relatedItems } = await listRelatedItems({ incidentRecordArn }, w.context)
    expect(relatedItems).toHaveLength(2)
  })

  it('takes no more than fits, however wide its characters are', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, { responsePlanArn: PLAN })
    const add = (title: string) =>
      updateRelatedItems({ incidentRecordArn: arn, relatedItemsUpdate: { itemToAdd: metric(title) } }, w.context)
    let taken = 0
    const refusal = await (async () => {
      for (; taken < 50; taken++) await add(`${taken}`)
    })().catch((error: unknown) => error)
    expect(refusal).toMatchObject({ name: 'ServiceQuotaExceededException', resource: { type: 'INCIDENT_RECORD' } })
    expect(taken).toBeGreaterThan(25)
    expect(await listRelatedItems({ incidentRecordArn: arn }, w.context)).toMatchObject({
      relatedItems: { length: taken },
    })
    const relatedItemsUpdate = { itemToRemove: metric('0').identifier }
    await updateRelatedItems({ incidentRecordArn: arn, relatedItemsUpdate }, w.context)
    await add('0')
  })
})

describe('The id of a related item', () => {
  const ID = `related-item/OTHER/${'0'.repeat(32)}`
  const idsOf = async (w: World, incidentRecordArn: string) => {
    const { relatedItems = [] } = await listRelatedItems({ incidentRecordArn }, w.context)
    return relatedItems.map(({ generatedId }) => generatedId)
  }
  const derived = async (url: string): Promise<string> => {
    const w = await worldWithPlan()
    const [id = ''] = await idsOf(w, await start(w, { responsePlanArn: PLAN, relatedItems: [link(url)] }))
    return id
  }

  it('is the one that the caller has given at the start, unless another has it or it is of another type', async () => {
    const w = await worldWithPlan()
    const relatedItems = [
      { ...link('https://a.example.com/'), generatedId: ID },
      { ...link('https://b.example.com/'), generatedId: ID },
      { ...link('https://c.example.com/'), generatedId: ID.replace('OTHER', 'METRIC') },
    ]
    expect(await idsOf(w, await start(w, { responsePlanArn: PLAN, relatedItems }))).toEqual([
      ID,
      await derived('https://b.example.com/'),
      await derived('https://c.example.com/'),
    ])
  })

  it('is never that of another item, though it be the one that this derives', async () => {
    const w = await worldWithPlan()
    const [first, second] = [await derived('https://a.example.com/'), await derived('https://b.example.com/')]
    const pretender = { ...link('https://a.example.com/'), generatedId: second }
    const both = [pretender, link('https://b.example.com/')]
    expect(await idsOf(w, await start(w, { responsePlanArn: PLAN, relatedItems: both }))).toEqual([first, second])
    const arn = await start(w, { responsePlanArn: PLAN, relatedItems: [pretender] })
    const relatedItemsUpdate = { itemToAdd: link('https://b.example.com/') }
    await updateRelatedItems({ incidentRecordArn: arn, relatedItemsUpdate }, w.context)
    const ids = await idsOf(w, arn)
    expect(ids).toEqual([second, expect.stringMatching(/^related-item\/OTHER\/[0-9A-F]{32}$/u)])
    expect(new Set(ids).size).toBe(2)
  })
})
