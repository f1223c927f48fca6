// What replication sets, response plans and the list of incidents promise.
import { describe, expect, it } from 'vitest'
import { createReplicationSet } from '../../../lib/incident-manager/operations/incidents/create-replication-set.ts'
import { createResponsePlan } from '../../../lib/incident-manager/operations/incidents/create-response-plan.ts'
import { deleteReplicationSet } from '../../../lib/incident-manager/operations/incidents/delete-replication-set.ts'
import { deleteResponsePlan } from '../../../lib/incident-manager/operations/incidents/delete-response-plan.ts'
import { getReplicationSet } from '../../../lib/incident-manager/operations/incidents/get-replication-set.ts'
import { getResponsePlan } from '../../../lib/incident-manager/operations/incidents/get-response-plan.ts'
import { listIncidentRecords } from '../../../lib/incident-manager/operations/incidents/list-incident-records.ts'
import { listReplicationSets } from '../../../lib/incident-manager/operations/incidents/list-replication-sets.ts'
import { listResponsePlans } from '../../../lib/incident-manager/operations/incidents/list-response-plans.ts'
import { updateIncidentRecord } from '../../../lib/incident-manager/operations/incidents/update-incident-record.ts'
import { updateResponsePlan } from '../../../lib/incident-manager/operations/incidents/update-response-plan.ts'
import { replicationSetKey } from '../../../lib/incident-manager/store/keys.ts'
import {
  alarmStart,
  CALLER,
  CHAT,
  PLAN,
  planEngaging,
  start,
  TOPIC,
  withPerson,
  world,
  worldWithPlan,
} from './world.ts'

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/de6a2f4e-5d40-4443-ad82-1db179510a32'
const regions = { 'us-east-1': { sseKmsKeyId: KEY }, 'us-east-2': {} }
const template = { title: 'Payments fail', impact: 2 }

