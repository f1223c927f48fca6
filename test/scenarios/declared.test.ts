// What a person or another program declared is looked after as what Tocsin opens: until somebody answers, somebody is told.
import {
  CreateResponsePlanCommand,
  StartIncidentCommand,
  UpdateIncidentRecordCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, it } from 'vitest'
import { type Engine, Rehearsal } from './rehearsal.ts'

const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/'
/** As shipped, but sooner: again and again until one answers. */
const RULES = `
version: 1
defaults:
  resolve: {after: 5m, mode: unless-human}
  escalate: [{unacknowledgedFor: 15m, engage: [manager], impact: 1, repeat: 95}]
`

let on: Rehearsal
afterEach(() => on.close())

/** As a colleague does by the CLI, the console or Terraform. */
async function declare(title: string, plan = 'default'): Promise<string> {
  const { incidentRecordArn = '' } = await on.incidents.send(
    new StartIncidentCommand({ responsePlanArn: `${PLAN}${plan}`, title, impact: 3 }),
  )
  await on.system.idle()
  return incidentRecordArn
}

async function silentPlan(): Promise<void> {
  const incidentTemplate = { title: 'Something is wrong', impact: 3 }
  await on.incidents.send(new CreateResponsePlanCommand({ name: 'silent', incidentTemplate, engagements: [] }))
}

const managerPages = async (): Promise<number> =>
  (await on.pages()).filter(({ contactArn, type }) => contactArn?.endsWith('/manager') && type === 'SMS').length

describe.each<Engine>(['sqlite', 'dynamodb'])(
  'an incident that a person declared, on %s',
  { timeout: 120_000 },
  (engine) => {
    it('escalates by the defaults again and again until somebody answers, and Tocsin never resolves it', async () => {
      on = await Rehearsal.start(engine, {}, RULES)
      const arn = await declare('Payments are down')
      await on.minutes(14)
      expect(await managerPages()).toBe(0)
      await on.minutes(2)
      expect(await managerPages()).toBe(1)
      expect(await on.record(arn)).toMatchObject({ impact: 1, status: 'OPEN' })
      await on.minutes(60)
      expect(await managerPages()).toBe(5)
      await on.accept((await on.pages()).findLast(({ contactArn }) => contactArn?.endsWith('/manager')))
      await on.minutes(90)
      expect(await managerPages()).toBe(5)
      expect((await on.record(arn)).status).toBe('OPEN')
      const told = await on.told(arn)
      expect(told.filter((text) => text.startsWith('Escalated to manager'))).toHaveLength(5)
      expect(told).toContainEqual(expect.stringMatching(/^Declared by arn:\S+: Tocsin .* until somebody answers/u))
      expect(new Set((await on.lastResorts()).map(({ subject }) => subject))).toEqual(
        new Set(['NOBODY HAS ANSWERED for Payments are down']),
      )
      expect(await on.system.failures()).toEqual([])
    })

    it('reaches the last resort within three minutes where its plan engages nobody, and again until it is resolved', async () => {
      on = await Rehearsal.start(engine, {}, 'version: 1')
      await silentPlan()
      const arn = await declare('Payments are down', 'silent')
      await on.minutes(3)
      expect(await on.lastResorts()).toMatchObject([
        {
          subject: 'NOBODY IS PAGED for Payments are down',
          body: expect.stringMatching(
            /^Payments are down is open since .*nobody has been paged[^]*silent[^]*incident-record/u,
          ),
        },
      ])
      await on.minutes(15)
      expect(await on.lastResorts()).toHaveLength(2)
      await on.resolve(arn)
      await on.minutes(1)
      const told = (await on.lastResorts()).length
      await on.minutes(60)
      expect(await on.lastResorts()).toHaveLength(told)
    })

    it('is paged for anew where a person opens it again, though it was answered before', async () => {
      on = await Rehearsal.start(engine, {}, RULES)
      const arn = await declare('Payments are down')
      await on.minutes(3)
      await on.accept((await on.pages()).find(({ type }) => type === 'SMS'))
      await on.minutes(5)
      await on.resolve(arn)
      await on.minutes(30)
      const before = (await on.pages()).length
      await on.incidents.send(new UpdateIncidentRecordCommand({ arn, status: 'OPEN' }))
      await on.minutes(10)
      expect((await on.pages()).length).toBeGreaterThan(before)
      expect(await managerPages()).toBe(0)
      await on.minutes(16)
      expect(await managerPages()).toBeGreaterThan(0)
      await on.resolve(arn)
      await on.minutes(1)
      const after = (await on.pages()).length
      await on.minutes(60)
      expect((await on.pages()).length).toBe(after)
    })
  },
)

describe('an incident that the automation opened', () => {
  it('is not adopted beside its own episode: it escalates once', async () => {
    on = await Rehearsal.start('sqlite', {}, RULES)
    await on.alarm({ name: 'checkout', state: 'ALARM' })
    await on.minutes(16)
    expect(await managerPages()).toBe(1)
    const { arn } = await on.incident()
    expect(await on.told(arn)).not.toContainEqual(expect.stringMatching(/^Declared/u))
  })

  it('is looked after again, and never resolved by Tocsin, where a person opens it again', async () => {
    on = await Rehearsal.start('sqlite', {}, RULES)
    await on.alarm({ name: 'checkout', state: 'ALARM' })
    await on.minutes(3)
    const { arn } = await on.incident()
    await on.alarm({ name: 'checkout', state: 'OK' })
    await on.minutes(10)
    expect((await on.record(arn)).status).toBe('RESOLVED')
    await on.incidents.send(new UpdateIncidentRecordCommand({ arn, status: 'OPEN' }))
    await on.minutes(30)
    expect(await managerPages()).toBeGreaterThan(0)
    await on.minutes(60)
    expect((await on.record(arn)).status).toBe('OPEN')
  })
})
