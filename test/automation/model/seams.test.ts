// Where two promises meet: what one of them leaves behind must not break the other.
import { describe, expect, it } from 'vitest'
import type { StartIncident } from '../../../lib/automation/decide/command.ts'
import { startAnew } from '../../../lib/automation/start-anew.ts'
import { rule } from '../decide/outside.ts'
import { Automation } from './automation.ts'
import { sentencesOf } from './stub-manager.ts'

const PLANS = ['default', 'good', 'typo', 'worse'].map((name) => ({
  name,
  engage: [name === 'worse' ? 'manager' : 'primary'],
}))

const started = async (rules: object): Promise<Automation> => {
  const on = new Automation(PLANS, { version: 1, ...rules })
  await on.minutes(1)
  return on
}
/** Whether somebody has answered is asked when an escalation is due. */
const ESCALATING = { escalate: [{ unacknowledgedFor: '5m', engage: ['secondary'] }] }
/** Everything is one incident; `bad` has a plan and an impact of its own. */
const WORSE_JOINS = {
  rules: [
    { id: 'bad', match: { detail: { alarmName: ['bad'] } }, open: { plan: 'worse', impact: 1, dedupe: 'shop' } },
    { id: 'rest', match: { source: ['aws.cloudwatch'] }, open: { dedupe: 'shop', impact: 3 } },
  ],
}
const pages = (on: Automation): number => on.manager.incidents.flatMap((each) => on.manager.pagesOf(each)).length
const told = (on: Automation): string[] => on.manager.incidents.flatMap(sentencesOf)

const first = (on: Automation) => {
  const [incident] = on.manager.open
  if (!incident) throw new Error('nothing is open')
  return incident
}