describe('the replication set', () => {
  it('is ACTIVE as soon as it is asked for, with DefaultKey where none was given', async () => {
    const w = world()
    const { arn } = await createReplicationSet({ clientToken: 'a', regions }, w.context)
    expect(arn).toMatch(/^arn:aws:ssm-incidents::111122223333:replication-set\/[0-9a-f-]{36}$/u)
    const { replicationSet } = await getReplicationSet({ arn }, w.context)
    const state = { status: 'ACTIVE', statusUpdateDateTime: w.now }
    expect(replicationSet).toEqual({
      arn,
      status: 'ACTIVE',
      deletionProtected: false,
      createdTime: w.now,
      createdBy: CALLER,
      lastModifiedTime: w.now,
      lastModifiedBy: CALLER,
      regionMap: {
        'us-east-1': { sseKmsKeyId: KEY, ...state },
        'us-east-2': { sseKmsKeyId: 'DefaultKey', ...state },
      },
    })
    expect(await listReplicationSets({}, w.context)).toEqual({ replicationSetArns: [arn] })
  })

  it('is one per account; the same call again gives the same set', async () => {
    const w = world()
    const first = await createReplicationSet({ clientToken: 'a', regions }, w.context)
    expect(await createReplicationSet({ clientToken: 'a', regions }, w.context)).toEqual(first)
    const resource = { type: 'REPLICATION_SET', id: first.arn }
    const second = createReplicationSet({ clientToken: 'b', regions }, w.context)
    await expect(second).rejects.toMatchObject({ name: 'ServiceQuotaExceededException', resource })
    const other = createReplicationSet({ clientToken: 'a', regions: { 'us-east-1': {} } }, w.context)
    await expect(other).rejects.toMatchObject({ name: 'ConflictException', resource })
  })

  it('is not found under another ARN, nor before there is one', async () => {
    const w = world()
    expect(await listReplicationSets({}, w.context)).toEqual({ replicationSetArns: [] })
    const arn = 'arn:aws:ssm-incidents::111122223333:replication-set/other'
    const notFound = { name: 'ResourceNotFoundException', resource: { type: 'REPLICATION_SET', id: arn } }
    await expect(getReplicationSet({ arn }, w.context)).rejects.toMatchObject(notFound)
    await createReplicationSet({ regions }, w.context)
    await expect(getReplicationSet({ arn }, w.context)).rejects.toMatchObject(notFound)
    await expect(deleteReplicationSet({ arn }, w.context)).rejects.toMatchObject(notFound)
  })

  it('takes everything of the account with it', async () => {
    const w = await worldWithPlan()
    const responsePlanArn = await planEngaging(w, [await withPerson(w, 'ana'), await withPerson(w, 'ben')])
    await start(w, { responsePlanArn })
    await start(w, alarmStart('t'))
    const { replicationSetArns = [] } = await listReplicationSets({}, w.context)
    await deleteReplicationSet({ arn: replicationSetArns[0] }, w.context)
    expect(await w.items()).toEqual([])
    await createReplicationSet({ regions }, w.context)
    expect(await listResponsePlans({}, w.context)).toMatchObject({ responsePlanSummaries: [] })
  })

  it('of a large account is DELETING until sweeps have taken all of it, and refuses new things meanwhile', async () => {
    const w = await worldWithPlan()
    for (let n = 0; n < 150; n++) await start(w, { clientToken: `${n}`, responsePlanArn: PLAN })
    const { replicationSetArns: [arn] = [] } = await listReplicationSets({}, w.context)
    await deleteReplicationSet({ arn }, w.context)
    const { replicationSet } = await getReplicationSet({ arn }, w.context)
    expect(replicationSet?.status).toBe('DELETING')
    await expect(createReplicationSet({ regions }, w.context)).rejects.toThrow('is being changed or deleted')
    await expect(createResponsePlan({ name: 'x', incidentTemplate: template }, w.context)).rejects.toThrow('ACTIVE')
    await w.sweep()
    await w.sweep()
    await expect(getReplicationSet({ arn }, w.context)).rejects.toThrow('not found')
    expect(await w.items()).toEqual([])
  })

  it('is not deleted while it is protected', async () => {
    const w = world()
    const { arn } = await createReplicationSet({ regions }, w.context)
    await w.context.table.update(replicationSetKey, { set: { deletionProtected: true } })
    await expect(deleteReplicationSet({ arn }, w.context)).rejects.toMatchObject({ name: 'ValidationException' })
    expect(await listReplicationSets({}, w.context)).toEqual({ replicationSetArns: [arn] })
  })
})

