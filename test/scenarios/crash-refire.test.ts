// A process may die before or after any call: an alarm that is fires again within the quiet time, is resolved by a human while it fires, fires again ends as if nothing had died.
import { UpdateIncidentRecordCommand } from '@aws-sdk/client-ssm-incidents'
import { describe, expect, it } from 'vitest'
import { dieEverywhere, insist, type Story } from './crash-points.ts'

const story: Story = {
  name: 'fires again within the quiet time, is resolved by a human while it fires, fires again',
  tell: async (on, settle) => {
    const soon = (seconds: number): Date => new Date(on.system.now().getTime() + seconds * 1000)
    await on.alarm({ name: 'checkout', state: 'ALARM', at: on.system.now() })
    await settle(16)
    await on.alarm({ name: 'checkout', state: 'OK', at: soon(1) })
    await on.alarm({ name: 'checkout', state: 'ALARM', at: soon(2) })
    await on.minutes(24)
    const { arn } = await insist(() => on.incident())
    const byHand = { arn, status: 'RESOLVED', clientToken: 'by-hand' } as const
    await insist(() => on.incidents.send(new UpdateIncidentRecordCommand(byHand)))
    await on.minutes(8)
    await on.alarm({ name: 'checkout', state: 'ALARM', at: on.system.now() })
    await on.minutes(24)
  },
}

describe('an alarm that is fires again within the quiet time, is resolved by a human while it fires, fires again', () => {
  it.each([false, true])(
    'ends the same whatever dies where (next event before the retry: %s)',
    async (hurried) => {
      expect(await dieEverywhere(story, hurried)).toBeGreaterThan(200)
    },
    900_000,
  )
})
