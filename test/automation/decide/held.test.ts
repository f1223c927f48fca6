// Suppressed and muted alarms: remembered, held, looked at again; and late or lost changes, set right by what CloudWatch says.
import { describe, expect, it } from 'vitest'
import { dueAt } from '../../../lib/automation/decide/due.ts'
import type { AlarmTruth } from '../../../lib/automation/decide/truth.ts'
import type { AlarmStateChange } from '../../../lib/automation/sources/signal.ts'
import { after, alarmArn, alarmChange, isFiring, Outside, rule } from './outside.ts'

const ARN = alarmArn('checkout-5xx')
const suppressed = (seconds: number): AlarmStateChange => ({
  ...alarmChange('ALARM', after(seconds)),
  held: { why: 'suppressed', reason: 'Actions suppressed by alarm maintenance' },
})
const muted = (seconds: number, untilSeconds: number): AlarmStateChange => ({
  ...alarmChange('ALARM', after(seconds)),
  held: { why: 'muted', reason: 'mute rule nightly-batch', until: after(untilSeconds) },
})
const says = (state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA', seconds: number, isSuppressed = false): AlarmTruth => ({
  exists: true,
  state,
  at: after(seconds),
  reason: 'Threshold Crossed',
  suppressed: isSuppressed,
})

describe('a suppressed or muted alarm', () => {
  it('opens nothing, and is looked at again when its mute ends', () => {
    const outside = new Outside()
    outside.signal(muted(0, 3600), after(1))
    expect(outside.incidents).toEqual([])
    expect(dueAt(outside.episode, after(2))).toEqual(after(3600))
    outside.alarms.set(ARN, says('ALARM', 0))
    outside.sweep(after(3600))
    expect(outside.incidents).toHaveLength(1)
    expect(outside.incidents[0]?.timeline).toEqual([
      expect.stringContaining('went to ALARM (value 12, threshold 5) (muted: mute rule nightly-batch)'),
      'checkout-5xx is no longer muted, and still fires',
    ])
  })

  it('is looked at every five minutes as long as CloudWatch says that it is suppressed', () => {
    const outside = new Outside()
    outside.signal(suppressed(0), after(1))
    expect(dueAt(outside.episode, after(2))).toEqual(after(301))
    outside.alarms.set(ARN, says('ALARM', 0, true))
    outside.sweep(after(301))
    expect(outside.incidents).toEqual([])
    outside.alarms.set(ARN, says('ALARM', 0))
    outside.sweep(after(601))
    expect(outside.incidents).toHaveLength(1)
  })

  it('opens nothing when it has recovered or is gone by then, whether an event told so or not', () => {
    const recovered = new Outside()
    recovered.signal(suppressed(0), after(1))
    recovered.signal(alarmChange('OK', after(60)), after(61))
    expect(dueAt(recovered.episode, after(62))).toBeUndefined()
    for (const truth of [says('OK', 100), { exists: false } as const]) {
      const outside = new Outside()
      outside.signal(suppressed(0), after(1))
      outside.alarms.set(ARN, truth)
      outside.sweep(after(301))
      expect(outside.incidents).toEqual([])
      expect(dueAt(outside.episode, after(302))).toBeUndefined()
    }
  })

  it('opens when CloudWatch cannot be asked: rather a page too many than one too few', () => {
    const outside = new Outside()
    outside.signal(suppressed(0), after(1))
    outside.sweep(after(301))
    expect(outside.incidents).toHaveLength(1)
  })

  it('opens at once when the same state comes without the suppression, in whatever order the two come', () => {
    for (const order of [
      [suppressed(0), alarmChange('ALARM', after(0))],
      [alarmChange('ALARM', after(0)), suppressed(0)],
    ]) {
      const outside = new Outside()
      for (const change of order) outside.signal(change, after(2))
      expect(outside.incidents).toHaveLength(1)
      expect(outside.episode.held).toEqual({})
    }
  })

  it('does not page anew for an open incident before the suppression ends, and does then', () => {
    const outside = new Outside()
    outside.signal(alarmChange('ALARM', after(0)), after(1))
    outside.signal(alarmChange('OK', after(60)), after(61))
    outside.signal(suppressed(120), after(121))
    expect(outside.episode.incident?.pageAnew).toBe(false)
    outside.alarms.set(ARN, says('ALARM', 120))
    const paged = outside.incidents[0]?.timeline.length ?? 0
    outside.sweep(after(430))
    expect(outside.incidents[0]?.timeline.slice(paged)).toEqual([
      'checkout-5xx is no longer suppressed, and still fires',
      expect.stringContaining('Paging anew'),
    ])
  })
})

