// Which open incidents of others the sweep looks after, and how they begin.
import { describe, expect, it } from 'vitest'
import {
  adopt,
  endOf,
  isByHand,
  mayStart,
  type OpenIncident,
  owns,
  report,
} from '../../../lib/automation/decide/adopt.ts'
import { decideTick, withAcknowledgements } from '../../../lib/automation/decide/decide-tick.ts'
import { dueAt } from '../../../lib/automation/decide/due.ts'
import { emptyEpisode, type Episode } from '../../../lib/automation/decide/episode.ts'
import { quietSince } from '../../../lib/automation/decide/subjects.ts'
import { alarmsToAsk } from '../../../lib/automation/decide/held.ts'
import { firingNames } from '../../../lib/automation/decide/notes.ts'
import type { Rule } from '../../../lib/automation/rules/rules.ts'
import { after, alarmChange, Outside, rule } from './outside.ts'

const PREFIX = 'arn:aws:ssm-incidents::111122223333:'
const ARN = `${PREFIX}incident-record/payments/1`
const found: OpenIncident = {
  arn: ARN,
  plan: `${PREFIX}response-plan/payments`,
  title: 'Payments are down',
  createdAt: after(0),
  source: 'aws.ssm-incidents.custom',
  createdBy: 'arn:aws:iam::111122223333:user/ann',
}
const defaults: Rule = {
  ...rule,
  escalate: [{ unacknowledgedForSeconds: 900, engage: ['manager'], repeat: 2 }],
}

const adopted = (endedAt?: Date, now = after(120)): Episode => {
  const episode = adopt(emptyEpisode(ARN), found, defaults, endedAt, now)
  if (!episode) throw new Error('was not adopted')
  return { ...episode, pending: [] }
}
const planArn = (plan: string): string => `${PREFIX}response-plan/${plan}`

describe('an incident that somebody declared', () => {
  it('escalates by the defaults, with its own plan, from when it was created; nothing of it recovers', () => {
    const episode = adopted()
    expect(episode.incident).toMatchObject({
      arn: ARN,
      rule: { escalate: defaults.escalate, open: { plan: found.plan } },
      pagingSince: after(0),
      pageAnew: false,
      keepOpen: true,
      nextPageCheckAt: after(90),
    })
    expect(firingNames(episode)).toBe('Payments are down')
    expect(quietSince(episode)).toBeUndefined()
    expect(dueAt(episode, after(120))).toEqual(after(90))
    expect(alarmsToAsk(episode, after(9000))).toEqual([])
  })

  it.each([after(120), after(2000)])('is left to PagerDuty where its plan engages nobody else, found at %s', (now) => {
    const facts = new Outside().facts()
    const paging = { paged: false, engaged: [] }
    const pagerDuty = { service: 'payments', called: true }
    const looked = decideTick(
      adopted(undefined, now),
      { ...facts, incident: { ...facts.incident, status: 'OPEN' }, paging, pagerDuty, planContacts: [] },
      now,
    )
    expect(looked?.pending).toEqual([])
    expect(looked?.incident).toMatchObject({ pagedElsewhere: true, pageAnew: false })
  })

  it('is paged for anew where it is found late or was opened again; then only later answers count', () => {
    expect(adopted(undefined, after(901)).incident).toMatchObject({ pageAnew: true, pagingSince: after(901) })
    const reopened = adopted(after(60))
    expect(reopened.incident).toMatchObject({ pageAnew: true, pagingSince: after(120) })
    const answers = [{ contactArn: 'ann', at: after(30) }]
    expect(withAcknowledgements(reopened, answers)).toBe(reopened)
    expect(
      withAcknowledgements(reopened, [{ contactArn: 'ann', at: after(61) }]).incident?.acknowledgements,
    ).toHaveLength(1)
    const outside = new Outside()
    const facts = {
      ...outside.facts(),
      incident: { status: 'OPEN', title: 'T', impact: 3 },
      acknowledgements: answers,
    } as const
    expect(decideTick(reopened, facts, after(121))?.pending).toMatchObject([
      { type: 'start-engagement', contact: 'on-call', subject: 'Still open: T' },
      { type: 'add-timeline-event' },
    ])
    expect(decideTick(adopted(undefined, after(901)), facts, after(902))?.pending).toEqual([])
  })

  it('is adopted once, and is nobody else’s incident of the same key', () => {
    expect(adopt(adopted(), found, defaults, undefined, after(180))).toBeUndefined()
    expect(owns(adopted(), ARN)).toBe(true)
    expect(owns(adopted(), `${ARN}0`)).toBe(false)
  })

  it('is left by an alarm that joined it and is over', () => {
    const alarm = new Outside()
    alarm.signal(alarmChange('ALARM', after(0)), after(0))
    const arn = alarm.episode.incident?.arn ?? ''
    expect(owns(alarm.episode, arn)).toBe(true)
    alarm.signal(alarmChange('OK', after(60)), after(60))
    expect(owns(alarm.episode, arn)).toBe(true)
    const { incident } = alarm.episode
    expect(owns({ ...alarm.episode, ...(incident ? { incident: { ...incident, keepOpen: true } } : {}) }, arn)).toBe(
      false,
    )
  })

  it('is told of once where it is left alone; that is no end of it', () => {
    const told = report(emptyEpisode(ARN), found, after(120))
    expect(told?.pending).toMatchObject([{ type: 'tell-last-resort', message: expect.stringContaining('user/ann') }])
    expect(told && report(told, found, after(180))).toBeUndefined()
    expect(told && endOf(told, ARN)).toBeUndefined()
    expect(told && adopt(told, found, defaults, undefined, after(180))?.incident?.arn).toBe(ARN)
  })
})

describe('an incident that may be the automation’s own, whose start is not confirmed yet', () => {
  const alarm = new Outside()
  alarm.down = 'away'
  alarm.signal(alarmChange('ALARM', after(0)), after(0))
  const own = { ...found, plan: planArn('default'), source: 'tocsin.cloudwatch', resourceArn: alarm.episode.key }

  it.each([
    ['the same plan and the same alarm', own, true],
    ['another plan', { ...own, plan: planArn('payments') }, false],
    ['another alarm', { ...own, resourceArn: `${own.resourceArn}-2` }, false],
    ['a person', { ...found, plan: planArn('default') }, false],
  ])('by %s: %s', (_, incident, is) => {
    expect(mayStart(alarm.episode, incident, planArn)).toBe(is)
  })
})

it('a start by hand says nothing of what set it off', () => {
  expect(isByHand(found)).toBe(true)
  expect(isByHand({ ...found, resourceArn: ARN })).toBe(false)
  expect(isByHand({ ...found, source: 'tocsin.cloudwatch' })).toBe(false)
})
