// What time asks for of an open incident: table by table, with the facts given.
import { describe, expect, it } from 'vitest'
import { decideNotification } from '../../../lib/automation/decide/decide-notification.ts'
import { decideTick } from '../../../lib/automation/decide/decide-tick.ts'
import { dueAt } from '../../../lib/automation/decide/due.ts'
import { quietSince } from '../../../lib/automation/decide/subjects.ts'
import type { Facts } from '../../../lib/automation/decide/facts.ts'
import type { Rule } from '../../../lib/automation/rules/rules.ts'
import { after, alarmArn, alarmChange, isFiring, Outside, rule } from './outside.ts'

const PRIMARY = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/primary'
const escalating: Rule = {
  ...rule,
  escalate: [{ unacknowledgedForSeconds: 900, engage: ['manager'], impact: 1, repeat: 2 }],
  autoAcknowledge: ['answered-elsewhere'],
}

function opened(under: Rule = rule): Outside {
  const outside = new Outside()
  outside.signal(alarmChange('ALARM', after(0)), after(0), under)
  return outside
}

const types = (outside: Outside, facts: Partial<Facts>, seconds: number): string[] =>
  (decideTick(outside.episode, { ...outside.facts(), ...facts }, after(seconds))?.pending ?? []).map(({ type }) => type)

