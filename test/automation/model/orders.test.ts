// The changes of an alarm in every order in which a queue and dying processes can deliver them end as they do in their own.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { alarmEvent, Automation, type State } from './automation.ts'
import { kills } from './kills.ts'
import { runs } from './runs.ts'
import { sentencesOf } from './stub-manager.ts'

/** Within the minutes in which a change is not late yet, as long as a message waits at most once for its second delivery. */
const changes = fc
  .uniqueArray(
    fc.record({
      second: fc.integer({ min: 1, max: 50 }),
      state: fc.constantFrom<State>('OK', 'ALARM', 'INSUFFICIENT_DATA'),
    }),
    {
      minLength: 2,
      maxLength: 4,
      selector: ({ second }) => second,
    },
  )
  .map((list) => list.toSorted((one, other) => one.second - other.second))

const stories = changes.chain((facts) =>
  fc.record({
    facts: fc.constant(facts),
    order: fc.shuffledSubarray(facts, { minLength: facts.length }),
    kill: kills,
  }),
)

type Facts = readonly { readonly second: number; readonly state: State }[]

async function ended(order: Facts, kill: Parameters<Automation['kill']>[0]) {
  const on = new Automation([{ name: 'default', engage: ['primary'] }], { version: 1 })
  await on.minutes(1)
  const at = (second: number): Date => new Date(on.now.getTime() + second * 1000)
  const begun = at(0)
  const events = order.map(({ second, state }) => alarmEvent('a', state, new Date(begun.getTime() + second * 1000)))
  on.kill(kill)
  await on.minutes(1, 'asleep')
  for (const event of events) await on.deliver(event)
  const last = order.toSorted((one, other) => other.second - one.second)[0]
  if (last) on.alarms.set('a', { state: last.state, at: new Date(begun.getTime() + last.second * 1000) })
  await on.minutes(20)
  return on.manager.incidents.map((incident) => ({
    status: incident.status,
    changes: sentencesOf(incident).filter((text) => text.startsWith('Alarm')),
    ended: sentencesOf(incident).filter((text) => text.startsWith('Resolved')),
  }))
}

const { timeout, ...parameters } = runs('orders')

it('ends the same in every order of delivery', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(stories, async ({ facts, order, kill }) => {
      expect(await ended(order, kill)).toEqual(await ended(facts, undefined))
    }),
    parameters,
  )
})