describe('an alarm whose actions are disabled', () => {
  const disabled = (seconds: number): AlarmTruth => ({
    exists: true,
    state: 'ALARM',
    at: after(seconds),
    reason: 'r',
    suppressed: false,
    disabled: true,
  })
  const DAY = 86_400

  it('opens nothing as long as CloudWatch says so, is told to the last resort once after a day, and opens then', () => {
    const outside = new Outside()
    outside.alarms.set(ARN, disabled(0))
    outside.signal(alarmChange('ALARM', after(0)), after(1))
    expect(dueAt(outside.episode, after(2))).toEqual(after(301))
    for (let seconds = 301; seconds < 3 * DAY; seconds += 300) {
      outside.sweep(after(seconds))
      expect(outside.lastResort).toHaveLength(seconds < DAY + 1 ? 0 : 1)
    }
    expect([outside.incidents, outside.lastResort[0]]).toEqual([
      [],
      expect.stringContaining('checkout-5xx fires since 2026-03-01T03:00:00.000Z, and nobody has been paged'),
    ])
    outside.alarms.set(ARN, says('ALARM', 0))
    outside.sweep(after(4 * DAY))
    expect(outside.incidents[0]?.timeline).toEqual([
      expect.stringContaining('(its actions are disabled: nobody is paged before they are enabled again)'),
      'The actions of checkout-5xx are enabled again, and it still fires',
    ])
  })

  it('opens by a rule that says so, and where nobody can say', () => {
    for (const [truth, actionsDisabled] of [
      [disabled(0), 'open'],
      [undefined, 'hold'],
    ] as const) {
      const outside = new Outside()
      if (truth) outside.alarms.set(ARN, truth)
      outside.signal(alarmChange('ALARM', after(0)), after(1), { ...rule, actionsDisabled })
      expect(outside.incidents).toHaveLength(1)
    }
  })

  it("opens where its own event, or an action of its own, says otherwise, and is held by its own event's word", () => {
    for (const [told, incidents] of [
      [{ actionsEnabled: true }, 1],
      [{ identity: 'notification/1' }, 1],
      [{ identity: 'invocation/1' }, 1],
      [{ identity: 'notification/1', actionsEnabled: false }, 0],
      [{}, 0],
    ] as const) {
      const outside = new Outside()
      outside.alarms.set(ARN, disabled(0))
      outside.signal({ ...alarmChange('ALARM', after(0)), ...told }, after(1))
      expect(outside.incidents).toHaveLength(incidents)
    }
  })

  it('that was muted is held on when its mute ends', () => {
    const outside = new Outside()
    outside.signal(muted(0, 3600), after(1))
    outside.alarms.set(ARN, disabled(0))
    outside.sweep(after(3600))
    expect([outside.incidents, outside.episode.held[ARN]?.why]).toEqual([[], 'disabled'])
    outside.alarms.set(ARN, says('ALARM', 0))
    outside.sweep(after(3900))
    expect(outside.incidents).toHaveLength(1)
  })

  it('is not let go for a contributor whose alarm is over', () => {
    const outside = new Outside()
    const change = alarmChange('ALARM', after(0))
    outside.alarms.set(ARN, disabled(0))
    outside.signal({ ...change, alarm: { ...change.alarm, arn: `${ARN}#contributor/1` } }, after(1))
    outside.signal(alarmChange('OK', after(60)), after(61))
    outside.alarms.set(ARN, says('OK', 60))
    outside.sweep(after(301))
    expect([outside.incidents, outside.episode.held]).toEqual([[], {}])
  })
})

