// Whatever is asked of a table, in whatever order, both engines do what a plain map would do.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Change,
  type Condition,
  ConditionFailed,
  type Item,
  type Key,
  type Table,
  type Value,
} from '../../lib/aws/table/table.ts'
import { type Engine, ENGINES, fresh, INDEXES, walk } from './engines.ts'

type Operation = { readonly key: Key; readonly condition: Condition | undefined } & (
  | { readonly type: 'put'; readonly attributes: Omit<Item, 'pk' | 'sk'> }
  | { readonly type: 'update'; readonly change: Change }
  | { readonly type: 'delete' }
)

/** `scope` begins every key, so that no run sees what another has left. */
function operations(scope: string): fc.Arbitrary<Operation[]> {
  const instant = fc.constantFrom('2026-01-01', '2026-01-02', '2026-01-03')
  const shard = fc.constantFrom(`${scope}-0`, `${scope}-1`)
  const text = fc.constantFrom('open', 'resolved', '')
  const value = fc.oneof(
    text,
    fc.integer({ min: -3, max: 3 }),
    fc.boolean(),
    fc.constant(null),
    fc.constant<Value>([1, { a: 'b' }]),
  )
  const attributes = fc.record(
    { status: value, 'a.b#': value, dueShard: shard, dueAt: instant, incidentArn: fc.constant(`${scope}-incident`) },
    { requiredKeys: [] },
  )
  const scalar = fc.oneof(text, fc.integer({ min: -3, max: 3 }), fc.boolean(), fc.constant(undefined))
  const common = {
    key: fc.record({ pk: fc.constantFrom(`${scope}-a`, `${scope}-é`), sk: fc.constantFrom('x', 'y', '😀', '～') }),
    condition: fc.option(
      fc.oneof(
        fc.constant<Condition>({ absent: true }),
        fc.record({ equals: fc.record({ status: scalar, 'a.b#': scalar, dueAt: instant }, { requiredKeys: [] }) }),
      ),
      { nil: undefined },
    ),
  }
  const change = fc.record(
    {
      set: attributes,
      add: fc.record({ count: fc.integer({ min: -2, max: 2 }), other: fc.constant(1) }, { requiredKeys: [] }),
      remove: fc.subarray(['never', 'gone', 'third']),
    },
    { requiredKeys: [] },
  )
  const drop = fc
    .subarray(['status', 'dueAt', 'dueShard', 'count'], { minLength: 1 })
    .map((remove): Change => ({ remove }))
  return fc.array(
    fc.oneof(
      fc.record({ ...common, type: fc.constant('put' as const), attributes }),
      fc.record({ ...common, type: fc.constant('update' as const), change: fc.oneof(change, drop) }),
      fc.record({ ...common, type: fc.constant('delete' as const) }),
    ),
    { minLength: 1, maxLength: 25 },
  )
}

class Model {
  readonly #items = new Map<string, Item>()

  get({ pk, sk }: Key): Item | undefined {
    return this.#items.get(`${pk}\n${sk}`)
  }

  holds(key: Key, condition: Condition | undefined): boolean {
    const item = this.get(key)
    if (!condition) return true
    if ('absent' in condition) return !item
    return item !== undefined && Object.entries(condition.equals).every(([name, value]) => item[name] === value)
  }

  apply(operation: Operation): Item | undefined {
    const { pk, sk } = operation.key
    if (operation.type === 'delete') this.#items.delete(`${pk}\n${sk}`)
    else {
      const item: Item =
        operation.type === 'put' ? { ...operation.attributes, pk, sk } : this.#changed(operation.key, operation.change)
      this.#items.set(`${pk}\n${sk}`, item)
    }
    return this.get(operation.key)
  }

  #changed({ pk, sk }: Key, { set = {}, add = {}, remove = [] }: Change): Item {
    const item: Item = { ...this.get({ pk, sk }), ...set, pk, sk }
    for (const name of remove) delete item[name]
    for (const [name, amount] of Object.entries(add)) item[name] = Number(item[name] ?? 0) + amount
    return item
  }

  /** In the order of their UTF-8 bytes; those with the same range by pk and sk. */
  query(partition: string, value: string, range: string): Item[] {
    const found = [...this.#items.values()].filter((item) => item[partition] === value && item[range] !== undefined)
    return inOrder(found, range)
  }
}

const inOrder = (items: readonly Item[], range: string): Item[] => {
  const bytes = (item: Item) => Buffer.from([item[range], item.pk, item.sk].join('\u0000'))
  return items.toSorted((one, other) => Buffer.compare(bytes(one), bytes(other)))
}

describe.each([
  ['sqlite', 300],
  ['dynamodb', 30],
] as const)('a table on %s', (name, numRuns) => {
  let engine: Engine
  beforeAll(async () => {
    engine = await ENGINES[name]()
  })
  afterAll(() => engine.close())

  it('does what a plain map does', async () => {
    const scoped = fc
      .constant(null)
      .map(fresh)
      .chain((scope) => fc.record({ scope: fc.constant(scope), sequence: operations(scope) }))
    await fc.assert(
      fc.asyncProperty(scoped, async ({ scope, sequence }) => {
        await empty(engine.table, scope)
        const model = new Model()
        for (const operation of sequence) await inBoth(engine.table, model, operation)
        await sameAnswers(engine.table, model, scope)
      }),
      { numRuns },
    )
  })
})

/** A smaller example of the same failure uses the same keys. */
async function empty(table: Table, scope: string): Promise<void> {
  for (const pk of [`${scope}-a`, `${scope}-é`])
    for (const item of (await table.query({ partition: pk })).items) await table.delete(item)
}

async function inBoth(table: Table, model: Model, operation: Operation): Promise<void> {
  const { key, condition } = operation
  const write = async (): Promise<Item | void> => {
    switch (operation.type) {
      case 'put':
        return table.put({ ...operation.attributes, pk: key.pk, sk: key.sk }, condition)
      case 'update':
        return table.update(key, operation.change, condition)
      case 'delete':
        return table.delete(key, condition)
      default:
        return operation satisfies never
    }
  }
  if (model.holds(key, condition)) {
    const answer = await write()
    const expected = model.apply(operation)
    if (operation.type === 'update') expect(answer).toEqual(expected)
  } else await expect(write()).rejects.toBeInstanceOf(ConditionFailed)
  expect(await table.get(key)).toEqual(model.get(key))
}

async function sameAnswers(table: Table, model: Model, scope: string): Promise<void> {
  const { due, incident } = INDEXES
  for (const partition of [`${scope}-a`, `${scope}-é`])
    expect((await table.query({ partition })).items).toEqual(model.query('pk', partition, 'sk'))
  for (const partition of [`${scope}-0`, `${scope}-1`])
    for (const order of ['ascending', 'descending'] as const) {
      const items = await walk(table, { index: 'due', partition, order, limit: 2 })
      const instants = items.map(({ dueAt }) => String(dueAt))
      expect(instants).toEqual(order === 'ascending' ? instants.toSorted() : instants.toSorted().toReversed())
      expect(inOrder(items, due.range)).toEqual(model.query(due.partition, partition, due.range))
    }
  const { items } = await table.query({ index: 'incident', partition: `${scope}-incident` })
  expect(inOrder(items, 'pk')).toEqual(model.query(incident.partition, `${scope}-incident`, incident.range))
}
