// A process may die before or after any call: an alarm that is opened, paged, escalated, acknowledged, recovered, resolved ends as if nothing had died.
import { describe, expect, it } from 'vitest'
import { dieEverywhere, insist, minutes, settle, type Story } from './crash-points.ts'
import { START } from './rehearsal.ts'

const second = (count: number): Date => new Date(START.getTime() + count * 1000)

const story: Story = {
  name: 'opened, paged, escalated, acknowledged, recovered, resolved',
  steps: [
    (on) => on.alarm({ name: 'checkout', state: 'ALARM', at: second(0) }),
    ...settle(6),
    (on) => on.alarm({ name: 'checkout', state: 'INSUFFICIENT_DATA', at: second(1) }),
    (on) => on.alarm({ name: 'checkout', state: 'ALARM', at: second(2) }),
    ...minutes(16),
    (on) =>
      insist(async () => {
        const pages = await on.pages()
        await on.accept(pages.find(({ contactArn, type }) => contactArn?.endsWith('/secondary') && type === 'SMS'))
      }),
    ...settle(6),
    (on) => on.alarm({ name: 'checkout', state: 'OK', at: on.system.now() }),
    ...minutes(14),
  ],
}

describe('an alarm that is opened, paged, escalated, acknowledged, recovered, resolved', () => {
  it.each([false, true])(
    'ends the same whatever dies where (next event before the retry: %s)',
    { timeout: 900_000 },
    async (hurried) => {
      expect(await dieEverywhere(story, hurried)).toBeGreaterThan(200)
    },
  )
})