describe('what one promise leaves to another', () => {
  it('pages for a new series after a rest that followed an answer', async () => {
    const on = await started({
      rules: [{ id: 'stays', match: { source: ['aws.cloudwatch'] }, resolve: 'never', ...ESCALATING }],
    })
    await on.series('a', 'orders', 'ALARM')
    await on.minutes(2)
    on.manager.acknowledge(first(on))
    await on.minutes(6)
    await on.series('a', 'orders', 'OK')
    await on.minutes(15)
    const before = pages(on)
    await on.series('a', 'carts', 'ALARM')
    await on.minutes(2)
    expect(pages(on)).toBeGreaterThan(before)
  })

  it('opens again by the plan that was corrected, not by the one that was refused', async () => {
    const by = (plan: string) => ({ rules: [{ id: 'shop', match: { source: ['aws.cloudwatch'] }, open: { plan } }] })
    const on = await started(by('typo'))
    on.manager.missing.add('typo')
    await on.alarm('a', 'ALARM')
    await on.minutes(2)
    on.edit({ version: 1, ...by('good') })
    await on.minutes(2)
    on.manager.resolve(first(on))
    await on.minutes(25)
    expect(on.manager.open.map(({ plan }) => plan)).toEqual(['good'])
  })

  it('opens again by the rules in force where the plan of before is gone', async () => {
    const by = (plan: string) => ({ rules: [{ id: 'shop', match: { source: ['aws.cloudwatch'] }, open: { plan } }] })
    const on = await started(by('typo'))
    await on.alarm('a', 'ALARM')
    await on.minutes(2)
    on.manager.resolve(first(on))
    on.manager.missing.add('typo')
    on.edit({ version: 1, ...by('good') })
    await on.minutes(25)
    expect(on.manager.open.map(({ plan }) => plan)).toEqual(['good'])
  })

  it.each(['disabled', 'suppressed'] as const)(
    'does not open again while its alarm is %s, and does once it is not',
    async (held) => {
      const on = await started({})
      await on.alarm('a', 'ALARM')
      await on.minutes(2)
      const known = on.alarms.get('a')
      if (known) on.alarms.set('a', { ...known, [held]: true })
      on.manager.resolve(first(on))
      await on.minutes(30)
      expect(on.manager.open).toEqual([])
      if (known) on.alarms.set('a', known)
      await on.minutes(10)
      expect(on.manager.open).toHaveLength(1)
    },
  )

  it('lists nothing at the first start whose actions are disabled', async () => {
    const on = new Automation(PLANS, { version: 1 })
    for (const name of ['a', 'b', 'c']) on.alarms.set(name, { state: 'ALARM', at: on.now, disabled: true })
    await on.minutes(10, 'asleep')
    await on.minutes(2)
    expect(on.manager.incidents).toEqual([])
  })

  it('raises the impact, and pages, when what was held joins by a rule of higher impact', async () => {
    const on = await started(WORSE_JOINS)
    await on.alarm('a', 'ALARM')
    await on.minutes(2)
    await on.alarm('a', 'OK')
    await on.minutes(2)
    on.alarms.set('bad', { state: 'ALARM', at: on.now, disabled: true })
    await on.alarm('bad', 'ALARM')
    await on.minutes(8)
    on.alarms.set('bad', { state: 'ALARM', at: on.now })
    const before = pages(on)
    await on.minutes(10)
    expect({ impact: first(on).impact, more: pages(on) > before }).toEqual({ impact: 1, more: true })
  })

  it('engages nobody for what has come and gone between two sweeps', async () => {
    const on = await started({})
    await on.alarm('a', 'ALARM')
    await on.minutes(2)
    await on.alarm('a', 'OK')
    await on.minutes(3)
    on.now = new Date(on.now.getTime() + 20_000)
    await on.alarm('a', 'ALARM')
    on.now = new Date(on.now.getTime() + 20_000)
    await on.alarm('a', 'OK')
    const before = pages(on)
    await on.minutes(2)
    expect({ more: pages(on) - before, told: told(on).filter((text) => text.includes('anew')) }).toEqual({
      more: 0,
      told: [],
    })
  })

  it('opens again as what its incident had become', async () => {
    const on = await started(WORSE_JOINS)
    await on.alarm('a', 'ALARM')
    await on.minutes(2)
    await on.alarm('bad', 'ALARM')
    await on.minutes(3)
    on.manager.resolve(first(on))
    await on.minutes(24)
    expect(first(on)).toMatchObject({ plan: 'worse', impact: 1 })
  })

  it('opens what was held as soon as the rules open what is disabled', async () => {
    const on = await started({})
    on.alarms.set('a', { state: 'ALARM', at: on.now, disabled: true })
    await on.alarm('a', 'ALARM')
    await on.minutes(6)
    expect(on.manager.open).toEqual([])
    on.edit({ version: 1, defaults: { actionsDisabled: 'open' } })
    await on.minutes(8)
    expect(on.manager.open).toHaveLength(1)
  })

  it('opens nothing that a person has resolved when its dedupe key changes', async () => {
    const by = (open: object) => ({
      defaults: { refire: 'never' },
      rules: [{ id: 'shop', match: { source: ['aws.cloudwatch'] }, open }],
    })
    const on = await started(by({}))
    await on.alarm('a', 'ALARM')
    await on.minutes(2)
    on.manager.resolve(first(on))
    await on.minutes(10)
    on.edit({ version: 1, ...by({ dedupe: 'shop' }) })
    await on.minutes(10)
    expect(on.manager.open).toEqual([])
  })

  it('escalates though nothing can be written on the timeline', async () => {
    const on = await started({ defaults: ESCALATING })
    on.manager.denied.add('CreateTimelineEvent').add('UpdateRelatedItems')
    await on.alarm('a', 'ALARM')
    await on.minutes(8)
    expect(first(on).timeline.filter(({ type }) => type === 'Custom Event')).toEqual([])
    expect(pages(on)).toBe(2)
    on.manager.denied.clear()
    await on.minutes(40)
    expect(told(on).filter((text) => text.startsWith('Escalated'))).toHaveLength(1)
  })

  it('pages once who is escalated to in the minute in which the plan pages anew', async () => {
    const on = await started({ defaults: { escalate: [{ unacknowledgedFor: '5m', engage: ['primary'] }] } })
    await on.alarm('a', 'ALARM')
    await on.minutes(4)
    await on.alarm('a', 'OK')
    await on.alarm('a', 'ALARM')
    await on.minutes(4)
    const at = on.manager.pagesOf(first(on)).map((page) => page.sentAt.toISOString().slice(0, 16))
    expect(new Set(at).size).toBe(at.length)
  })

  it("says nothing of one firing's reasons in the page of another", async () => {
    const on = await started({ defaults: ESCALATING })
    await on.alarm('a', 'ALARM')
    await on.minutes(4)
    on.now = new Date(on.now.getTime() + 30_000)
    on.manager.acknowledge(first(on))
    await on.minutes(1)
    await on.series('a', 'carts', 'ALARM')
    on.now = new Date(on.now.getTime() + 1000)
    await on.series('a', 'carts', 'OK')
    on.now = new Date(on.now.getTime() + 1000)
    await on.alarm('a', 'OK')
    await on.minutes(3)
    await on.alarm('a', 'ALARM')
    await on.minutes(3)
    expect(told(on).filter((text) => text.includes('anew'))).toEqual([
      'Paging anew: a fires again and nobody has acknowledged',
    ])
  })

  it('opens again what a person has opened, and resolved again, while it fires', async () => {
    const on = await started({})
    on.declared = 'adopt'
    await on.alarm('a', 'ALARM')
    await on.minutes(2)
    const one = first(on)
    on.manager.resolve(one)
    await on.minutes(3)
    on.manager.reopen(one)
    await on.minutes(20)
    on.manager.resolve(one)
    await on.minutes(60)
    expect(on.manager.open).toHaveLength(1)
  })

  it('looks after what is declared after the clock was put back', async () => {
    const on = await started({})
    on.declared = 'adopt'
    const at = on.now
    on.now = new Date(at.getTime() - 3 * 3_600_000)
    await on.minutes(2)
    await on.manager.declare('default')
    await on.minutes(4)
    expect(told(on)).toEqual([expect.stringContaining('Tocsin escalates it')])
  })

  it('tries a start as it stands where there are no rules to read', () => {
    const unreadable = (): never => {
      throw new Error('no rules')
    }
    const refused: StartIncident = {
      type: 'start-incident',
      key: 'a/1/start',
      reason: 'by the story',
      plan: 'typo',
      trigger: { source: 'tocsin.cloudwatch', at: new Date(0), rawData: '{}' },
      relatedItems: [],
    }
    expect(startAnew(unreadable, { account: '111122223333', region: 'us-east-1' })(refused, rule)).toBeUndefined()
  })
})
