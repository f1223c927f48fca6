// A process may die at any table call: whoever comes next, the same call or a sweep, brings it to the same end.
import { afterAll, describe, expect, it } from 'vitest'
import { createTimelineEvent } from '../../../lib/incident-manager/operations/incidents/create-timeline-event.ts'
import { deleteIncidentRecord } from '../../../lib/incident-manager/operations/incidents/delete-incident-record.ts'
import { deleteReplicationSet } from '../../../lib/incident-manager/operations/incidents/delete-replication-set.ts'
import { listReplicationSets } from '../../../lib/incident-manager/operations/incidents/list-replication-sets.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { updateRelatedItems } from '../../../lib/incident-manager/operations/incidents/update-related-items.ts'
import { ALARM, alarmStart, planEngaging, start, TOPIC, withPerson, type World, worldWithPlan } from './world.ts'

/** What is set up before, and the call that dies. */
interface Story {
  readonly prepare: () => Promise<{ w: World; act: () => Promise<unknown> }>
}

const notified = {
  incidentTemplate: { title: 'Payments fail', impact: 2, notificationTargets: [{ snsTopicArn: TOPIC }] },
}
const runbook = {
  identifier: { type: 'OTHER' as const, value: { url: 'https://wiki.example.com/' } },
  title: 'Runbook',
}

const stories: Record<string, Story> = {
  'StartIncident for an alarm': {
    prepare: async () => {
      const w = await worldWithPlan(notified)
      return { w, act: () => start(w, alarmStart('t')) }
    },
  },
  'StartIncident with people to tell': {
    prepare: async () => {
      const w = await worldWithPlan(notified)
      const responsePlanArn = await planEngaging(w, [await withPerson(w, 'ana'), await withPerson(w, 'ben')])
      return { w, act: () => start(w, { clientToken: 't', responsePlanArn, relatedItems: [runbook] }) }
    },
  },
  'StartIncident that joins': {
    prepare: async () => {
      const w = await worldWithPlan(notified)
      await start(w, alarmStart('first'))
      return { w, act: () => start(w, alarmStart('second')) }
    },
  },
  'StartIncident after a resolved incident': {
    prepare: async () => {
      const w = await worldWithPlan(notified)
      const arn = await start(w, alarmStart('first'))
      await updateIncidentRecord({ clientToken: 'r', arn, status: 'RESOLVED' }, w.context)
      return { w, act: () => start(w, alarmStart('second')) }
    },
  },
  'UpdateIncidentRecord that resolves': {
    prepare: async () => {
      const w = await worldWithPlan(notified)
      const responsePlanArn = await planEngaging(w, [await withPerson(w, 'ana')])
      const arn = await start(w, { clientToken: 't', responsePlanArn })
      const input = { clientToken: 'u', arn, status: 'RESOLVED' as const, title: 'Over' }
      return { w, act: () => updateIncidentRecord(input, w.context) }
    },
  },
  'UpdateIncidentRecord that opens again': {
    prepare: async () => {
      const w = await worldWithPlan(notified)
      const arn = await start(w, alarmStart('t'))
      await updateIncidentRecord({ clientToken: 'r', arn, status: 'RESOLVED' }, w.context)
      await start(w, alarmStart('meanwhile'))
      return { w, act: () => updateIncidentRecord({ clientToken: 'o', arn, status: 'OPEN' }, w.context) }
    },
  },
  'UpdateRelatedItems that adds': {
    prepare: async () => {
      const w = await worldWithPlan(notified)
      const incidentRecordArn = await start(w, alarmStart('t'))
      const input = { clientToken: 'u', incidentRecordArn, relatedItemsUpdate: { itemToAdd: runbook } }
      return { w, act: () => updateRelatedItems(input, w.context) }
    },
  },
  'UpdateRelatedItems that removes': {
    prepare: async () => {
      const w = await worldWithPlan(notified)
      const incidentRecordArn = await start(w, alarmStart('t'))
      const itemToRemove = { type: 'INVOLVED_RESOURCE' as const, value: { arn: ALARM } }
      const input = { clientToken: 'u', incidentRecordArn, relatedItemsUpdate: { itemToRemove } }
      return { w, act: () => updateRelatedItems(input, w.context) }
    },
  },
  DeleteIncidentRecord: {
    prepare: async () => {
      const w = await worldWithPlan(notified)
      const arn = await start(w, alarmStart('t'))
      return { w, act: () => deleteIncidentRecord({ arn }, w.context) }
    },
  },
}