describe('a response plan', () => {
  const full = {
    name: 'orders',
    displayName: 'Orders',
    incidentTemplate: {
      ...template,
      summary: 'Look',
      dedupeString: 'orders',
      notificationTargets: [{ snsTopicArn: TOPIC }],
      incidentTags: { team: 'orders' },
    },
    chatChannel: { chatbotSns: [CHAT] },
    engagements: ['arn:aws:ssm-contacts:us-east-1:111122223333:contact/nobody'],
    actions: [{ ssmAutomation: { documentName: 'Restart', roleArn: 'arn:aws:iam::111122223333:role/r' } }],
  }
  const arn = PLAN.replace('payments', 'orders')

  it('needs the replication set', async () => {
    const w = world()
    await expect(createResponsePlan(full, w.context)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      resource: { type: 'REPLICATION_SET' },
    })
  })

  it('is read back with exactly the members that were set', async () => {
    const w = await worldWithPlan()
    expect(await createResponsePlan(full, w.context)).toEqual({ arn })
    const got = await getResponsePlan({ arn: arn.replace('response-plan', 'responseplan') }, w.context)
    expect(JSON.parse(JSON.stringify(got))).toEqual({ arn, ...full })
    const small = await getResponsePlan({ arn: PLAN }, w.context)
    expect(JSON.parse(JSON.stringify(small))).toEqual({ arn: PLAN, name: 'payments', incidentTemplate: template })
  })

  it('has a name of its own; the same call again gives the same plan', async () => {
    const w = await worldWithPlan()
    const input = { clientToken: 'plan', name: 'payments', incidentTemplate: template }
    expect(await createResponsePlan(input, w.context)).toEqual({ arn: PLAN })
    for (const other of [{ clientToken: 'other' }, { displayName: 'Other' }])
      await expect(createResponsePlan({ ...input, ...other }, w.context)).rejects.toMatchObject({
        name: 'ConflictException',
        resource: { type: 'RESPONSE_PLAN', id: PLAN },
      })
  })

  it('is changed part by part; an empty part is cleared', async () => {
    const w = await worldWithPlan()
    await createResponsePlan(full, w.context)
    await updateResponsePlan({ arn, incidentTemplateImpact: 4, incidentTemplateSummary: 'Look again' }, w.context)
    const changed = await getResponsePlan({ arn }, w.context)
    const incidentTemplate = { ...full.incidentTemplate, impact: 4, summary: 'Look again' }
    expect(JSON.parse(JSON.stringify(changed))).toEqual({ arn, ...full, incidentTemplate })
    await updateResponsePlan(
      {
        arn,
        displayName: '',
        chatChannel: { empty: {} },
        engagements: [],
        actions: [],
        incidentTemplateNotificationTargets: [],
        incidentTemplateTags: {},
        incidentTemplateDedupeString: '',
        incidentTemplateSummary: '',
      },
      w.context,
    )
    const cleared = await getResponsePlan({ arn }, w.context)
    expect(JSON.parse(JSON.stringify(cleared))).toEqual({
      arn,
      name: 'orders',
      incidentTemplate: { title: 'Payments fail', impact: 4 },
    })
  })

  it('is never larger than what an incident can begin with', async () => {
    const w = await worldWithPlan()
    const automation = { documentName: 'Restart', roleArn: 'arn:aws:iam::111122223333:role/r' }
    const parameters = { hosts: Array.from({ length: 100 }, () => '漢'.repeat(512)) }
    const actions = [{ ssmAutomation: { ...automation, parameters } }]
    const refusal = { name: 'ValidationException', message: expect.stringContaining('150000 bytes') }
    await expect(createResponsePlan({ ...full, actions }, w.context)).rejects.toMatchObject(refusal)
    await createResponsePlan(full, w.context)
    await expect(updateResponsePlan({ arn, actions }, w.context)).rejects.toMatchObject(refusal)
    expect(await getResponsePlan({ arn }, w.context)).toMatchObject({ actions: full.actions })
  })

  it('is changed once for each token', async () => {
    const w = await worldWithPlan()
    const input = { clientToken: 'u', arn: PLAN, displayName: 'One' }
    await updateResponsePlan(input, w.context)
    await updateResponsePlan({ clientToken: 'v', arn: PLAN, displayName: 'Two' }, w.context)
    await updateResponsePlan(input, w.context)
    expect(await getResponsePlan({ arn: PLAN }, w.context)).toMatchObject({ displayName: 'Two' })
    await expect(updateResponsePlan({ ...input, displayName: 'x' }, w.context)).rejects.toMatchObject({
      name: 'ConflictException',
    })
  })

  it('greets the chat channel that is put on it, also one that refuses', async () => {
    const w = await worldWithPlan()
    await createResponsePlan(full, w.context)
    expect(w.published).toMatchObject([{ topicArn: CHAT, message: { resources: [arn] } }])
    w.refusing.add(TOPIC)
    await updateResponsePlan({ arn, chatChannel: { chatbotSns: [TOPIC] } }, w.context)
    expect(await getResponsePlan({ arn }, w.context)).toMatchObject({ chatChannel: { chatbotSns: [TOPIC] } })
  })

  it('is listed by name, page by page', async () => {
    const w = await worldWithPlan()
    for (const name of ['orders', 'billing']) await createResponsePlan({ ...full, name }, w.context)
    const first = await listResponsePlans({ maxResults: 2 }, w.context)
    expect(first.responsePlanSummaries?.map(({ name }) => name)).toEqual(['billing', 'orders'])
    const second = await listResponsePlans({ maxResults: 2, nextToken: first.nextToken }, w.context)
    expect(second.responsePlanSummaries).toEqual([{ arn: PLAN, name: 'payments', displayName: undefined }])
    expect(second.nextToken).toBeUndefined()
  })

  it('is gone when it is deleted, and deleting it again succeeds', async () => {
    const w = await worldWithPlan()
    await deleteResponsePlan({ arn: PLAN }, w.context)
    expect(await deleteResponsePlan({ arn: PLAN }, w.context)).toEqual({})
    const notFound = { name: 'ResourceNotFoundException', resource: { type: 'RESPONSE_PLAN', id: PLAN } }
    await expect(getResponsePlan({ arn: PLAN }, w.context)).rejects.toMatchObject(notFound)
    await expect(updateResponsePlan({ arn: PLAN, displayName: 'x' }, w.context)).rejects.toMatchObject(notFound)
    const elsewhere = PLAN.replace('111122223333', '444455556666')
    await expect(getResponsePlan({ arn: elsewhere }, w.context)).rejects.toMatchObject({ name: notFound.name })
  })
})