describe('the sweep', () => {
  it('engages further contacts and raises the impact when nobody has acknowledged for long enough, as often as the rule says', () => {
    const outside = opened(escalating)
    expect(types(outside, {}, 899)).toEqual([])
    expect(types(outside, {}, 900)).toEqual(['start-engagement', 'update-incident', 'add-timeline-event'])
    outside.sweep(after(900))
    expect(types(outside, {}, 1799)).toEqual([])
    expect(types(outside, {}, 1800)).toContain('start-engagement')
    outside.sweep(after(1800))
    expect(types(outside, {}, 9000)).toEqual([])
  })

  it('tells of an escalation once it is done, and of one that is refused for good what it is, to the last resort too', () => {
    const done = opened(escalating)
    done.sweep(after(900))
    const why = 'nobody has acknowledged for 15 minutes, escalation 1 of 1 (1 of 2)'
    expect(done.record('incident-1').timeline.slice(-2).toSorted()).toEqual([
      `Escalated to impact 1: ${why}`,
      `Escalated to manager: ${why}`,
    ])
    const refused = opened(escalating)
    refused.refused = { manager: 'ResourceNotFoundException: Contact not found' }
    for (const seconds of [900, 1000, 1800, 9000]) refused.sweep(after(seconds))
    const told = refused.record('incident-1').timeline.filter((text) => text.includes('manager'))
    expect(told).toEqual(Array(2).fill('Could not engage manager: ResourceNotFoundException: Contact not found'))
    expect(refused.lastResort).toEqual([
      expect.stringContaining('for 15 minutes, escalation 1 of 1 (1 of 2)'),
      expect.stringContaining('for 30 minutes, escalation 1 of 1 (2 of 2)'),
    ])
  })

  it('does not lower the impact, and does not escalate what a person has acknowledged', () => {
    const outside = opened(escalating)
    const incident = { ...outside.facts().incident, impact: 1 }
    expect(types(outside, { incident }, 900)).toEqual(['start-engagement'])
    expect(types(outside, { acknowledgements: [{ contactArn: PRIMARY, at: after(60) }] }, 900)).toEqual([])
  })

  it('stops paging once everything has recovered, and resolves only after the quiet time', () => {
    const outside = opened()
    outside.signal(alarmChange('OK', after(60)), after(60))
    outside.running = [{ arn: 'engagement', contactArn: PRIMARY }]
    expect(dueAt(outside.episode, after(61))).toEqual(after(61))
    expect(types(outside, {}, 61)).toEqual(['stop-engagement', 'add-timeline-event'])
    outside.sweep(after(61))
    outside.running = []
    expect(dueAt(outside.episode, after(62))).toEqual(after(300))
    outside.sweep(after(300))
    expect(types(outside, {}, 659)).toEqual([])
    expect(types(outside, {}, 660)).toEqual(['add-timeline-event', 'update-incident'])
  })

  it('leaves open what another key of the same incident still fires for, and looks again later', () => {
    const outside = opened()
    outside.signal(alarmChange('OK', after(60)), after(60))
    const left = decideTick(outside.episode, { ...outside.facts(), anotherFires: true }, after(700))
    expect(left?.pending).toEqual([])
    expect(left && dueAt(left, after(700))).toEqual(after(1000))
  })

  it('leaves open what a human started, says so once, and does not ask again', () => {
    const outside = opened()
    outside.record('incident-1').source = 'aws.ssm-incidents.custom'
    outside.signal(alarmChange('OK', after(60)), after(60))
    outside.sweep(after(61))
    outside.sweep(after(700))
    outside.sweep(after(1400))
    expect(outside.record('incident-1').status).toBe('OPEN')
    expect(outside.record('incident-1').timeline.filter((text) => text.includes('a human started'))).toHaveLength(1)
  })

  it('never resolves under a rule that says never', () => {
    const outside = opened({ ...rule, resolve: { mode: 'never', afterSeconds: 60 } })
    outside.signal(alarmChange('OK', after(60)), after(60))
    for (const minute of [2, 10, 100, 1000]) outside.sweep(after(minute * 60))
    expect(outside.record('incident-1').status).toBe('OPEN')
  })

  it('takes the OK of an alarm for its contributors too, in whatever order they come', () => {
    const alarm = alarmArn('checkout-5xx')
    const changes = [alarmChange('ALARM', after(1)), alarmChange('OK', after(3))]
    const contributor = alarmChange('ALARM', after(2), 'checkout-5xx', 'contributor')
    const all = [...changes, { ...contributor, alarm: { ...contributor.alarm, arn: `${alarm}#contributor/1` } }]
    for (const order of [all, all.toReversed()]) {
      const outside = new Outside()
      for (const change of order) outside.signal(change, after(4))
      expect(isFiring(outside.episode)).toBe(false)
      expect(quietSince(outside.episode)).toEqual(after(3))
    }
  })

  it('does not take the OK of one alarm for another whose name only begins like it', () => {
    const outside = new Outside()
    outside.signal(alarmChange('ALARM', after(1), 'db#1'), after(2))
    outside.signal(alarmChange('OK', after(3), 'db'), after(4))
    expect(isFiring(outside.episode)).toBe(true)
  })

  it('pages anew for a new firing, whether its OK comes in time or late', () => {
    const [first, recovery, second] = [
      alarmChange('ALARM', after(1)),
      alarmChange('OK', after(2)),
      alarmChange('ALARM', after(3)),
    ]
    for (const order of [
      [first, recovery, second],
      [first, second, recovery],
    ]) {
      const outside = new Outside()
      for (const change of order) outside.signal(change, after(4))
      expect(outside.episode.incident).toMatchObject({ pageAnew: true, firedAt: after(3) })
    }
    const outside = new Outside()
    for (const change of [first, second]) outside.signal(change, after(4))
    expect(outside.episode.incident).toMatchObject({ pageAnew: false, firedAt: after(1) })
  })

  it('keeps the order of changes whose clock runs ahead, though it takes none for later than five minutes from now', () => {
    const outside = opened()
    outside.signal(alarmChange('OK', after(7200)), after(60))
    expect(outside.episode.subjects).toMatchObject({ [alarmArn('checkout-5xx')]: { state: 'OK', at: after(360) } })
    outside.signal(alarmChange('ALARM', after(7201)), after(60))
    expect(outside.episode.subjects).toMatchObject({ [alarmArn('checkout-5xx')]: { state: 'ALARM' } })
    outside.signal(alarmChange('OK', after(400)), after(401))
    expect(outside.episode.subjects).toMatchObject({ [alarmArn('checkout-5xx')]: { state: 'OK', at: after(400) } })
  })

  it('notices that somebody deleted the incident, and opens a new one for the next firing', () => {
    const outside = opened()
    outside.record('incident-1').status = 'GONE'
    outside.sweep(after(400))
    expect(outside.episode.incident).toBeUndefined()
    outside.signal(alarmChange('ALARM', after(500)), after(500))
    expect(outside.incidents).toHaveLength(2)
  })
})

describe('a notification of the incident manager', () => {
  const facts = {
    incident: { status: 'OPEN', title: '', impact: 3 },
    running: [],
    openPages: [{ arn: 'page', contactArn: PRIMARY }],
  } as const
  const answer = { kind: 'acknowledged', incidentArn: 'incident-1', contactArn: PRIMARY, at: after(60) } as const

  it('accepts the other pages of who answered only where the rule asks for it, and only once', () => {
    const plain = decideNotification(opened().episode, answer, facts, after(61))
    expect(plain?.pending).toEqual([])
    expect(plain?.incident?.acknowledgements).toHaveLength(1)
    const asked = decideNotification(opened(escalating).episode, answer, facts, after(61))
    expect(asked?.pending.map(({ type }) => type)).toEqual(['accept-page', 'add-timeline-event'])
    expect(asked && decideNotification(asked, { ...answer, at: after(70) }, facts, after(71))).toBeUndefined()
  })

  it('says nothing about an incident that is not the open one', () => {
    expect(
      decideNotification(opened().episode, { ...answer, incidentArn: 'another' }, facts, after(61)),
    ).toBeUndefined()
  })
})
