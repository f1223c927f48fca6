// The runbook of a response plan: started once at the beginning of an incident, whatever dies on the way, or said why not.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { isDeepStrictEqual } from 'node:util'
import type { SsmAutomation } from '@aws-sdk/client-ssm-incidents'
import {
  CreateReplicationSetCommand,
  CreateResponsePlanCommand,
  GetIncidentRecordCommand,
  SSMIncidentsClient,
  StartIncidentCommand,
} from '@aws-sdk/client-ssm-incidents'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../lib/incident-manager/context.ts'
import type { Runbook, Started } from '../../../lib/incident-manager/delivery/runbooks.ts'
import { getIncidentRecord } from '../../../lib/incident-manager/operations/incidents/get-incident-record.ts'
import { listRelatedItems } from '../../../lib/incident-manager/operations/incidents/list-related-items.ts'
import { settleIncident } from '../../../lib/incident-manager/operations/incidents/settle.ts'
import { startIncident } from '../../../lib/incident-manager/operations/incidents/start-incident.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { updateRelatedItems } from '../../../lib/incident-manager/operations/incidents/update-related-items.ts'
import { DUE_SHARDS } from '../../../lib/aws/table/due.ts'
import { startSystem } from '../../../lib/local/system.ts'
import { ALARM, alarmStart, PLAN, timelineOf, type World, worldWithPlan } from './world.ts'

const ROLE = 'arn:aws:iam::111122223333:role/tocsin-production-runbook-restart'
const FAILURE = 'SSM Automation Execution Start Failure for Incident'
const ACTION: SsmAutomation = {
  documentName: 'Restart',
  documentVersion: '3',
  roleArn: ROLE,
  parameters: { Force: ['true'] },
  dynamicParameters: { Incident: { variable: 'INCIDENT_RECORD_ARN' }, Resources: { variable: 'INVOLVED_RESOURCES' } },
}

/** Systems Manager: knows tokens as the real one does, and answers as it is told. */
class Automation {
  readonly runs = new Map<string, Runbook>()
  readonly answers: Started[] = []
  calls = 0
  readonly start = async (runbook: Runbook): Promise<Started> => {
    this.calls++
    const answer = this.answers.shift()
    if (answer) return answer
    const known = this.runs.get(runbook.token)
    if (known && !isDeepStrictEqual(runbook, known))
      return { started: false, retry: false, reason: 'IdempotentParameterMismatch' }
    this.runs.set(runbook.token, runbook)
    return { started: true, executionId: `run-${[...this.runs.keys()].indexOf(runbook.token)}` }
  }
}

async function prepared(action: Partial<SsmAutomation> = {}) {
  const w = await worldWithPlan({ actions: [{ ssmAutomation: { ...ACTION, ...action } }] })
  const automation = new Automation()
  /** As incident-manager works, and as run-engagements does. */
  const api: Context = { ...w.context, runbooks: 'later' }
  const engine: Context = { ...w.context, runbooks: automation.start }
  const sweep = async (): Promise<void> => {
    for (const partition of DUE_SHARDS) {
      const { items } = await w.context.table.query({ index: 'due', partition, range: { to: w.now.toISOString() } })
      for (const { pk, sk } of items) await settleIncident(engine, { pk, sk })
    }
  }
  const start = async (token = 't'): Promise<string> =>
    (await startIncident(alarmStart(token), api)).incidentRecordArn ?? ''
  return { w, automation, api, sweep, start }
}

const executionsOf = async (w: World, arn: string): Promise<unknown> =>
  (await getIncidentRecord({ arn }, w.context)).incidentRecord?.automationExecutions
const automationsOf = async (w: World, incidentRecordArn: string): Promise<unknown[]> => {
  const { relatedItems = [] } = await listRelatedItems({ incidentRecordArn }, w.context)
  return relatedItems.filter(({ identifier }) => identifier?.type === 'AUTOMATION')
}
const failuresOf = async (w: World, arn: string): Promise<unknown[]> =>
  (await timelineOf(w, arn)).filter(({ type }) => type === FAILURE).map(({ data }) => data)

const RUN = 'arn:aws:ssm:us-east-1:111122223333:automation-execution/run-0'

