// What client tokens promise: a call counts once, its token belongs to it, and a late retry brings nothing back.
import { describe, expect, it } from 'vitest'
import { createResponsePlan } from '../../../lib/incident-manager/operations/incidents/create-response-plan.ts'
import { createTimelineEvent } from '../../../lib/incident-manager/operations/incidents/create-timeline-event.ts'
import { deleteResponsePlan } from '../../../lib/incident-manager/operations/incidents/delete-response-plan.ts'
import { getIncidentRecord } from '../../../lib/incident-manager/operations/incidents/get-incident-record.ts'
import { getResponsePlan } from '../../../lib/incident-manager/operations/incidents/get-response-plan.ts'
import { getTimelineEvent } from '../../../lib/incident-manager/operations/incidents/get-timeline-event.ts'
import { listRelatedItems } from '../../../lib/incident-manager/operations/incidents/list-related-items.ts'
import { listReplicationSets } from '../../../lib/incident-manager/operations/incidents/list-replication-sets.ts'
import { listResponsePlans } from '../../../lib/incident-manager/operations/incidents/list-response-plans.ts'
import { updateDeletionProtection } from '../../../lib/incident-manager/operations/incidents/update-deletion-protection.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { updateRelatedItems } from '../../../lib/incident-manager/operations/incidents/update-related-items.ts'
import { updateReplicationSet } from '../../../lib/incident-manager/operations/incidents/update-replication-set.ts'
import { updateResponsePlan } from '../../../lib/incident-manager/operations/incidents/update-response-plan.ts'
import { updateTimelineEvent } from '../../../lib/incident-manager/operations/incidents/update-timeline-event.ts'
import { PLAN, start, type World, worldWithPlan } from './world.ts'

const conflict = { name: 'ConflictException' }
const incidentIn = (w: World): Promise<string> => start(w, { clientToken: 'i', responsePlanArn: PLAN })

async function eventOf(w: World, incidentRecordArn: string, clientToken = 'e'): Promise<string> {
  const event = { clientToken, incidentRecordArn, eventTime: w.now, eventType: 'Note', eventData: '"a"' }
  return (await createTimelineEvent(event, w.context)).eventId ?? ''
}

async function setOf(w: World): Promise<string> {
  const { replicationSetArns: [arn = ''] = [] } = await listReplicationSets({}, w.context)
  return arn
}

/** Of each update: prepares it, and answers how it is called with the one value or the other. */
const updates: Record<string, (w: World) => Promise<(value: 0 | 1) => Promise<unknown>>> = {
  UpdateResponsePlan: async (w) => (value) =>
    updateResponsePlan({ clientToken: 't', arn: PLAN, displayName: `Name ${value}` }, w.context),
  UpdateIncidentRecord: async (w) => {
    const arn = await incidentIn(w)
    return (value) => updateIncidentRecord({ clientToken: 't', arn, title: `Title ${value}` }, w.context)
  },
  UpdateRelatedItems: async (w) => {
    const incidentRecordArn = await incidentIn(w)
    return (value) => {
      const identifier = { type: 'OTHER' as const, value: { url: `https://example.com/${value}` } }
      const relatedItemsUpdate = { itemToAdd: { identifier } }
      return updateRelatedItems({ clientToken: 't', incidentRecordArn, relatedItemsUpdate }, w.context)
    }
  },
  UpdateTimelineEvent: async (w) => {
    const incidentRecordArn = await incidentIn(w)
    const eventId = await eventOf(w, incidentRecordArn)
    return (value) =>
      updateTimelineEvent({ clientToken: 't', incidentRecordArn, eventId, eventData: `"${value}"` }, w.context)
  },
  UpdateDeletionProtection: async (w) => {
    const arn = await setOf(w)
    return (value) => updateDeletionProtection({ clientToken: 't', arn, deletionProtected: value === 1 }, w.context)
  },
  UpdateReplicationSet: async (w) => {
    const arn = await setOf(w)
    const regions = ['eu-west-1', 'eu-west-2'] as const
    return (value) =>
      updateReplicationSet(
        { clientToken: 't', arn, actions: [{ addRegionAction: { regionName: regions[value] } }] },
        w.context,
      )
  },
}

describe.each(Object.entries(updates))('%s', (_, prepare) => {
  it('applies one of two calls that come at once with one token, and refuses the other', async () => {
    const w = await worldWithPlan()
    const update = await prepare(w)
    const answers = await Promise.allSettled([update(0), update(1)])
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(answers).toContainEqual({ status: 'rejected', reason: expect.objectContaining(conflict) })
  })

  it('answers both of two calls that are one', async () => {
    const w = await worldWithPlan()
    const update = await prepare(w)
    expect(await Promise.all([update(0), update(0)])).toEqual([{}, {}])
  })
})