let points = 0
afterAll(() => console.log(`${points} crash points were tried`))

/** The incidents' whole state without its instants, and who was told; what an engagement keeps is its own affair. */
async function ending(w: World): Promise<unknown> {
  const items = (await w.items()).filter(({ pk }) => /^(?:incident|dedupe|token|plan|account)/u.test(pk))
  const timeless = JSON.stringify(items).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, 'instant')
  const told = new Set(w.sent.map(({ contactArn, pageArn }) => `${contactArn} ${pageArn}`))
  const published = new Set(w.published.map(({ topicArn, message }) => `${topicArn} ${String(message['id'])}`))
  return { items: JSON.parse(timeless), told, published }
}

async function settled(w: World): Promise<void> {
  w.repair()
  w.advance(61)
  await w.sweep()
  await w.sweep()
}

describe.each(Object.entries(stories))('%s', (_, { prepare }) => {
  it.each(['before', 'after'] as const)(
    'ends the same when it dies %s any table call has taken effect',
    async (when) => {
      const undisturbed = await prepare()
      undisturbed.w.calls()
      await undisturbed.act()
      const calls = undisturbed.w.calls().length
      await settled(undisturbed.w)
      const expected = await ending(undisturbed.w)

      for (let call = when === 'before' ? 0 : 1; call < calls; call++) {
        for (const next of ['the same call', 'a sweep, then the same call'] as const) {
          points++
          const { w, act } = await prepare()
          w.breakAfter(call, when === 'after')
          await expect(act(), `call ${call}`).rejects.toThrow('The process has died')
          if (next !== 'the same call') await settled(w)
          w.repair()
          await act()
          await settled(w)
          expect(await ending(w), `${when} call ${call}, then ${next}`).toEqual(expected)
        }
      }
    },
  )
})

describe('a sweep alone', () => {
  it('finishes whatever StartIncident has durably begun', async () => {
    const story = stories['StartIncident for an alarm']
    if (!story) throw new Error('no such story')
    const undisturbed = await story.prepare()
    await undisturbed.act()
    await settled(undisturbed.w)
    const expected = await ending(undisturbed.w)
    for (let call = 3; call < 7; call++) {
      points++
      const { w, act } = await story.prepare()
      w.breakAfter(call)
      await expect(act()).rejects.toThrow('The process has died')
      await settled(w)
      expect(await ending(w)).toEqual(expected)
    }
  })
})

describe('CreateTimelineEvent', () => {
  it('is written once, wherever it dies', async () => {
    for (const call of [0, 1, 2]) {
      points++
      const w = await worldWithPlan()
      const incidentRecordArn = await start(w, alarmStart('t'))
      const before = JSON.stringify(await w.items()).split('event#').length
      const input = { clientToken: 'e', incidentRecordArn, eventTime: w.now, eventType: 'Note', eventData: '"x"' }
      w.breakAfter(call, call === 2)
      await expect(createTimelineEvent(input, w.context)).rejects.toThrow('The process has died')
      w.repair()
      const { eventId } = await createTimelineEvent(input, w.context)
      expect(await createTimelineEvent(input, w.context)).toEqual({ eventId, incidentRecordArn })
      expect(JSON.stringify(await w.items()).split('event#').length).toBe(before + 1)
    }
  })
})

const fullAccount = async () => {
  const w = await worldWithPlan(notified)
  const responsePlanArn = await planEngaging(w, [await withPerson(w, 'ana')])
  await start(w, { clientToken: 't', responsePlanArn })
  await start(w, alarmStart('a'))
  const { replicationSetArns = [] } = await listReplicationSets({}, w.context)
  w.calls()
  return { w, act: () => deleteReplicationSet({ arn: replicationSetArns[0] }, w.context) }
}

describe('DeleteReplicationSet', () => {
  it('is finished by a sweep, wherever it dies', async () => {
    const undisturbed = await fullAccount()
    await undisturbed.act()
    const calls = undisturbed.w.calls().length
    for (let call = 2; call < calls; call++) {
      points++
      const { w, act } = await fullAccount()
      w.breakAfter(call)
      await expect(act()).rejects.toThrow('The process has died')
      await settled(w)
      expect(await w.items()).toEqual([])
    }
  })
})
