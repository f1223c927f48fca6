// What an incident is opened with.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitJson } from '../../../lib/automation/decide/fit-json.ts'
import { dedupeKeyOf, startIncident } from '../../../lib/automation/decide/opening.ts'
import type { Signal } from '../../../lib/automation/sources/signal.ts'
import { after, alarmArn, alarmChange, HOME, rule } from './outside.ts'

describe('rawData', () => {
  it('is always valid JSON within its length, whatever the event holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 20, max: 10_000 }), (value, length) => {
        const text = fitJson(value, length)
        expect(text.length).toBeLessThanOrEqual(length)
        expect(() => JSON.parse(text)).not.toThrow()
      }),
    )
    const huge = { detail: { text: 'é😀"\\'.repeat(20_000), list: Array.from({ length: 5000 }, (_, at) => ({ at })) } }
    expect(fitJson(huge, 10_000).length).toBeLessThanOrEqual(10_000)
    expect(JSON.parse(fitJson(huge, 10_000))).toMatchObject({ detail: { text: expect.stringMatching(/…$/) } })
  })

  it('is the event itself where it fits', () => {
    const { envelope } = alarmChange('ALARM', after(0))
    expect(JSON.parse(fitJson(envelope, 10_000))).toEqual(envelope)
  })
})

describe('opening an incident', () => {
  const signal = alarmChange('ALARM', after(0))
  const open = { ...rule.open, title: '${detail.alarmName} in ${nowhere}', impact: 2, dedupe: 'team-${region}' }
  const links = [
    { title: 'Runbook', url: 'https://wiki.example.com/${detail.alarmName}' },
    { title: 'Broken', url: '${nothing}' },
  ]

  it('fills the templates, and warns of what the event does not have instead of failing', () => {
    const { command, warnings } = startIncident({ ...rule, open: { ...open, links } }, signal, after(0), HOME)
    expect(command).toMatchObject({ title: 'checkout-5xx in ', impact: 2, plan: 'default' })
    expect(warnings).toEqual([
      'rule default: open.title uses ${nowhere}, which the event does not have',
      'rule default: open.links Broken uses ${nothing}, which the event does not have',
      'rule default: open.links Broken is left out, it does not give a URL for this event',
    ])
    expect(command.relatedItems.map((item) => item.title)).toEqual([
      'Runbook',
      'Alarm in the CloudWatch console',
      'alarm:checkout-5xx',
    ])
  })

  it('is keyed by the rule, or by the alarm where the rule names nothing', () => {
    expect(dedupeKeyOf({ ...rule, open }, signal)).toBe('team-us-east-1')
    expect(dedupeKeyOf({ ...rule, open: { ...open, dedupe: '${nothing}' } }, signal)).toBe(alarmArn('checkout-5xx'))
    expect(dedupeKeyOf(rule, signal)).toBe(alarmArn('checkout-5xx'))
  })

  it('says of what comes from elsewhere from which account and region, in its title and in its link', () => {
    const { command } = startIncident(rule, fromElsewhere('444455556666', 'eu-west-1'), after(0), HOME)
    expect(command.title).toBe('checkout-5xx [444455556666 eu-west-1]')
    expect(command.relatedItems[0]).toMatchObject({
      title: 'Alarm in the CloudWatch console of 444455556666 eu-west-1',
      url: expect.stringContaining('https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#'),
    })
    const titled = { ...rule, open: { ...open, title: 'x'.repeat(250) } }
    const long = startIncident(titled, fromElsewhere('444455556666', 'us-east-1'), after(0), HOME).command.title
    expect([long?.length, long?.slice(-27)]).toEqual([200, 'x… [444455556666 us-east-1]'])
    expect(startIncident(rule, fromElsewhere('111122223333', 'eu-west-1'), after(0), HOME).command.title).toBe(
      'checkout-5xx [eu-west-1]',
    )
  })

  it('leaves a title alone that names the place, and what happens at home', () => {
    const regional = { ...rule, open: { ...rule.open, title: '${detail.alarmName} (${region})' } }
    expect(startIncident(regional, fromElsewhere('111122223333', 'eu-west-1'), after(0), HOME).command.title).toBe(
      'checkout-5xx (eu-west-1)',
    )
    expect(startIncident(rule, signal, after(0), HOME).command.title).toBeUndefined()
  })

  it("begins a title by the event's own words where the event has not what the title begins with", () => {
    const { envelope } = signal
    const event: Signal = {
      kind: 'event',
      identity: 'one',
      at: after(0),
      envelope: {
        ...envelope,
        source: 'shop.orders',
        'detail-type': 'Order backlog',
        resources: [],
        detail: { id: 7 },
      },
    }
    const titleOf = (title: string, of: Signal = event) =>
      startIncident({ ...rule, open: { ...rule.open, title } }, of, after(0), HOME).command.title
    expect(titleOf('${detail.alarmName}')).toBe('Order backlog from shop.orders')
    expect(titleOf('${detail.alarmName} (${region})')).toBe('Order backlog from shop.orders (us-east-1)')
    expect(titleOf('Backlog ${detail.id}')).toBe('Backlog 7')
    expect(titleOf('${detail.nothing}', signal)).toBe('checkout-5xx')
  })

  it('ends a title in … that is longer than AWS takes', () => {
    const titled = { ...rule, open: { ...rule.open, title: 'x'.repeat(201) } }
    expect(startIncident(titled, signal, after(0), HOME).command.title).toBe(`${'x'.repeat(199)}…`)
    const fits = { ...rule, open: { ...rule.open, title: 'x'.repeat(200) } }
    expect(startIncident(fits, signal, after(0), HOME).command.title).toBe('x'.repeat(200))
  })

  function fromElsewhere(account: string, region: string) {
    const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:checkout-5xx`
    const envelope = { ...signal.envelope, account, region, resources: [arn] }
    return { ...signal, envelope, alarm: { ...signal.alarm, arn, account, region } }
  }
})
