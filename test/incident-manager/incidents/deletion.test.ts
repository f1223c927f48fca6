// What DeleteIncidentRecord promises.
import { describe, expect, it } from 'vitest'
import { deleteIncidentRecord } from '../../../lib/incident-manager/operations/incidents/delete-incident-record.ts'
import { getIncidentRecord } from '../../../lib/incident-manager/operations/incidents/get-incident-record.ts'
import { listIncidentRecords } from '../../../lib/incident-manager/operations/incidents/list-incident-records.ts'
import { listRelatedItems } from '../../../lib/incident-manager/operations/incidents/list-related-items.ts'
import { listTimelineEvents } from '../../../lib/incident-manager/operations/incidents/list-timeline-events.ts'
import { appendTimelineEvent } from '../../../lib/incident-manager/operations/incidents/timeline.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { alarmStart, GONE, planEngaging, start, withPerson, worldWithPlan } from './world.ts'

const notFound = { name: 'ResourceNotFoundException', resource: { type: 'INCIDENT_RECORD' } }

describe('DeleteIncidentRecord', () => {
  it('leaves nothing to be seen, and within the hour nothing at all', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    await deleteIncidentRecord({ arn }, w.context)
    await deleteIncidentRecord({ arn }, w.context)
    await expect(getIncidentRecord({ arn }, w.context)).rejects.toMatchObject(notFound)
    expect(await listIncidentRecords({}, w.context)).toMatchObject({ incidentRecordSummaries: [] })
    expect(await listTimelineEvents({ incidentRecordArn: arn }, w.context)).toEqual({ eventSummaries: [] })
    expect(await listRelatedItems({ incidentRecordArn: arn }, w.context)).toEqual({ relatedItems: [] })
    await expect(updateIncidentRecord({ arn, impact: 1 }, w.context)).rejects.toMatchObject(notFound)
    w.advance(61)
    await w.sweep()
    expect((await w.items()).map(({ sk }) => sk).toSorted()).toEqual(['plan', 'replication-set', 'token'])
  })

  it('stops whoever was still being told', async () => {
    const w = await worldWithPlan()
    const responsePlanArn = await planEngaging(w, [await withPerson(w, 'ana')])
    const arn = await start(w, { responsePlanArn })
    await deleteIncidentRecord({ arn }, w.context)
    const engagement = (await w.items()).find(({ sk }) => sk === 'engagement')
    expect(JSON.stringify(engagement)).toContain('was deleted by')
  })

  it('succeeds on what is absent', async () => {
    const w = await worldWithPlan()
    expect(await deleteIncidentRecord({ arn: GONE }, w.context)).toEqual({})
    expect(await deleteIncidentRecord({ arn: 'arn:aws:ssm-incidents::111122223333:x' }, w.context)).toEqual({})
  })

  it('takes a long timeline away bit by bit', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    for (let n = 0; n < 600; n++)
      await appendTimelineEvent(w.context, arn, { type: 'SSM Test', time: w.now, data: {}, key: `${n}` })
    w.calls()
    await deleteIncidentRecord({ arn }, w.context)
    expect(w.calls().length).toBeLessThan(550)
    await w.sweep()
    expect((await w.items()).filter(({ sk }) => sk.startsWith('event#'))).toEqual([])
  })
})
