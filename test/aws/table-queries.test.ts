// What can be found, the same on both engines: by partition and range, in key order, by an index, page by page.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Query, Table } from '../../lib/aws/table/table.ts'
import { type Engine, ENGINES, fresh, walk } from './engines.ts'

describe.each(['sqlite', 'dynamodb'] as const)('a table on %s', (name) => {
  let engine: Engine
  let table: Table
  beforeAll(async () => {
    engine = await ENGINES[name]()
    table = engine.table
  })
  afterAll(() => engine.close())

  describe('finds', () => {
    // In order of their UTF-8 bytes: U+FF5E is before U+1F600, though its UTF-16 code unit is behind.
    const KEYS = ['a', 'a#1', 'a#2', 'a~', 'b', 'b#1', 'é', '\uD7FF', '～', '😀', '😀1', '\u{10FFFF}', '\u{10FFFF}!']
    const RANGES: readonly (readonly [NonNullable<Query['range']>, readonly string[]])[] = [
      [{}, KEYS],
      [{ prefix: '' }, KEYS],
      [{ prefix: 'a' }, ['a', 'a#1', 'a#2', 'a~']],
      [{ prefix: 'a#' }, ['a#1', 'a#2']],
      [{ prefix: '😀' }, ['😀', '😀1']],
      [{ prefix: '\uD7FF' }, ['\uD7FF']],
      [{ prefix: '\u{10FFFF}' }, ['\u{10FFFF}', '\u{10FFFF}!']],
      [{ prefix: 'c' }, []],
      [{ prefix: '%' }, []],
      [{ from: 'a#2', to: 'b' }, ['a#2', 'a~', 'b']],
      [{ from: 'a', to: 'a' }, ['a']],
      [{ from: 'b#1' }, KEYS.slice(5)],
      [{ from: '' }, KEYS],
      [{ to: 'a#1' }, ['a', 'a#1']],
      [{ to: '' }, []],
      [{ from: 'b', to: 'a' }, []],
      [{ from: '\uD7FF', to: '～' }, ['\uD7FF', '～']],
      [{ from: '😀', to: '～' }, []],
    ]
    const pk = fresh()
    beforeAll(async () => {
      for (const sk of KEYS.toReversed()) {
        await table.put({ pk, sk })
        await table.put({ pk: `${pk} ${sk}`, sk: 'x', dueShard: pk, dueAt: sk })
      }
      await table.put({ pk: `${pk}-other`, sk: 'a' })
      await table.put({ pk: `${pk} other`, sk: 'x', dueShard: `${pk}-other`, dueAt: 'a' })
    })

    it.each(RANGES)(
      'in a partition or in an index, %j in key order, both ways, at once or page by page',
      async (range, expected) => {
        for (const order of [undefined, 'ascending', 'descending'] as const) {
          const inOrder = order === 'descending' ? expected.toReversed() : expected
          const query = { partition: pk, range, ...(order ? { order } : {}) }
          for (const [index, by] of [
            [undefined, 'sk'],
            ['due', 'dueAt'],
          ] as const) {
            const asked = { ...query, ...(index ? { index } : {}) }
            const { items, after } = await table.query(asked)
            expect(items.map((item) => item[by])).toEqual(inOrder)
            expect(after).toBeUndefined()
            for (const limit of [1, 2, 5, 13, 100])
              expect((await walk(table, { ...asked, limit })).map((item) => item[by])).toEqual(inOrder)
          }
        }
      },
    )

    it('nothing in a partition that nobody has used', async () => {
      expect(await table.query({ partition: fresh() })).toEqual({ items: [] })
      expect(await table.query({ partition: '' })).toEqual({ items: [] })
      expect(await table.query({ partition: fresh(), index: 'due', limit: 3, order: 'descending' })).toEqual({
        items: [],
      })
    })
  })

  describe('an index', () => {
    it('has an item only while it has both attributes, with all that is in it', async () => {
      const shard = fresh()
      const due = async (to: string): Promise<unknown[]> =>
        (await table.query({ index: 'due', partition: shard, range: { to } })).items.map(({ what }) => what)
      const late = { pk: `${shard}-late`, sk: 'x' }
      const soon = { pk: `${shard}-soon`, sk: 'x' }
      await table.put({ ...late, dueShard: shard, dueAt: '2026-01-02', what: 'late' })
      await table.put({ ...soon, dueShard: shard, dueAt: '2026-01-01', what: 'soon' })
      await table.put({ pk: `${shard}-never`, sk: 'x', dueShard: shard, what: 'never' })
      await table.put({ pk: `${shard}-nowhere`, sk: 'x', dueAt: '2026-01-01', what: 'nowhere' })
      expect(await due('2026-01-01')).toEqual(['soon'])
      expect(await due('2026-01-03')).toEqual(['soon', 'late'])
      await table.update(soon, { remove: ['dueAt'] })
      await table.update(late, { set: { dueAt: '2026-02-01' } })
      expect(await due('2026-01-03')).toEqual([])
      await table.update(soon, { set: { dueAt: '2026-02-02' } })
      expect(await due('2026-03-01')).toEqual(['late', 'soon'])
      await table.put({ ...late, what: 'late' })
      await table.delete(soon)
      expect(await due('2026-03-01')).toEqual([])
    })

    it.each(['ascending', 'descending'] as const)(
      'is gone through page by page where many have the same range, %s',
      async (order) => {
        const shard = fresh()
        const all = Array.from({ length: 7 }, (_, n) => ({
          pk: `${shard}-${n >> 1}`,
          sk: `${n}`,
          dueShard: shard,
          dueAt: 'same',
        }))
        for (const item of all) await table.put(item)
        for (const limit of [1, 2, 3, 7]) {
          const seen = await walk(table, { index: 'due', partition: shard, order, limit })
          expect(seen.toSorted((one, other) => (one.sk < other.sk ? -1 : 1))).toEqual(all)
        }
      },
    )

    it('may have the table’s own key for its range', async () => {
      const incidentArn = fresh()
      const all = ['1', '2', '3'].map((n) => ({ pk: `${incidentArn}#${n}`, sk: 'x', incidentArn }))
      for (const item of all) await table.put(item)
      expect(await walk(table, { index: 'incident', partition: incidentArn, limit: 2 })).toEqual(all)
      const range = { prefix: `${incidentArn}#2` }
      expect((await table.query({ index: 'incident', partition: incidentArn, range })).items).toEqual([all[1]])
    })

    it('goes on behind an item that is no longer there', async () => {
      const shard = fresh()
      for (const n of ['1', '2', '3', '4']) await table.put({ pk: `${shard}-${n}`, sk: 'x', dueShard: shard, dueAt: n })
      const { after } = await table.query({ index: 'due', partition: shard, limit: 2 })
      await table.delete({ pk: `${shard}-2`, sk: 'x' })
      const rest = await table.query({ index: 'due', partition: shard, ...(after === undefined ? {} : { after }) })
      expect(rest.items.map(({ dueAt }) => dueAt)).toEqual(['3', '4'])
    })
  })

  it('answers a query of more than a megabyte whole', async () => {
    const pk = fresh()
    for (let n = 0; n < 8; n++) await table.put({ pk, sk: `${n}`, text: 'x'.repeat(200_000) })
    expect((await table.query({ partition: pk })).items).toHaveLength(8)
    expect((await table.query({ partition: pk, limit: 7 })).items).toHaveLength(7)
  })
})
