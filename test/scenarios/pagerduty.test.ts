// A response plan that has PagerDuty called and nobody else: where the incident manager does not, somebody is told at once.
import { CreateResponsePlanCommand, GetResponsePlanCommand } from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, it } from 'vitest'
import { OnAws } from '../aws-stub/on-aws.ts'
import { type Engine, Rehearsal } from './rehearsal.ts'

const RULES = `
version: 1
defaults: {title: "\${detail.alarmName}", plan: bought, unanswered: never, resolve: {after: 10m, mode: unless-human}}
`
const ALARM = { name: 'checkout', state: 'ALARM' } as const
const CONTACT = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/'

let on: Rehearsal
afterEach(() => on.close())

async function begin(engine: Engine, engagements: string[]): Promise<void> {
  on = await Rehearsal.start(engine, {}, RULES)
  await on.incidents.send(
    new CreateResponsePlanCommand({
      name: 'bought',
      incidentTemplate: { title: 'Something is wrong', impact: 3 },
      engagements,
      integrations: [
        {
          pagerDutyConfiguration: {
            name: 'Shop on call',
            secretId: 'pagerduty-key',
            pagerDutyIncidentConfiguration: { serviceId: 'PSHOP' },
          },
        },
      ],
    }),
  )
}

const WHY = /PagerDuty service Shop on call/u

describe.each(['sqlite', 'dynamodb'] as const)('on %s, an incident whose plan engages only PagerDuty', (engine) => {
  it('is told to the last resort by the first sweep, says why on its timeline, and again every 15 minutes', async () => {
    await begin(engine, [])
    await on.alarm(ALARM)
    const { arn } = await on.incident()
    const opening = (await on.timeline(arn)).find(({ type }) => type === 'SSM PagerDuty Start Failure for Incident')
    expect(opening?.data).toEqual({ name: 'Shop on call', serviceId: 'PSHOP', message: expect.stringMatching(WHY) })
    await on.minutes(1)
    expect(await on.lastResorts()).toMatchObject([
      { subject: 'NOBODY IS PAGED for checkout', body: expect.stringMatching(WHY) },
    ])
    expect(await on.told(arn)).toContainEqual(expect.stringMatching(WHY))
    await on.minutes(14)
    expect(await on.lastResorts()).toHaveLength(1)
    await on.minutes(2)
    expect(await on.lastResorts()).toHaveLength(2)
    await on.alarm({ ...ALARM, state: 'OK' })
    await on.minutes(60)
    expect(await on.lastResorts()).toHaveLength(2)
    expect(await on.system.failures()).toEqual([])
  })
})

describe('with the incident manager of Tocsin', () => {
  it('a plan that engages a contact besides pages it, and tells no last resort; what it does not do it says', async () => {
    await begin('sqlite', [`${CONTACT}primary`])
    await on.alarm(ALARM)
    expect((await on.pages()).length).toBeGreaterThan(0)
    await on.minutes(60)
    expect(await on.lastResorts()).toEqual([])
    const { arn } = await on.incident()
    expect((await on.timeline(arn)).filter(({ data }) => WHY.test(String(data['message'])))).toHaveLength(1)
  })

  it('the plan keeps what it was given', async () => {
    await begin('sqlite', [])
    const { integrations } = await on.incidents.send(
      new GetResponsePlanCommand({ arn: 'arn:aws:ssm-incidents::111122223333:response-plan/bought' }),
    )
    expect(integrations?.[0]?.pagerDutyConfiguration?.name).toBe('Shop on call')
  })
})

describe('with the incident manager of AWS', () => {
  it('PagerDuty is called, and the last resort is not told that nobody is', async () => {
    const plans = [{ name: 'bought', title: 'Something is wrong', impact: 3, engage: [], pagerDuty: 'Shop on call' }]
    const onAws = await OnAws.start({ plans }, RULES)
    on = onAws.rehearsal
    await on.alarm(ALARM)
    await on.minutes(60)
    expect(onAws.stub.incidents).toHaveLength(1)
    expect(await on.lastResorts()).toEqual([])
    expect(onAws.stub.callsOf('ListTimelineEvents')).toHaveLength(1)
    await onAws.stub.close()
    onAws.person.destroy()
  })
})
