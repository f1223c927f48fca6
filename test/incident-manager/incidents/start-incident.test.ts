// What StartIncident promises: one incident, people told first, everything on the timeline once.
import { describe, expect, it } from 'vitest'
import { getIncidentRecord } from '../../../lib/incident-manager/operations/incidents/get-incident-record.ts'
import { listRelatedItems } from '../../../lib/incident-manager/operations/incidents/list-related-items.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { ALARM, alarmStart, CALLER, PLAN, start, timelineOf, TOPIC, world, worldWithPlan } from './world.ts'

const RAW = JSON.stringify({
  region: 'us-east-1',
  detail: {
    configuration: {
      metrics: [
        {
          id: 'm1',
          metricStat: {
            metric: { namespace: 'AWS/SQS', name: 'AgeOfOldestMessage', dimensions: { QueueName: 'orders' } },
            period: 60,
            stat: 'Maximum',
          },
        },
        { id: 'e1', expression: 'm1 * 2' },
      ],
    },
  },
})

describe('a new incident', () => {
  it('takes title, impact and summary from the plan', async () => {
    const w = await worldWithPlan({
      incidentTemplate: {
        title: 'Payments fail',
        impact: 2,
        summary: 'Look at the queue',
        notificationTargets: [{ snsTopicArn: TOPIC }],
      },
    })
    const arn = await start(w, { clientToken: 't', responsePlanArn: PLAN })
    expect(arn).toMatch(/^arn:aws:ssm-incidents::111122223333:incident-record\/payments\/[0-9a-f-]{36}$/u)
    const { incidentRecord } = await getIncidentRecord({ arn }, w.context)
    expect(incidentRecord).toMatchObject({
      arn,
      title: 'Payments fail',
      impact: 2,
      summary: 'Look at the queue',
      status: 'OPEN',
      creationTime: w.now,
      lastModifiedTime: w.now,
      lastModifiedBy: CALLER,
      automationExecutions: [],
      incidentRecordSource: { createdBy: CALLER, source: 'aws.ssm-incidents.custom' },
      notificationTargets: [{ snsTopicArn: TOPIC }],
    })
    expect(incidentRecord?.dedupeString).toMatch(/^[0-9a-f-]{36}$/u)
  })

  it('is what the call says, where it says something', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t', { title: 'Orders wait', impact: 1 }))
    const { incidentRecord } = await getIncidentRecord({ arn }, w.context)
    expect(incidentRecord).toMatchObject({
      title: 'Orders wait',
      impact: 1,
      incidentRecordSource: { source: 'aws.cloudwatch', resourceArn: ALARM },
    })
  })

  it('is started by a plan under both spellings that AWS prints, and not without one', async () => {
    const w = await worldWithPlan()
    await start(w, { clientToken: 't', responsePlanArn: PLAN.replace('response-plan', 'responseplan') })
    await expect(start(w, { responsePlanArn: `${PLAN}-gone` })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      resource: { type: 'RESPONSE_PLAN', id: `${PLAN}-gone` },
    })
    await expect(start(world(), { responsePlanArn: PLAN })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('is related to what the caller names, to what triggered it, and to the metrics of the alarm', async () => {
    const w = await worldWithPlan()
    const link = {
      title: 'Runbook',
      identifier: { type: 'OTHER' as const, value: { url: 'https://wiki.example.com/' } },
    }
    const trigger = alarmStart('t').triggerDetails
    const arn = await start(
      w,
      alarmStart('t', {
        relatedItems: [link, link],
        triggerDetails: trigger && { ...trigger, rawData: RAW },
      }),
    )
    const { relatedItems = [] } = await listRelatedItems({ incidentRecordArn: arn }, w.context)
    expect(relatedItems.map(({ identifier, title }) => ({ identifier, title }))).toEqual([
      link,
      { title: ALARM, identifier: { type: 'INVOLVED_RESOURCE', value: { arn: ALARM } } },
      {
        title: 'AWS/SQS AgeOfOldestMessage',
        identifier: {
          type: 'METRIC',
          value: {
            metricDefinition:
              '{"metrics":[["AWS/SQS","AgeOfOldestMessage","QueueName","orders"]],"period":60,"stat":"Maximum","region":"us-east-1"}',
          },
        },
      },
    ])
    for (const { generatedId, identifier } of relatedItems)
      expect(generatedId).toMatch(new RegExp(`^related-item/${identifier?.type}/[0-9A-F]{32}$`, 'u'))
  })

  it('takes the metrics of the caller instead of the alarm’s, and opens whatever the raw data is', async () => {
    const w = await worldWithPlan()
    const metric = { identifier: { type: 'METRIC' as const, value: { metricDefinition: '{}' } } }
    const details = { source: 'aws.cloudwatch', timestamp: w.now, rawData: RAW }
    const arn = await start(w, { responsePlanArn: PLAN, relatedItems: [metric], triggerDetails: details })
    const { relatedItems = [] } = await listRelatedItems({ incidentRecordArn: arn }, w.context)
    expect(relatedItems.map(({ identifier }) => identifier)).toEqual([metric.identifier])
    for (const rawData of ['not JSON', '[]', 'null', '{"detail":{"configuration":{"metrics":[7,{"metricStat":{}}]}}}'])
      await start(w, { responsePlanArn: PLAN, triggerDetails: { ...details, rawData } })
  })

  it('says on its timeline what triggered it and how it started', async () => {
    const w = await worldWithPlan()
    const trigger = alarmStart('t').triggerDetails
    const arn = await start(w, alarmStart('t', { triggerDetails: trigger && { ...trigger, rawData: '{"a":1}' } }))
    const timeline = await timelineOf(w, arn)
    expect(timeline.map(({ type }) => type)).toEqual(['SSM Incident Trigger', 'SSM Incident Start'])
    expect(timeline).toContainEqual({
      type: 'SSM Incident Trigger',
      data: { createdIncident: true, incidentSource: 'aws.cloudwatch', triggerArn: ALARM, rawData: '{"a":1}' },
    })
    expect(timeline).toContainEqual({
      type: 'SSM Incident Start',
      data: { incidentTitle: 'Payments fail', contactsEngage: [], triggerArn: ALARM },
    })
  })

  it('keeps what an event says within the API’s 12,000 characters', async () => {
    const w = await worldWithPlan()
    const rawData = '"'.repeat(10_000)
    const arn = await start(w, { responsePlanArn: PLAN, triggerDetails: { source: 'shop', timestamp: w.now, rawData } })
    const trigger = (await timelineOf(w, arn)).find(({ type }) => type === 'SSM Incident Trigger')
    expect(JSON.stringify(trigger?.data).length).toBeLessThanOrEqual(12_000)
  })

  it('is opened however large all that it begins with is, with as many related items as there is room for', async () => {
    const wide = (length: number) => '漢'.repeat(length)
    const topic = (n: number) => ({ snsTopicArn: `arn:aws:sns:us-east-1:111122223333:${n}`.padEnd(1000, '漢') })
    const w = await worldWithPlan({
      incidentTemplate: {
        title: wide(200),
        impact: 1,
        summary: wide(8000),
        dedupeString: wide(1000),
        notificationTargets: Array.from({ length: 10 }, (_, n) => topic(n)),
        incidentTags: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}`.padEnd(128, 'k'), wide(85)])),
      },
      actions: [
        {
          ssmAutomation: {
            roleArn: 'arn:aws:iam::111122223333:role/tocsin',
            documentName: 'restart',
            parameters: { hosts: Array.from({ length: 8 }, () => wide(512)) },
          },
        },
      ],
    })
    const metrics = Array.from({ length: 50 }, (_, n) => ({
      identifier: { type: 'METRIC' as const, value: { metricDefinition: `${n}`.padEnd(4000, '漢') } },
    }))
    const involved = Array.from({ length: 50 }, (_, n) => ({
      identifier: {
        type: 'INVOLVED_RESOURCE' as const,
        value: { arn: `arn:aws:ec2:us-east-1:111122223333:instance/${n}`.padEnd(1000, '漢') },
      },
    }))
    for (const relatedItems of [metrics, involved]) {
      const rawData = wide(10_000)
      const triggerDetails = { source: 'x', triggerArn: ALARM, timestamp: w.now, rawData }
      const input = { title: `${relatedItems === metrics}`, responsePlanArn: PLAN, relatedItems, triggerDetails }
      const incidentRecordArn = await start(w, input)
      const related = (await listRelatedItems({ incidentRecordArn }, w.context)).relatedItems ?? []
      expect(related.length).toBeGreaterThan(4)
      expect(related.length).toBeLessThan(50)
      await updateIncidentRecord({ arn: incidentRecordArn, status: 'RESOLVED', summary: wide(8000) }, w.context)
    }
  })

  it('says honestly that the plan’s runbook was not run', async () => {
    const w = await worldWithPlan({
      actions: [{ ssmAutomation: { documentName: 'Restart', roleArn: 'arn:aws:iam::111122223333:role/r' } }],
    })
    const arn = await start(w, { responsePlanArn: PLAN })
    expect(await timelineOf(w, arn)).toContainEqual({
      type: 'SSM Automation Execution Start Failure for Incident',
      data: { ssmDocumentName: 'Restart', failureReason: expect.stringContaining('switched off') },
    })
  })
})

describe('table calls', () => {
  it('are seven for a new incident: a figure that the whole system counts on', async () => {
    const w = await worldWithPlan({ incidentTemplate: { title: 'Payments fail', impact: 2, dedupeString: 'pay' } })
    await start(w, alarmStart('t'))
    expect(w.calls()).toEqual([
      'get plan',
      'put slot',
      'put record',
      'put related-items',
      'put event',
      'put event',
      'update record',
    ])
  })

  it('leave nothing owed', async () => {
    const w = await worldWithPlan()
    await start(w, alarmStart('t'))
    expect(JSON.stringify(await w.items())).not.toMatch(/owed|dueAt|dueShard/u)
  })
})
