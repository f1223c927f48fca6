// A night when everything fires: 10,000 events over 500 alarms, a third of them duplicates, against AWS's own request rates.
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { expect, it } from 'vitest'
import { OnAws } from '../aws-stub/on-aws.ts'
import { AWS_RATES } from '../aws-stub/rates.ts'
import { alarmEntry, START } from './rehearsal.ts'

const ALARMS = 500
const CHANGES = 14
const EVENTS = 10_000

const RULES = `
version: 1
defaults: {title: "\${detail.alarmName}", resolve: never, unanswered: never}
`

/** Of two functions, open-incident and sweep: together they stay within AWS's rates. */
const TOCSIN_PACE = 'StartIncident=2.4,CreateTimelineEvent=4.5'

/** Each alarm goes back and forth, and fires in the end; the same change comes again in another event. */
function* storm(): Generator<ReturnType<typeof alarmEntry>> {
  const changes = Array.from({ length: ALARMS * CHANGES }, (_, index) => {
    const [alarm, change] = [index % ALARMS, Math.floor(index / ALARMS)]
    const at = new Date(START.getTime() + change * 1000)
    const state = change % 2 ? ('INSUFFICIENT_DATA' as const) : ('ALARM' as const)
    return alarmEntry({ name: `storm-${alarm}`, state, at }, START)
  })
  yield* changes
  for (let index = 0; index < EVENTS - changes.length; index++) {
    const again = changes[(index * 7919) % changes.length]
    if (again) yield again
  }
}

it('loses nothing, opens each alarm once, and is never throttled', { timeout: 400_000 }, async () => {
  const on = await OnAws.start({ rates: AWS_RATES, mostPerPlanAndMonth: 1000, pageSize: 100 }, RULES, {
    environment: { TOCSIN_PACE },
  })
  try {
    const entries = [...storm()]
    expect(entries).toHaveLength(EVENTS)
    const began = performance.now()
    for (let at = 0; at < entries.length; at += 10)
      await on.rehearsal.events.send(new PutEventsCommand({ Entries: entries.slice(at, at + 10) }))
    await on.rehearsal.system.idle()
    const seconds = (performance.now() - began) / 1000
    let minutes = 0
    const told = (): number => on.stub.callsOf('CreateTimelineEvent').length
    for (let before = -1; told() > before; minutes += 5) {
      before = told()
      await on.rehearsal.minutes(5)
    }
    console.log(
      `${EVENTS} events in ${seconds.toFixed(1)} s of real time; ${on.stub.incidents.length} incidents and ${told()} timeline events within ${minutes} minutes of simulated time`,
    )
    expect(on.stub.incidents).toHaveLength(ALARMS)
    expect(new Set(on.stub.incidents.map(({ triggerArn }) => triggerArn)).size).toBe(ALARMS)
    for (const incident of on.stub.incidents) {
      const changes = incident.timeline.flatMap(({ data }) => JSON.parse(data).stateTimestamp ?? [])
      expect([changes.length, new Set(changes).size]).toEqual([CHANGES, CHANGES])
    }
    expect(on.stub.mostInOneSecond('StartIncident')).toBeLessThanOrEqual(5)
    expect(on.stub.mostInOneSecond('CreateTimelineEvent')).toBeLessThanOrEqual(10)
    expect(on.stub.calls.filter(({ outcome }) => outcome === 'ThrottlingException')).toEqual([])
    const late = on.stub.incidents.map(({ createdAt }) => createdAt.getTime() - START.getTime())
    expect(Math.max(...late)).toBeLessThanOrEqual(300_000)
    expect((await on.rehearsal.system.messages()).filter(({ type }) => type === 'SNS')).toEqual([])
    expect(await on.rehearsal.system.failures()).toEqual([])
  } finally {
    await on.close()
  }
})
