// When what plain events open by one rule is a storm: beyond 60 in a minute, and until a minute had no more.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CountOpening, openingsIn } from '../../../lib/automation/state/storms.ts'
import { type Engine, ENGINES, fresh } from '../../aws/engines.ts'

const START = new Date('2026-03-01T03:00:00.000Z')
const minute = (count: number): Date => new Date(START.getTime() + count * 60_000)

describe.each(['sqlite', 'dynamodb'] as const)('openings on %s', (name) => {
  let engine: Engine
  let count: CountOpening
  beforeAll(async () => {
    engine = await ENGINES[name]()
    count = openingsIn(engine.table)
  })
  afterAll(() => engine.close())
  /** How many of so many at that instant join the storm. */
  const joins = async (rule: string, times: number, now: Date): Promise<number> => {
    let joined = 0
    for (let at = 0; at < times; at++) if (await count(rule, now)) joined++
    return joined
  }

  it('are a storm from the 61st in a minute, by each rule for itself', async () => {
    const [rule, other] = [fresh(), fresh()]
    expect(await joins(rule, 60, minute(0))).toBe(0)
    expect(await joins(rule, 5, minute(0))).toBe(5)
    expect(await joins(other, 5, minute(0))).toBe(0)
  })

  it('go on being one until a minute had no more than 60', async () => {
    const rule = fresh()
    await joins(rule, 61, minute(0))
    expect(await joins(rule, 61, minute(1))).toBe(61)
    expect(await joins(rule, 2, minute(2))).toBe(2)
    expect(await joins(rule, 60, minute(3))).toBe(0)
  })

  it('are none any more after a minute of silence', async () => {
    const rule = fresh()
    await joins(rule, 61, minute(0))
    expect(await joins(rule, 60, minute(2))).toBe(0)
  })

  it('are counted once each, however many count at once, and though one clock is a little ahead or was put back', async () => {
    const rule = fresh()
    const storms = await Promise.all(Array.from({ length: 8 }, () => joins(rule, 8, minute(5))))
    expect(storms.reduce((sum, joined) => sum + joined, 0)).toBeLessThanOrEqual(4)
    expect(await joins(rule, 1, minute(5))).toBe(1)
    expect(await joins(rule, 1, minute(4))).toBe(1)
    expect(await joins(rule, 60, minute(-60))).toBe(0)
  })
})