const impacts = (...integerValues: number[]) => ({ key: 'impact', condition: { equals: { integerValues } } })
const status = (...stringValues: string[]) => ({ key: 'status', condition: { equals: { stringValues } } })
const by = (...stringValues: string[]) => ({ key: 'createdBy', condition: { equals: { stringValues } } })

describe('the list of incidents', () => {
  it('is newest first, and filtered by time, impact, status and who created', async () => {
    const w = await worldWithPlan()
    const arns: string[] = []
    for (const impact of [1, 2, 3]) {
      w.advance(1)
      arns.push(await start(w, { clientToken: `${impact}`, responsePlanArn: PLAN, impact }))
    }
    const middle = new Date(w.now.getTime() - 60_000)
    await updateIncidentRecord({ arn: arns[0], status: 'RESOLVED' }, w.context)
    const found = async (filters?: Parameters<typeof listIncidentRecords>[0]['filters']) => {
      const { incidentRecordSummaries = [] } = await listIncidentRecords({ filters }, w.context)
      return incidentRecordSummaries.map(({ impact }) => impact)
    }
    expect(await found()).toEqual([3, 2, 1])
    expect(await found([])).toEqual([3, 2, 1])
    expect(await found([impacts(1, 3)])).toEqual([3, 1])
    expect(await found([status('OPEN')])).toEqual([3, 2])
    expect(await found([status('OPEN', 'RESOLVED'), impacts(1)])).toEqual([1])
    expect(await found([by(CALLER)])).toEqual([3, 2, 1])
    expect(await found([by('somebody else')])).toEqual([])
    expect(await found([{ key: 'creationTime', condition: { after: middle } }])).toEqual([3])
    expect(await found([{ key: 'creationTime', condition: { before: middle } }])).toEqual([1])
    await expect(found([{ key: 'impact', condition: { equals: { stringValues: ['1'] } } }])).rejects.toMatchObject({
      name: 'ValidationException',
    })
  })

  it('shows what the API says of each', async () => {
    const w = await worldWithPlan()
    const arn = await start(w, alarmStart('t'))
    const { incidentRecordSummaries } = await listIncidentRecords({}, w.context)
    expect(incidentRecordSummaries).toEqual([
      {
        arn,
        title: 'Payments fail',
        status: 'OPEN',
        impact: 2,
        creationTime: w.now,
        resolvedTime: undefined,
        incidentRecordSource: {
          createdBy: CALLER,
          source: 'aws.cloudwatch',
          resourceArn: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-errors',
        },
      },
    ])
  })
})
