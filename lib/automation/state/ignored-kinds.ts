// Which kinds of event no rule matches and are ignored: the first of each is remembered, so that somebody can see what is missed.
import { ConditionFailed, isStructure, type Item, type Table, type Value } from '../../aws/table/table.ts'
import type { Rules } from '../rules/rules.ts'
import type { Envelope } from '../sources/signal.ts'
import { digestOf } from './rules-digest.ts'
import { SWEEP_PARTITION } from './troubles.ts'

export interface IgnoredKind {
  readonly source: string
  readonly detailType: string
  /** When the first of them was ignored under the rules in force. */
  readonly at: Date
}

const KEY = { pk: SWEEP_PARTITION, sk: 'ignored' }

/** Enough to see what is missed; what an account sends is without end. */
export const KINDS_KEPT = 50
const LONGEST_NAME = 200
const TRIES = 3

/** The kinds among the items of the sweep's partition (`readSweep`), in the order in which they came. */
export const ignoredKindsIn = (items: readonly Item[]): IgnoredKind[] => kindsOf(items.find(({ sk }) => sk === KEY.sk))

/** Remembers a kind once for each process and rules: what is known costs nothing. */
export class IgnoredKinds {
  readonly #table: Table
  readonly #known = new WeakMap<Rules, Set<string>>()

  constructor(table: Table) {
    this.#table = table
  }

  /** Kinds beyond KINDS_KEPT are not kept. */
  async remember(rules: Rules, envelope: Envelope, now: Date): Promise<void> {
    const known = this.#known.get(rules) ?? new Set<string>()
    this.#known.set(rules, known)
    const kind = {
      source: envelope.source.slice(0, LONGEST_NAME),
      detailType: envelope['detail-type'].slice(0, LONGEST_NAME),
      at: now,
    }
    for (let tries = 0; tries < TRIES && known.size < KINDS_KEPT && !known.has(nameOf(kind)); tries++) {
      const item = await this.#table.get(KEY)
      const digest = digestOf(rules)
      // What other rules have ignored says nothing of these.
      const kinds = item?.['rules'] === digest ? kindsOf(item) : []
      if (kinds.length < KINDS_KEPT && !kinds.some((one) => nameOf(one) === nameOf(kind))) {
        try {
          await this.#table.put(itemOf(digest, [...kinds, kind]), unchanged(item))
        } catch (error) {
          if (error instanceof ConditionFailed) continue
          throw error
        }
        known.add(nameOf(kind))
      }
      for (const one of kinds) known.add(nameOf(one))
    }
  }
}

const nameOf = ({ source, detailType }: IgnoredKind): string => JSON.stringify([source, detailType])

const unchanged = (item: Item | undefined): Parameters<Table['put']>[1] => {
  const [rules, count] = [item?.['rules'], item?.['count']]
  if (!item) return { absent: true }
  return typeof rules === 'string' && typeof count === 'number' ? { equals: { rules, count } } : undefined
}

const itemOf = (rules: string, kinds: readonly IgnoredKind[]): Item => ({
  ...KEY,
  rules,
  count: kinds.length,
  kinds: kinds.map(({ at, ...kind }) => ({ ...kind, at: at.toISOString() })),
})

function kindsOf(item: Item | undefined): IgnoredKind[] {
  const kinds = item?.['kinds']
  return Array.isArray(kinds) ? kinds.flatMap((kind) => readKind(kind) ?? []) : []
}

function readKind(kind: Value): IgnoredKind | undefined {
  if (!isStructure(kind)) return undefined
  const { source, detailType, at } = kind
  if (typeof source !== 'string' || typeof detailType !== 'string' || typeof at !== 'string') return undefined
  return { source, detailType, at: new Date(at) }
}
