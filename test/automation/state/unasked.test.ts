// Whose CloudWatch could not be asked, as one sweep leaves it for the next and for the health.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plusSeconds } from '../../../lib/aws/instants.ts'
import type { Table } from '../../../lib/aws/table/table.ts'
import { readSweep } from '../../../lib/automation/state/heartbeat.ts'
import { rememberUnasked, type Unasked, unaskedIn } from '../../../lib/automation/state/unasked.ts'
import { type Engine, ENGINES } from '../../aws/engines.ts'

const START = new Date('2026-09-14T10:00:00Z')
const later = (seconds: number): Date => plusSeconds(START, seconds)
const refused = (who: string, at = START, since = at): Unasked => ({ who, because: 'refused', since, at })

describe.each(['sqlite', 'dynamodb'] as const)('who could not be asked, on %s', (name) => {
  let engine: Engine
  let table: Table
  let writes = 0
  beforeAll(async () => {
    engine = await ENGINES[name]()
    const { table: inner } = engine
    table = { ...bound(inner), put: (item, condition) => (writes++, inner.put(item, condition)) }
  })
  afterAll(() => engine.close())

  const stored = async (): Promise<Unasked[]> => unaskedIn((await readSweep(table)).items)
  /** One sweep, of a process that knows this. */
  const sweep = async (
    now: Date,
    unasked: readonly Unasked[],
    answered: readonly string[] = [],
  ): Promise<Unasked[]> => {
    const { items } = await readSweep(table)
    await rememberUnasked(table, items, { unasked, answered: new Set(answered) }, now)
    return stored()
  }

  it('is kept since it began, written once an hour, whatever processes come and go', async () => {
    expect(await sweep(START, [refused('444455556666')])).toEqual([refused('444455556666')])
    await sweep(later(60), [refused('444455556666', later(60), START)])
    // A process that has just begun knows nothing yet, or only the last refusal.
    await sweep(later(120), [])
    expect(await sweep(later(180), [refused('444455556666', later(180))])).toEqual([refused('444455556666')])
    expect(writes).toBe(1)
    const again = refused('444455556666', later(3600))
    expect(await sweep(later(3600), [again])).toEqual([{ ...again, since: START }])
    expect(writes).toBe(2)
  })

  it('is forgotten when it answers, or when nobody has asked for a day', async () => {
    const other = refused('777788889999 in eu-west-1', later(3600))
    await sweep(later(3600), [other])
    expect(await sweep(later(3660), [], ['444455556666'])).toEqual([other])
    expect(await sweep(later(3600 + 86_400), [])).toEqual([])
    expect((await readSweep(table)).items).toEqual([])
  })
})

const bound = (table: Table): Table => ({
  get: (key) => table.get(key),
  put: (item, condition) => table.put(item, condition),
  update: (...args) => table.update(...args),
  delete: (...args) => table.delete(...args),
  query: (query) => table.query(query),
})
