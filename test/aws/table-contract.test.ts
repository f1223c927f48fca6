// What storage promises, the same on both engines: SQLite, and DynamoDB (as dynalite speaks it).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConditionFailed, type Item, ItemTooLarge, type Table } from '../../lib/aws/table/table.ts'
import { InvalidItem } from '../../lib/aws/table/value.ts'
import { type Engine, ENGINES, fresh } from './engines.ts'

const fifty = <T>(write: (n: number) => Promise<T>) =>
  Promise.allSettled(Array.from({ length: 50 }, (_, n) => write(n)))
const winners = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : []))

describe.each(['sqlite', 'dynamodb'] as const)('a table on %s', (name) => {
  let engine: Engine
  let table: Table
  beforeAll(async () => {
    engine = await ENGINES[name]()
    table = engine.table
  })
  afterAll(() => engine.close())

  describe('keeps', () => {
    it('what was put, without undefined members, whatever its attributes are called', async () => {
      const key = { pk: fresh(), sk: 'é 😀 "\' ; #1' }
      const item: Item = {
        ...key,
        text: 'é😀"\n\u0000',
        empty: '',
        'odd#name.of "it"': [1, 0.5, -7, true, null, { deep: [[]], constructor: 1 }],
        "'; DROP TABLE things": {},
        constructor: 'x',
        set: 'a reserved word',
        object: { b: 1, gone: undefined, nested: { gone: undefined } },
        gone: undefined,
      }
      await table.put(item)
      const kept = await table.get(key)
      expect(kept).toEqual(JSON.parse(JSON.stringify(item)))
      expect(Object.keys(kept ?? {})).not.toContain('gone')
      expect(await table.get({ ...key, sk: 'other' })).toBeUndefined()
      expect((await table.query({ partition: key.pk })).items).toEqual([kept])
    })

    it('what was put last, and nothing of what was there before', async () => {
      const key = { pk: fresh(), sk: 'a' }
      await table.put({ ...key, old: 1 })
      await table.put({ ...key, new: 1 })
      expect(await table.get(key)).toEqual({ ...key, new: 1 })
    })

    it('what was asked for, whatever becomes of the object afterwards', async () => {
      const key = { pk: fresh(), sk: 'a' }
      const item = { ...key, list: [1], name: 'before' }
      const write = table.put(item)
      item.list.push(2)
      item.name = 'after'
      await write
      expect(await table.get(key)).toEqual({ ...key, list: [1], name: 'before' })
    })

    it('an item of 300 kB', async () => {
      const key = { pk: fresh(), sk: 'a' }
      await table.put({ ...key, text: 'x'.repeat(300_000) })
      expect(await table.update(key, { add: { n: 1 } })).toMatchObject({ n: 1 })
      expect(await table.get(key)).toEqual({ ...key, n: 1, text: 'x'.repeat(300_000) })
    })
  })

  describe('writes only when the condition holds:', () => {
    it('an item is there, or is not', async () => {
      const key = { pk: fresh(), sk: 'a' }
      await expect(table.put(key, { equals: {} })).rejects.toBeInstanceOf(ConditionFailed)
      await expect(table.update(key, { set: { n: 2 } }, { equals: {} })).rejects.toBeInstanceOf(ConditionFailed)
      await expect(table.delete(key, { equals: {} })).rejects.toBeInstanceOf(ConditionFailed)
      expect(await table.get(key)).toBeUndefined()
      await table.delete(key, { absent: true })
      await table.delete(key)
      await table.put({ ...key, n: 1 }, { absent: true })
      await expect(table.put({ ...key, n: 2 }, { absent: true })).rejects.toBeInstanceOf(ConditionFailed)
      await expect(table.update(key, { set: { n: 2 } }, { absent: true })).rejects.toBeInstanceOf(ConditionFailed)
      await expect(table.delete(key, { absent: true })).rejects.toBeInstanceOf(ConditionFailed)
      expect(await table.get(key)).toEqual({ ...key, n: 1 })
      await table.delete(key, { equals: {} })
      expect(await table.get(key)).toBeUndefined()
    })

    it('its attributes have these values; undefined means that there is none', async () => {
      const key = { pk: fresh(), sk: 'a' }
      const item = { ...key, n: 1, yes: true, text: 'x', empty: '', nothing: null, list: [1] }
      await table.put(item)
      for (const wrong of [
        { n: 2 },
        { n: '1' },
        { n: undefined },
        { yes: 'true' },
        { yes: false },
        { text: '' },
        { empty: undefined },
        { nothing: undefined },
        { list: '[1]' },
        { other: '' },
        { n: 1, text: 'y' },
        { pk: 'another' },
      ]) {
        await expect(table.put({ ...key, changed: true }, { equals: wrong })).rejects.toBeInstanceOf(ConditionFailed)
        await expect(table.update(key, { set: { changed: true } }, { equals: wrong })).rejects.toBeInstanceOf(
          ConditionFailed,
        )
        await expect(table.delete(key, { equals: wrong })).rejects.toBeInstanceOf(ConditionFailed)
      }
      expect(await table.get(key)).toEqual(item)
      const right = { ...key, n: 1, yes: true, text: 'x', empty: '', other: undefined, constructor: undefined }
      await table.update(key, { set: { n: 2 } }, { equals: right })
      await table.put({ ...key, n: 3 }, { equals: { n: 2 } })
      await table.delete(key, { equals: { n: 3 } })
      expect(await table.get(key)).toBeUndefined()
    })

    it('an attribute may be called anything', async () => {
      const key = { pk: fresh(), sk: 'a' }
      await table.put({ ...key, 'a.b#c "d"': 1, size: 2 })
      await expect(table.put(key, { equals: { 'a.b#c "d"': 2 } })).rejects.toBeInstanceOf(ConditionFailed)
      await table.put(key, { equals: { 'a.b#c "d"': 1, size: 2, '#n0': undefined } })
    })

    it('exactly one of fifty writers wins, and no count is lost', async () => {
      const key = { pk: fresh(), sk: 'a' }
      const created = winners(await fifty((n) => table.put({ ...key, n }, { absent: true })))
      expect(created).toHaveLength(1)
      expect(await table.get(key)).toEqual({ ...key, n: created[0] })
      const updates = await fifty((n) => table.update(key, { set: { state: n } }, { equals: { state: undefined } }))
      expect(winners(updates)).toHaveLength(1)
      const refusals = updates.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
      expect(refusals.every((reason) => reason instanceof ConditionFailed)).toBe(true)
      const counted = await Promise.all(Array.from({ length: 50 }, () => table.update(key, { add: { count: 1 } })))
      expect(new Set(counted.map(({ count }) => count)).size).toBe(50)
      expect((await table.get(key))?.['count']).toBe(50)
    })
  })

  it('sets, adds and removes in one update, creates what is absent, and answers the whole item', async () => {
    const key = { pk: fresh(), sk: 'a' }
    expect(await table.update(key, { set: { 'a#1': 'x' }, add: { 'count of': 2 } })).toEqual({
      ...key,
      'a#1': 'x',
      'count of': 2,
    })
    expect(
      await table.update(key, { set: { b: [1, { c: undefined }], 'a#1': undefined }, add: { 'count of': -3 } }),
    ).toEqual({ ...key, b: [1, {}], 'count of': -1 })
    expect(await table.update(key, { remove: ['b', 'never', 'constructor'] })).toEqual({ ...key, 'count of': -1 })
    expect(await table.update(key, {})).toEqual({ ...key, 'count of': -1 })
    expect(await table.get(key)).toEqual({ ...key, 'count of': -1 })
    expect(await table.update({ ...key, sk: 'b' }, {})).toEqual({ ...key, sk: 'b' })
    expect(await table.get({ ...key, sk: 'b' })).toEqual({ ...key, sk: 'b' })
  })

  it('refuses what DynamoDB could not store, and stores nothing of it', async () => {
    const key = { pk: fresh(), sk: 'a' }
    await table.put({ ...key, text: 'x' })
    const long = 'é'.repeat(1025)
    for (const write of [
      () => table.put({ pk: '', sk: 'a' }),
      () => table.put({ ...key, sk: '' }),
      () => table.put({ ...key, pk: long }),
      () => table.put({ ...key, sk: long.slice(512) }),
      () => table.get({ pk: '', sk: 'a' }),
      () => table.delete({ pk: 'a', sk: '' }),
      () => table.put({ ...key, n: Number.NaN }),
      () => table.put({ ...key, deep: [{ n: Number.POSITIVE_INFINITY }] }),
      () => table.update(key, { add: { n: 2 ** 60 } }),
      () => table.put({ ...key, deep: JSON.parse('{"__proto__": 1}') }),
      () => table.put({ ...key, dueShard: '' }),
      () => table.put({ ...key, dueAt: 5 }),
      () => table.update(key, { set: { dueAt: long } }),
      () => table.update(key, { add: { dueAt: 1 } }),
      () => table.update(key, { set: { n: 1 }, add: { n: 1 } }),
      () => table.update(key, { set: { n: 1 }, remove: ['n'] }),
      () => table.update(key, { set: { pk: 'other' } }),
      () => table.update(key, { remove: ['sk'] }),
    ])
      await expect(write()).rejects.toBeInstanceOf(InvalidItem)
    await expect(table.put({ ...key, text: 'x'.repeat(420_000) })).rejects.toBeInstanceOf(ItemTooLarge)
    await expect(table.update(key, { set: { more: 'x'.repeat(420_000) } })).rejects.toBeInstanceOf(ItemTooLarge)
    await expect(table.update(key, { add: { text: 1 } })).rejects.toBeInstanceOf(Error)
    await expect(table.query({ partition: key.pk, limit: 0 })).rejects.toThrow('limit')
    await expect(table.query({ partition: key.pk, index: 'none' })).rejects.toThrow('index')
    await expect(table.query({ partition: key.pk, after: 'x' })).rejects.toThrow('no page')
    expect((await table.query({ partition: key.pk })).items).toEqual([{ ...key, text: 'x' }])
  })
})
