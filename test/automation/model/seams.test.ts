// Where two promises meet: what one of them leaves behind must not break the other.
import { describe, expect, it } from 'vitest'
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
})
