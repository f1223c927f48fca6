// An alarm that flaps wildly costs little, loses nothing and tells nothing twice.
import { expect, it } from 'vitest'
import { Faults } from './faults.ts'
import { Rehearsal, START } from './rehearsal.ts'

const CHANGES = 300

it('takes 300 changes of one alarm at once for at most ten table calls each, and tells each of them once', async () => {
  const faults = new Faults()
  const on = await Rehearsal.start('sqlite', { watch: faults.watch })
  try {
    faults.calls.length = 0
    await on.alarm(
      ...Array.from({ length: CHANGES }, (_, second) => ({
        name: 'flapping',
        state: second % 2 ? ('OK' as const) : ('ALARM' as const),
        at: new Date(START.getTime() + second * 1000),
      })),
    )
    const tableCalls = faults.calls.filter((call) => !call.startsWith('client'))
    expect(tableCalls.length / CHANGES).toBeLessThanOrEqual(10)
    const { arn } = await on.incident()
    const told = (await on.timeline(arn)).filter(({ data }) => data['stateTimestamp'] !== undefined)
    expect(new Set(told.map(({ data }) => data['stateTimestamp'])).size).toBe(CHANGES)
    expect(told).toHaveLength(CHANGES)
    expect(await on.system.failures()).toEqual([])
  } finally {
    await on.close()
  }
})
