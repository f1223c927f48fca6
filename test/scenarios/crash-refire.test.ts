// A process may die before or after any call: an alarm that fires again, within the quiet time or after a human resolved its incident, ends as if nothing had died.
import { UpdateIncidentRecordCommand } from '@aws-sdk/client-ssm-incidents'
import { describe, expect, it } from 'vitest'
import { dieEverywhere, insist, minutes, settle, type Story } from './crash-points.ts'
import type { Rehearsal } from './rehearsal.ts'

const fires = (on: Rehearsal): Promise<void> => on.alarm({ name: 'checkout', state: 'ALARM', at: on.system.now() })

const soon = (on: Rehearsal, seconds: number): Date => new Date(on.system.now().getTime() + seconds * 1000)

const untilPaged = [fires, ...settle(16)]

const stories: Story[] = [
  {
    name: 'fires again within the quiet time',
    steps: [
      ...untilPaged,
      (on) => on.alarm({ name: 'checkout', state: 'OK', at: soon(on, 1) }),
      (on) => on.alarm({ name: 'checkout', state: 'ALARM', at: soon(on, 2) }),
      ...minutes(18),
    ],
  },
  {
    name: 'is resolved by a human while it fires, fires again',
    triedElsewhere: untilPaged.length,
    steps: [
      ...untilPaged,
      ...minutes(8),
      async (on) => {
        const { arn } = await insist(() => on.incident())
        const byHand = { arn, status: 'RESOLVED', clientToken: 'by-hand' } as const
        await insist(() => on.incidents.send(new UpdateIncidentRecordCommand(byHand)))
      },
      ...minutes(8),
      fires,
      ...minutes(18),
    ],
  },
]

describe.each(stories)('an alarm that $name', (story) => {
  it.each([false, true])(
    'ends the same whatever dies where (next event before the retry: %s)',
    { timeout: 900_000 },
    async (hurried) => {
      expect(await dieEverywhere(story, hurried)).toBeGreaterThan(200)
    },
  )
})
