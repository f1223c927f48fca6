// What is kept of an entity is all that it was, whatever its callers have called their tags and parameters.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Item } from '../../../lib/aws/table/table.ts'
import { decode, encodeItem } from '../../../lib/incident-manager/store/stored.ts'

interface Entity {
  readonly at: Date
  readonly title: string
  readonly tags: Record<string, string>
  readonly parts: readonly Record<string, readonly string[]>[]
}

const name = fc.oneof(
  fc.constantFrom('__proto__', '~__proto__', '~~__proto__', '~', '~team', 'constructor', 'toString'),
  fc.string({ maxLength: 5 }),
)
const named = <T>(value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(name, value), { maxLength: 4 }).map((pairs): Record<string, T> => Object.fromEntries(pairs))
const entities: fc.Arbitrary<Entity> = fc.record({
  at: fc.date({ noInvalidDate: true }),
  title: fc.string(),
  tags: named(fc.string()),
  parts: fc.array(named(fc.array(fc.string(), { maxLength: 2 })), { maxLength: 3 }),
})

/** As it comes back from a table. */
const kept = (item: Item): Item => JSON.parse(JSON.stringify(item))

describe('an entity', () => {
  it('comes back as it was put', () => {
    fc.assert(
      fc.property(entities, (entity) => {
        const key = { pk: 'entity#1', sk: 'entity' }
        const item = kept(encodeItem(key, entity))
        expect(isDeepStrictEqual(decode<Entity>(item, ['at']), { ...entity, ...key })).toBe(true)
      }),
    )
  })

  it('is put without a name that no table takes', () => {
    fc.assert(
      fc.property(entities, (entity) => {
        const text = JSON.stringify(encodeItem({ pk: 'entity#1', sk: 'entity' }, entity))
        JSON.parse(text, (member, value: unknown) => {
          expect(member).not.toBe('__proto__')
          return value
        })
      }),
    )
  })
})
