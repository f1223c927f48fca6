// What cannot be opened by its plan is opened by another, and what cannot be opened at all is told elsewhere.
import { describe, expect, it } from 'vitest'
import { lastResort } from '../../../lib/automation/decide/last-resort.ts'
import { needsOf } from '../../../lib/automation/decide/facts.ts'
import { decideSignal } from '../../../lib/automation/decide/decide-signal.ts'
import { after, alarmChange, HOME, Outside, rule } from './outside.ts'

/** Signals with a fallback plan. */
function fired(outside: Outside, seconds: number): void {
  const change = alarmChange('ALARM', after(seconds))
  const home = { ...HOME, fallbackPlan: 'everybody' }
  const decision = decideSignal(outside.episode, change, rule, {}, home, after(seconds))
  if (decision) outside.episode = decision.episode
  outside.run(after(seconds))
}

/** As the sweep does: what is pending is tried again, then somebody is told. */
function swept(outside: Outside, seconds: number): void {
  outside.run(after(seconds))
  const told = lastResort(outside.episode, after(seconds))
  if (!told) return
  outside.episode = told
  outside.run(after(seconds))
}

describe('a plan that is refused', () => {
  it('is replaced by the fallback plan at once, and the timeline says why', () => {
    const outside = new Outside()
    outside.refused = { default: 'ResourceNotFoundException: gone' }
    fired(outside, 0)
    expect(outside.incidents).toMatchObject([{ plan: 'everybody', status: 'OPEN' }])
    expect(outside.incidents[0]?.timeline).toContain(
      'Response plan default was refused (ResourceNotFoundException: gone): the fallback plan everybody is used instead',
    )
    expect(outside.lastResort).toEqual([])
    expect(outside.episode.incident?.rule.open.plan).toBe('everybody')
  })

  it('is tried again by every sweep when the fallback plan is refused too, each by its own token', () => {
    const outside = new Outside()
    outside.refused = { default: 'ServiceQuotaExceededException: full', everybody: 'ResourceNotFoundException: gone' }
    fired(outside, 0)
    expect(outside.episode.pending.find(({ type }) => type === 'start-incident')).toMatchObject({ plan: 'default' })
    swept(outside, 30)
    expect(outside.lastResort).toEqual([])
    swept(outside, 60)
    expect(outside.lastResort).toHaveLength(1)
    expect(outside.lastResort[0]).toContain('Nobody has been paged. Response plan: default. Rule: default.')
    expect(outside.lastResort[0]).toContain('ResourceNotFoundException: gone')
    outside.refused = {}
    swept(outside, 90)
    expect(outside.incidents).toMatchObject([{ plan: 'default' }])
  })
})

describe('an incident manager that refuses', () => {
  const down = (): Outside => {
    const outside = new Outside()
    outside.down = 'ThrottlingException: Rate exceeded'
    fired(outside, 0)
    return outside
  }

  it('is reported to the last resort after 60 seconds, once, and again every 15 minutes until the incident is open', () => {
    const outside = down()
    const told = [30, 59, 60, 120, 900, 960, 1000, 1800, 1860].map((seconds) => {
      swept(outside, seconds)
      return outside.lastResort.length
    })
    expect(told).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 3])
    outside.down = undefined
    swept(outside, 1900)
    expect(outside.incidents).toHaveLength(1)
    expect(
      outside.incidents[0]?.timeline.some((text) => text.startsWith('Opened late') && text.includes('3 times')),
    ).toBe(true)
    swept(outside, 9000)
    expect(outside.lastResort).toHaveLength(3)
  })

  it('is reported after five minutes, too, when the start has only been waiting for its turn', () => {
    const outside = new Outside()
    outside.down = 'waiting'
    fired(outside, 0)
    const { incident } = outside.episode
    const waiting = { ...outside.episode, ...(incident ? { incident: withoutTrouble(incident) } : {}) }
    expect(lastResort(waiting, after(299))).toBeUndefined()
    expect(lastResort(waiting, after(300))?.pending[0]).toMatchObject({ type: 'tell-last-resort' })
  })

  it('is not reported once the alarm has recovered', () => {
    const outside = down()
    outside.signal(alarmChange('OK', after(40)), after(41))
    swept(outside, 3600)
    expect(outside.lastResort).toEqual([])
  })
})