describe('a runbook', () => {
  it('is left to the function that can start it, which does with the plan’s role and parameters and the incident’s own', async () => {
    const { w, automation, sweep, start } = await prepared()
    const arn = await start()
    expect([automation.calls, await executionsOf(w, arn)]).toEqual([0, []])
    await sweep()
    expect([...automation.runs.values()]).toEqual([
      {
        token: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        documentName: 'Restart',
        documentVersion: '3',
        parameters: { AutomationAssumeRole: [ROLE], Force: ['true'], Incident: [arn], Resources: [ALARM] },
      },
    ])
    expect(await executionsOf(w, arn)).toEqual([{ ssmExecutionArn: RUN }])
    expect(await automationsOf(w, arn)).toEqual([
      { identifier: { type: 'AUTOMATION', value: { arn: RUN } }, title: 'Restart', generatedId: expect.any(String) },
    ])
    expect(await failuresOf(w, arn)).toEqual([])
    w.advance(60)
    await sweep()
    expect(automation.calls).toBe(1)
  })

  it('of each incident is another run', async () => {
    const { w, automation, sweep, start } = await prepared()
    const first = await start()
    await sweep()
    await updateIncidentRecord({ arn: first, status: 'RESOLVED', clientToken: 'r' }, w.context)
    await start('again')
    await sweep()
    expect(automation.runs.size).toBe(2)
  })

  it('has the role of its parameters where they name one, and no dynamic parameter that has no value', async () => {
    const { automation, sweep, api } = await prepared({ parameters: { AutomationAssumeRole: ['arn:other'] } })
    await startIncident({ responsePlanArn: PLAN, clientToken: 't' }, api)
    await sweep()
    const [run] = automation.runs.values()
    expect(run?.parameters).toEqual({ AutomationAssumeRole: ['arn:other'], Incident: [expect.any(String)] })
  })

  it('whose item a person has removed is not related again', async () => {
    const { w, sweep, start } = await prepared()
    const arn = await start()
    await sweep()
    const itemToRemove = { type: 'AUTOMATION' as const, value: { arn: RUN } }
    const update = { incidentRecordArn: arn, relatedItemsUpdate: { itemToRemove }, clientToken: 'u' }
    await updateRelatedItems(update, w.context)
    w.advance(60)
    await sweep()
    expect(await automationsOf(w, arn)).toEqual([])
  })

  it('finds room among the fifty related items of an incident', async () => {
    const { w, sweep, api } = await prepared()
    const relatedItems = Array.from({ length: 50 }, (_, n) => ({
      identifier: { type: 'OTHER' as const, value: { url: `https://wiki.example.com/${n}` } },
    }))
    const { incidentRecordArn = '' } = await startIncident(
      { responsePlanArn: PLAN, relatedItems, clientToken: 't' },
      api,
    )
    await sweep()
    expect(await automationsOf(w, incidentRecordArn)).toHaveLength(1)
  })
})

