// StartIncident opens an incident by a response plan.
import {
  DeleteIncidentRecordCommand,
  GetIncidentRecordCommand,
  ListTimelineEventsCommand,
  StartIncidentCommand,
  type StartIncidentCommandInput,
  UpdateIncidentRecordCommand,
  UpdateResponsePlanCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newPlan } from '../fixtures.ts'

let account: Account
let plan = ''

beforeAll(async () => {
  account = await connect()
  plan = await newPlan(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

async function start(more: Partial<StartIncidentCommandInput> = {}) {
  const { incidents, afterwards } = account
  const output = await incidents.send(new StartIncidentCommand({ responsePlanArn: plan, ...more }))
  afterwards(() => incidents.send(new DeleteIncidentRecordCommand({ arn: output.incidentRecordArn })))
  return output
}
const get = async (arn: string | undefined) =>
  (await account.incidents.send(new GetIncidentRecordCommand({ arn }))).incidentRecord

describe('StartIncident', () => {
  it('answers the ARN of an incident of that plan, which is OPEN with what the plan says', async () => {
    const output = await start()
    const name = plan.slice(plan.lastIndexOf('/') + 1)
    const arn = new RegExp(`^arn:aws:ssm-incidents::\\d{12}:incident-record/${name}/[0-9a-f-]{36}$`, 'u')
    expect(answered(output)).toEqual({ incidentRecordArn: expect.stringMatching(arn) })
    expect(output.$metadata.httpStatusCode).toBe(200)
    expect(await get(output.incidentRecordArn)).toMatchObject({ status: 'OPEN', title: 'Conformance', impact: 5 })
  })

  it('lets the call say another title and impact', async () => {
    const { incidentRecordArn } = await start({ title: 'Another', impact: 1 })
    expect(await get(incidentRecordArn)).toMatchObject({ title: 'Another', impact: 1 })
  })

  it('answers the same incident for the same call again, and refuses its token for another', async () => {
    const clientToken = newName('token')
    const first = await start({ clientToken })
    expect(answered(await start({ clientToken }))).toEqual(answered(first))
    await expectRefusal(start({ clientToken, title: 'Another' }), 'ConflictException', 409)
  })

  it('joins the incident that is open for the plan’s dedupe string, until it is resolved', async () => {
    const incidentTemplate = { title: 'Once', impact: 5, dedupeString: newName('dedupe') }
    const responsePlanArn = await newPlan(account, { incidentTemplate })
    const [first, second] = [await start({ responsePlanArn }), await start({ responsePlanArn })]
    expect(second.incidentRecordArn).toBe(first.incidentRecordArn)
    await account.incidents.send(new UpdateIncidentRecordCommand({ arn: first.incidentRecordArn, status: 'RESOLVED' }))
    const third = await start({ responsePlanArn })
    expect(third.incidentRecordArn).not.toBe(first.incidentRecordArn)
  })

  it('keeps the dedupe strings of two plans apart, also when the token of the one was tried with the other', async () => {
    const plans = await Promise.all(
      [1, 2].map(() =>
        newPlan(account, { incidentTemplate: { title: 'Once', impact: 5, dedupeString: newName('dedupe') } }),
      ),
    )
    const clientToken = newName('token')
    const first = await start({ responsePlanArn: plans[0], clientToken })
    await expectRefusal(start({ responsePlanArn: plans[1], clientToken }), 'ConflictException', 409)
    const second = await start({ responsePlanArn: plans[1] })
    expect(second.incidentRecordArn).not.toBe(first.incidentRecordArn)
  })

  it('knows the token of a call that joined an incident', async () => {
    const incidentTemplate = { title: 'Once', impact: 5, dedupeString: newName('dedupe') }
    const responsePlanArn = await newPlan(account, { incidentTemplate })
    const clientToken = newName('token')
    const first = await start({ responsePlanArn })
    expect(answered(await start({ responsePlanArn, clientToken }))).toEqual(answered(first))
    await expectRefusal(start({ responsePlanArn: plan, clientToken }), 'ConflictException', 409)
    const arn = responsePlanArn
    await account.incidents.send(new UpdateResponsePlanCommand({ arn, incidentTemplateDedupeString: '' }))
    expect(answered(await start({ responsePlanArn, clientToken }))).toEqual(answered(first))
  })

  it('joins an incident that was opened again', async () => {
    const incidentTemplate = { title: 'Once', impact: 5, dedupeString: newName('dedupe') }
    const responsePlanArn = await newPlan(account, { incidentTemplate })
    const update = (arn: string | undefined, status: 'OPEN' | 'RESOLVED') =>
      account.incidents.send(new UpdateIncidentRecordCommand({ arn, status }))
    const { incidentRecordArn: first } = await start({ responsePlanArn })
    await update(first, 'RESOLVED')
    const { incidentRecordArn: second } = await start({ responsePlanArn })
    await update(first, 'OPEN')
    await update(second, 'RESOLVED')
    expect((await start({ responsePlanArn })).incidentRecordArn).toBe(first)
  })

  it('begins a timeline', async () => {
    const { incidentRecordArn } = await start()
    const { eventSummaries = [] } = await account.incidents.send(new ListTimelineEventsCommand({ incidentRecordArn }))
    expect(eventSummaries.map(({ eventType }) => eventType)).toEqual(
      expect.arrayContaining(['SSM Incident Start', 'SSM Incident Trigger']),
    )
  })

  it('refuses an impact that there is not, and details without a source', async () => {
    await expectViolation(start({ impact: 6 }), [
      { value: "'6'", at: 'impact', must: 'have value less than or equal to 5' },
    ])
    await expectViolation(start({ triggerDetails: { source: undefined, timestamp: new Date() } }), [
      { value: 'null', at: 'triggerDetails.source', must: 'not be null' },
    ])
  })

  it('knows no plan that does not exist', async () => {
    const other = absent(plan)
    await expectRefusal(start({ responsePlanArn: other }), 'ResourceNotFoundException', 404, {
      resourceType: 'RESPONSE_PLAN',
      resourceIdentifier: other,
    })
  })
})
