// Whatever is asked of a table, in whatever order, both engines do what a plain map would do.
import * as fc from 'fast-check'
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
import { type Engine, ENGINES, fresh, walk } from './engines.ts'

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

type Outcome = { readonly refused: true } | { readonly answer?: Item | undefined; readonly left: Item | undefined }

class Model {
  readonly #items = new Map<string, Item>()

  apply(operation: Operation): Outcome {
    const id = `${operation.key.pk}\n${operation.key.sk}`
    const before = this.#items.get(id)
    if (!holds(before, operation.condition)) return { refused: true }
    const after = changed(before, operation)
    if (after) this.#items.set(id, after)
    else this.#items.delete(id)
    return { left: after, ...(operation.type === 'update' ? { answer: after } : {}) }
  }

  query(partition: string, value: string, range: string): Item[] {
    const found = [...this.#items.values()].filter((item) => item[partition] === value && item[range] !== undefined)
    return inOrder(found, range)
  }
}

function holds(item: Item | undefined, condition: Condition | undefined): boolean {
  if (!condition) return true
  if ('absent' in condition) return !item
  return item !== undefined && Object.entries(condition.equals).every(([name, value]) => item[name] === value)
}

function changed(before: Item | undefined, operation: Operation): Item | undefined {
  const { pk, sk } = operation.key
  if (operation.type === 'delete') return undefined
  if (operation.type === 'put') return { ...operation.attributes, pk, sk }
  const { set = {}, add = {}, remove = [] } = operation.change
  const item: Item = { ...before, ...set, pk, sk }
  for (const name of remove) delete item[name]
  for (const [name, amount] of Object.entries(add)) item[name] = Number(item[name] ?? 0) + amount
  return item
}

async function applied(table: Table, operation: Operation): Promise<Outcome> {
  try {
    const answer = await write(table, operation)
    return { left: await table.get(operation.key), ...(answer ? { answer } : {}) }
  } catch (error) {
    if (error instanceof ConditionFailed) return { refused: true }
    throw error
  }
}

async function write(table: Table, operation: Operation): Promise<Item | void> {
  const { key, condition } = operation
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

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '')

/** In the order of their UTF-8 bytes; those with the same range by pk and sk. */
const inOrder = (items: readonly Item[], range: string): Item[] => {
  const bytes = (item: Item) => Buffer.from([text(item[range]), item.pk, item.sk].join('\u0000'))
  return items.toSorted((one, other) => Buffer.compare(bytes(one), bytes(other)))
}

const partitionsOf = (scope: string): string[] => [`${scope}-a`, `${scope}-é`]

/** A smaller example of the same failure uses the same keys. */
async function empty(table: Table, scope: string): Promise<void> {
  for (const partition of partitionsOf(scope))
    for (const item of (await table.query({ partition })).items) await table.delete(item)
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

  const scoped = fc
    .constant(null)
    .map(fresh)
    .chain((scope) => fc.record({ scope: fc.constant(scope), sequence: operations(scope) }))

  it('does what a plain map does', async () => {
    const { table } = engine
    const property = fc.asyncProperty(scoped, async ({ scope, sequence }) => {
      await empty(table, scope)
      const model = new Model()
      for (const operation of sequence) expect(await applied(table, operation)).toEqual(model.apply(operation))

      for (const partition of partitionsOf(scope))
        expect((await table.query({ partition })).items).toEqual(model.query('pk', partition, 'sk'))
      for (const partition of [`${scope}-0`, `${scope}-1`])
        for (const order of ['ascending', 'descending'] as const) {
          const items = await walk(table, { index: 'due', partition, order, limit: 2 })
          const instants = items.map(({ dueAt }) => text(dueAt))
          expect(instants).toEqual(order === 'ascending' ? instants.toSorted() : instants.toSorted().toReversed())
          expect(inOrder(items, 'dueAt')).toEqual(model.query('dueShard', partition, 'dueAt'))
        }
      const { items } = await table.query({ index: 'incident', partition: `${scope}-incident` })
      expect(inOrder(items, 'pk')).toEqual(model.query('incidentArn', `${scope}-incident`, 'pk'))
    })
    await fc.assert(property, { numRuns })
  })
})
