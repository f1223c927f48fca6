// A process may die before or after any call: whatever dies where, the story ends as if nothing had happened.
import { UpdateIncidentRecordCommand } from '@aws-sdk/client-ssm-incidents'
import { describe, expect, it } from 'vitest'
import { type Fault, Faults } from './faults.ts'
import { Rehearsal, START } from './rehearsal.ts'

const RULES = `
version: 1
defaults:
  plan: default
  resolve: {after: 10m, mode: unless-human}
  autoAcknowledge: [answered-elsewhere]
  escalate: [{unacknowledgedFor: 25m, engage: [manager], impact: 1}]
`

/** Long enough for every retry of a queue and for the sweep. */
const SETTLE_MINUTES = 15

interface Story {
  readonly name: string
  readonly tell: (on: Rehearsal, settle: () => Promise<unknown>) => Promise<void>
}

const second = (count: number): Date => new Date(START.getTime() + count * 1000)

/** What a person does is repeated until it is answered, as a person does. */
async function insist(act: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++)
    try {
      await act()
      return
    } catch (error) {
      if (tries > 3) throw error
    }
}

const STORIES: Story[] = [
  {
    name: 'opened, paged, escalated, acknowledged, recovered, resolved',
    tell: async (on, settle) => {
      await on.alarm({ name: 'checkout', state: 'ALARM', at: second(0) })
      await settle()
      await on.alarm({ name: 'checkout', state: 'INSUFFICIENT_DATA', at: second(1) })
      await on.alarm({ name: 'checkout', state: 'ALARM', at: second(2) })
      await on.minutes(30)
      await insist(async () =>
        on.accept(
          (await on.pages()).find(({ contactArn, type }) => contactArn?.endsWith('/secondary') && type === 'SMS'),
        ),
      )
      await settle()
      await on.alarm({ name: 'checkout', state: 'OK', at: second(3) })
      await on.minutes(40)
    },
  },
  {
    name: 'fires again within the quiet time, then a human resolves it while it fires, then it fires again',
    tell: async (on, settle) => {
      await on.alarm({ name: 'checkout', state: 'ALARM', at: second(0) })
      await settle()
      await on.alarm({ name: 'checkout', state: 'OK', at: second(1) })
      await on.alarm({ name: 'checkout', state: 'ALARM', at: second(2) })
      await on.minutes(40)
      const { arn } = await on.incident()
      await insist(() =>
        on.incidents.send(new UpdateIncidentRecordCommand({ arn, status: 'RESOLVED', clientToken: 'by-hand' })),
      )
      await on.minutes(20)
      await on.alarm({ name: 'checkout', state: 'ALARM', at: second(3) })
      await on.minutes(40)
    },
  },
]

/** What must be equal: everything but the instants and ids that a retry moves. */
async function finalState(on: Rehearsal) {
  const records = await on.records()
  const incidents = await Promise.all(
    records.map(async ({ arn, status, title, impact }) => ({
      status,
      title,
      impact,
      timeline: (await on.timeline(arn ?? ''))
        .map(({ type, data }) => `${type} ${withoutInstants(JSON.stringify(data))}`)
        .toSorted(),
      items: (await on.relatedItems(arn ?? '')).map((item) => JSON.stringify(item.identifier)).toSorted(),
      running: (await on.engagements(arn ?? ''))
        .filter(({ StopTime }) => !StopTime)
        .map(({ ContactArn }) => ContactArn)
        .toSorted(),
    })),
  )
  const paged = new Set(
    (await on.pages()).map(
      ({ contactArn, type, pageArn }) => `${contactArn} ${type} ${withoutInstants(pageArn ?? '')}`,
    ),
  )
  return {
    incidents,
    paged: [...paged].toSorted(),
    messages: (await on.pages()).length,
    failures: await on.system.failures(),
  }
}

const withoutInstants = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, '<instant>')
    .replaceAll(/[\da-f]{8}-[\da-f-]{27}/gu, '<id>')
    .replaceAll(/for \d+ minutes/gu, 'for <some> minutes')

async function told(story: Story, hurried: boolean, fault?: Fault) {
  const faults = new Faults()
  const on = await Rehearsal.start('sqlite', { ...(faults.watch ? { watch: faults.watch } : {}) }, RULES)
  try {
    faults.calls.length = 0
    faults.fault = fault
    await story.tell(on, async () => (hurried ? undefined : on.minutes(SETTLE_MINUTES)))
    const calls = [...faults.calls]
    faults.fault = undefined
    return { calls, state: await finalState(on) }
  } finally {
    await on.close()
  }
}

describe.each(STORIES)('$name', (story) => {
  it.each([false, true])(
    'ends the same whatever dies where (next event before the retry: %s)',
    async (hurried) => {
      const undisturbed = await told(story, hurried)
      expect(undisturbed.state.incidents.length).toBeGreaterThan(0)
      let points = 0
      for (const when of ['before', 'after'] as const)
        for (let at = 1; at <= undisturbed.calls.length; at++) {
          const { state } = await told(story, hurried, { at, when })
          expect(state, `dead ${when} call ${at}: ${undisturbed.calls[at - 1]}`).toEqual(undisturbed.state)
          points++
        }
      console.log(
        `${story.name}: ${points} crash points tried (${hurried ? 'next event before the retry' : 'one at a time'})`,
      )
    },
    900_000,
  )
})