describe('an alarm that is not found', () => {
  it('is not taken for deleted where its type is not known, and is once CloudWatch has found it', () => {
    const outside = new Outside()
    const { type: _, ...bare } = alarmChange('ALARM', after(0))
    outside.signal(bare, after(0))
    outside.alarms.set(ARN, { exists: false })
    outside.sweep(after(300))
    expect(isFiring(outside.episode)).toBe(true)
    outside.alarms.set(ARN, says('ALARM', 0))
    outside.sweep(after(600))
    outside.alarms.set(ARN, { exists: false })
    outside.sweep(after(900))
    expect(isFiring(outside.episode)).toBe(false)
  })
})

describe('a late ALARM', () => {
  it('pages nobody when CloudWatch says that it is over or that the alarm is gone, and is remembered', () => {
    for (const truth of [says('OK', 200), { exists: false } as const]) {
      const outside = new Outside()
      outside.alarms.set(ARN, truth)
      outside.signal(alarmChange('ALARM', after(0)), after(301))
      expect(outside.incidents).toEqual([])
      expect(outside.episode.unplaced).toHaveLength(2)
      // The next firing finds on its timeline what came shortly before.
      outside.signal(alarmChange('ALARM', after(400)), after(401))
      expect(outside.incidents.map(({ timeline }) => timeline.length)).toEqual([3])
    }
  })

  it('pages when it still fires, when nothing is known, and when CloudWatch has only missing data or an older OK', () => {
    for (const truth of [says('ALARM', 0), undefined, says('INSUFFICIENT_DATA', 200), says('OK', -10)]) {
      const outside = new Outside()
      if (truth) outside.alarms.set(ARN, truth)
      outside.signal(alarmChange('ALARM', after(0)), after(301))
      expect(outside.incidents).toHaveLength(1)
    }
  })

  it('is not asked about while it is less than five minutes old', () => {
    const outside = new Outside()
    outside.alarms.set(ARN, says('OK', 200))
    outside.signal(alarmChange('ALARM', after(0)), after(300))
    expect(outside.incidents).toHaveLength(1)
  })
})

describe('the audit of an open incident', () => {
  const opened = (): Outside => {
    const outside = new Outside()
    outside.signal(alarmChange('ALARM', after(0)), after(0))
    return outside
  }

  it('learns from CloudWatch that an alarm has recovered whose OK was lost, and resolves after the quiet time', () => {
    const outside = opened()
    outside.alarms.set(ARN, says('OK', 100))
    outside.sweep(after(300))
    expect(outside.incidents[0]?.timeline).toContain(
      'Alarm checkout-5xx is OK, CloudWatch says, though no event has told so: Threshold Crossed',
    )
    outside.sweep(after(700))
    expect(outside.incidents[0]?.status).toBe('RESOLVED')
  })

  it('closes the part of an alarm that no longer exists, with the reason', () => {
    const outside = opened()
    outside.alarms.set(ARN, { exists: false })
    outside.sweep(after(300))
    expect(outside.incidents[0]?.timeline.at(-1)).toContain(
      'no longer exists, CloudWatch says: it will never send an OK',
    )
    outside.sweep(after(901))
    expect(outside.incidents[0]?.status).toBe('RESOLVED')
  })

  it('pages anew for an alarm that fires again unseen', () => {
    const outside = opened()
    outside.signal(alarmChange('OK', after(10)), after(11))
    outside.alarms.set(ARN, says('ALARM', 100))
    outside.sweep(after(300))
    expect(outside.incidents[0]?.timeline.at(-1)).toContain('Paging anew: checkout-5xx fires again')
    expect(outside.incidents[0]?.status).toBe('OPEN')
  })

  it('asks about nothing and changes nothing in between, and never by an older word', () => {
    const outside = opened()
    const before = outside.episode
    outside.alarms.set(ARN, says('OK', -100))
    outside.sweep(after(300))
    expect(outside.episode.subjects).toEqual(before.subjects)
  })

  it('takes the OK of an alarm for its contributors', () => {
    const outside = new Outside()
    const change = alarmChange('ALARM', after(0))
    outside.signal({ ...change, alarm: { ...change.alarm, arn: `${ARN}#contributor/1` } }, after(0))
    outside.alarms.set(ARN, says('OK', 100))
    outside.sweep(after(300))
    outside.sweep(after(701))
    expect(outside.incidents[0]?.status).toBe('RESOLVED')
  })
})