describe('what keeps it from starting', () => {
  it('is on the timeline, and the incident goes on', async () => {
    const failureReason = 'AccessDeniedException: no'
    const { w, automation, sweep, start } = await prepared()
    automation.answers.push({ started: false, retry: false, reason: failureReason })
    const arn = await start()
    await sweep()
    const event = { ssmDocumentName: 'Restart', ssmDocumentVersion: '3', failureReason }
    expect(await failuresOf(w, arn)).toEqual([event])
    w.advance(60)
    await sweep()
    expect([await failuresOf(w, arn), automation.calls]).toEqual([[event], 1])
    expect(await executionsOf(w, arn)).toEqual([])
    expect((await getIncidentRecord({ arn }, w.context)).incidentRecord?.status).toBe('OPEN')
  })

  it('another account than this is said; the impacted account is that of the trigger', async () => {
    const { w, automation, sweep, api } = await prepared({ targetAccount: 'IMPACTED_ACCOUNT' })
    const elsewhere = ALARM.replace('111122223333', '444455556666')
    const triggerDetails = { source: 'aws.cloudwatch', triggerArn: elsewhere, timestamp: w.now }
    const { incidentRecordArn = '' } = await startIncident(
      { responsePlanArn: PLAN, triggerDetails, clientToken: 't' },
      api,
    )
    await sweep()
    expect(await failuresOf(w, incidentRecordArn)).toMatchObject([
      { failureReason: expect.stringContaining('444455556666') },
    ])
    expect(automation.calls).toBe(0)
    await startIncident(alarmStart('here'), api)
    await sweep()
    expect(automation.calls).toBe(1)
  })

  it('what passes is tried again every minute, for a quarter of an hour', async () => {
    const busy: Started = { started: false, retry: true, reason: 'ThrottlingException: slow down' }
    const { w, automation, sweep, start } = await prepared()
    automation.answers.push(busy, busy)
    const arn = await start()
    for (let minute = 0; minute < 4; minute++) {
      await sweep()
      w.advance(1)
    }
    expect([automation.calls, await executionsOf(w, arn)]).toEqual([3, [{ ssmExecutionArn: RUN }]])

    const never = await prepared()
    never.automation.answers.push(...Array.from({ length: 100 }, () => busy))
    const other = await never.start()
    for (let minute = 0; minute < 30; minute++) {
      await never.sweep()
      never.w.advance(1)
    }
    expect(await failuresOf(never.w, other)).toMatchObject([{ failureReason: 'ThrottlingException: slow down' }])
    expect(never.automation.calls).toBe(16)
  })

  it('an incident that is over by then starts nothing', async () => {
    const { w, automation, sweep, start } = await prepared()
    const arn = await start()
    await updateIncidentRecord({ arn, status: 'RESOLVED', clientToken: 'r' }, w.context)
    w.advance(1)
    await sweep()
    expect(automation.calls).toBe(0)
    expect(await failuresOf(w, arn)).toMatchObject([{ failureReason: expect.stringContaining('was over') }])
  })
})

it('is started once wherever the sweep dies, and all is written in the end', async () => {
  const undisturbed = await prepared()
  await undisturbed.start()
  undisturbed.w.calls()
  await undisturbed.sweep()
  const calls = undisturbed.w.calls().length
  expect(calls).toBeGreaterThan(8)
  for (const after of [false, true])
    for (let call = 0; call < calls; call++) {
      const { w, automation, sweep, start } = await prepared()
      const arn = await start()
      w.breakAfter(call, after)
      await sweep().catch((error: unknown) => expect(String(error)).toContain('has died'))
      w.repair()
      w.advance(1)
      await sweep()
      expect(automation.runs.size, `${call}`).toBe(1)
      expect(await executionsOf(w, arn)).toEqual([{ ssmExecutionArn: RUN }])
      expect(await automationsOf(w, arn)).toHaveLength(1)
      expect(await failuresOf(w, arn)).toEqual([])
    }
})

it('in a whole system Systems Manager is called within a minute, and the record has the run', async () => {
  const asked: unknown[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(JSON.parse(await text(request)))
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end('{"AutomationExecutionId":"run-0"}')
  }
  const ssm = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => ssm.listen(0, '127.0.0.1', resolve))
  const address = ssm.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const system = await startSystem({
    port: 0,
    data: ':memory:',
    clock: 'simulated',
    seed: false,
    rules: 'rules.yml',
    region: 'us-east-1',
    environment: { TOCSIN_RUNBOOKS: 'on', AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}` },
  })
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const incidents = new SSMIncidentsClient({ endpoint: system.url, region: 'us-east-1', credentials })
  await incidents.send(new CreateReplicationSetCommand({ regions: { 'us-east-1': {} } }))
  const { arn: responsePlanArn } = await incidents.send(
    new CreateResponsePlanCommand({
      name: 'restart',
      incidentTemplate: { title: 'Restart', impact: 1 },
      actions: [{ ssmAutomation: { documentName: 'Restart', roleArn: ROLE } }],
    }),
  )
  const { incidentRecordArn: arn } = await incidents.send(new StartIncidentCommand({ responsePlanArn }))
  await system.advance(60_000)
  const { incidentRecord } = await incidents.send(new GetIncidentRecordCommand({ arn }))
  expect(incidentRecord?.automationExecutions).toEqual([{ ssmExecutionArn: RUN }])
  expect(asked).toMatchObject([{ DocumentName: 'Restart', Parameters: { AutomationAssumeRole: [ROLE] } }])
  incidents.destroy()
  await system.close()
  ssm.close()
  ssm.closeAllConnections()
})