describe('CreateResponsePlan', () => {
  const create = (w: World, name: string, clientToken = 't') =>
    createResponsePlan({ clientToken, name, incidentTemplate: { title: 'a', impact: 5 } }, w.context)
  const names = async (w: World) =>
    (await listResponsePlans({}, w.context)).responsePlanSummaries?.map(({ arn }) => arn)

  it('makes one plan of a token, and refuses it for another name', async () => {
    const w = await worldWithPlan()
    const { arn } = await create(w, 'orders')
    await expect(create(w, 'payouts')).rejects.toMatchObject({ ...conflict, resource: { id: arn } })
    expect(await create(w, 'orders')).toEqual({ arn })
    expect(await names(w)).toEqual([arn, PLAN])
    const twins = await Promise.allSettled([create(w, 'one', 'twins'), create(w, 'two', 'twins')])
    expect(twins.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await names(w)).toHaveLength(3)
  })

  it('is finished by the same call, wherever it died', async () => {
    const undisturbed = await worldWithPlan()
    await create(undisturbed, 'orders')
    const calls = undisturbed.calls().length
    for (let call = 0; call < calls; call++)
      for (const after of [false, true]) {
        const w = await worldWithPlan()
        w.breakAfter(after ? call + 1 : call, after)
        await expect(create(w, 'orders')).rejects.toThrow('has died')
        w.repair()
        const { arn } = await create(w, 'orders')
        expect(await names(w)).toEqual([arn, PLAN])
        expect(await w.items()).toEqual(await undisturbed.items())
      }
  })

  it('keeps no token of a call that it has refused, because the name was taken', async () => {
    const w = await worldWithPlan()
    await expect(create(w, 'payments')).rejects.toMatchObject({ ...conflict, resource: { id: PLAN } })
    await create(w, 'orders')
  })

  it('brings no plan back when the call comes again after its deletion', async () => {
    const w = await worldWithPlan()
    const { arn } = await create(w, 'orders')
    await deleteResponsePlan({ arn }, w.context)
    expect(await create(w, 'orders')).toEqual({ arn })
    await expect(getResponsePlan({ arn }, w.context)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

describe('a token of CreateTimelineEvent or UpdateIncidentRecord', () => {
  it('is one incident’s: with another incident it is another call', async () => {
    const w = await worldWithPlan()
    const one = await incidentIn(w)
    const other = await start(w, { clientToken: 'other', responsePlanArn: PLAN })
    expect(await eventOf(w, one)).not.toBe(await eventOf(w, other))
    for (const [arn, title] of [
      [one, 'One'],
      [other, 'Other'],
    ] as const) {
      await updateIncidentRecord({ clientToken: 'u', arn, title }, w.context)
      expect((await getIncidentRecord({ arn }, w.context)).incidentRecord).toMatchObject({ title })
    }
  })
})

describe('UpdateRelatedItems', () => {
  const identifier = { type: 'OTHER', value: { url: 'https://example.com/' } } as const

  it('remembers a call that had nothing to change', async () => {
    const w = await worldWithPlan()
    const incidentRecordArn = await incidentIn(w)
    const remove = () =>
      updateRelatedItems(
        { clientToken: 'm', incidentRecordArn, relatedItemsUpdate: { itemToRemove: identifier } },
        w.context,
      )
    const add = (clientToken: string, title: string) =>
      updateRelatedItems(
        { clientToken, incidentRecordArn, relatedItemsUpdate: { itemToAdd: { identifier, title } } },
        w.context,
      )
    await remove()
    await add('a', 'First')
    await remove()
    await expect(add('m', 'First')).rejects.toMatchObject(conflict)
    // An item that is there already keeps its title.
    await add('b', 'Second')
    const { relatedItems } = await listRelatedItems({ incidentRecordArn }, w.context)
    expect(relatedItems).toMatchObject([{ identifier, title: 'First' }])
  })
})

describe('UpdateTimelineEvent', () => {
  it('loses nothing of two calls that change different parts at once', async () => {
    const w = await worldWithPlan()
    const incidentRecordArn = await incidentIn(w)
    const eventId = await eventOf(w, incidentRecordArn)
    const eventTime = new Date('2026-02-01T00:00:00.000Z')
    await Promise.all([
      updateTimelineEvent({ incidentRecordArn, eventId, eventTime }, w.context),
      updateTimelineEvent({ incidentRecordArn, eventId, eventData: '"b"' }, w.context),
    ])
    const { event } = await getTimelineEvent({ incidentRecordArn, eventId }, w.context)
    expect(event).toMatchObject({ eventTime, eventData: '"b"' })
  })
})