function withoutTrouble<T extends { trouble?: unknown }>(incident: T): Omit<T, 'trouble'> {
  const { trouble: _, ...rest } = incident
  return rest
}

describe('an open incident that has paged nobody', () => {
  const silent = (): Outside => {
    const outside = new Outside()
    outside.signal(alarmChange('ALARM', after(0)), after(0))
    outside.paging = { paged: false, engaged: [] }
    return outside
  }
  const told = (outside: Outside, ...seconds: number[]): number[] =>
    seconds.map((second) => {
      outside.sweep(after(second))
      return outside.lastResort.length
    })

  it('is told of after a minute and a half, once, and again every 15 minutes until somebody is paged', () => {
    const outside = silent()
    expect(told(outside, 60, 89, 90, 120, 300, 989, 990, 1200)).toEqual([0, 0, 1, 1, 1, 1, 2, 2])
    expect(outside.lastResort[0]).toContain('nobody has been paged for 2 minutes.')
    expect(outside.incidents[0]?.timeline.at(-1)).toContain(
      'Nobody has been paged for 17 minutes; the last resort is told',
    )
    outside.paging = { paged: true, engaged: [] }
    expect(told(outside, 1890)).toEqual([2])
    outside.paging = { paged: false, engaged: [] }
    expect(told(outside, 1980, 3000, 9000)).toEqual([2, 2, 2])
  })

  it('is looked at once where somebody was paged', () => {
    const outside = silent()
    outside.paging = { paged: true, engaged: [] }
    expect(needsOf(outside.episode, after(89)).paging).toBe(false)
    expect(needsOf(outside.episode, after(90)).paging).toBe(true)
    outside.sweep(after(90))
    expect(needsOf(outside.episode, after(9000)).paging).toBe(false)
  })

  it('is not told of once a person has acknowledged, but is where a person has started it', () => {
    const answered = silent()
    answered.acknowledgements = [{ contactArn: 'me', at: after(30) }]
    expect(told(answered, 90, 2000)).toEqual([0, 0])
    const byHand = silent()
    byHand.record('incident-1').source = 'aws.ssm-incidents.custom'
    expect(told(byHand, 90, 2000)).toEqual([1, 2])
  })

  it('is not told of while its alarm is quiet; when it fires again, whoever is paged anew has as long', () => {
    const outside = silent()
    outside.signal(alarmChange('OK', after(60)), after(60))
    expect(told(outside, 61, 90, 300)).toEqual([0, 0, 0])
    outside.signal(alarmChange('ALARM', after(400)), after(400))
    expect(told(outside, 400, 489, 490)).toEqual([0, 0, 1])
  })
})

describe('a timeline with room for 1,000 events', () => {
  it('stops telling changes while there is room for pages, answers and the resolve, and says so', () => {
    const outside = new Outside()
    for (let second = 0; second < 1500; second++)
      outside.signal(alarmChange(second % 2 ? 'INSUFFICIENT_DATA' : 'ALARM', after(second)), after(second))
    const timeline = outside.incidents[0]?.timeline ?? []
    expect(timeline.length).toBeLessThanOrEqual(600)
    expect(timeline.at(-1)).toContain('the last change told here')
    expect(outside.incidents).toHaveLength(1)
    outside.signal(alarmChange('OK', after(1600)), after(1600))
    outside.sweep(after(1601))
    outside.sweep(after(2300))
    expect(outside.incidents[0]?.status).toBe('RESOLVED')
    expect(outside.incidents[0]?.timeline.at(-1)).toContain('Resolved by Tocsin')
  })
})
