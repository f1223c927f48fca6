// What an item still owes: each operation leaves its steps in an attribute of its own, so that several can owe at once.
import { plusSeconds } from '../../../aws/instants.ts'
import type { RelatedItem } from '@aws-sdk/client-ssm-incidents'
import type { Item, Key, Value } from '../../../aws/table/table.ts'
import { dueShard } from '../../../aws/table/due.ts'
import { encode } from '../../store/stored.ts'
import type { RunbookStep } from './runbook.ts'

/** One thing to do; each can be done again without doing it twice. Instants are ISO strings: a step is JSON. */
export type Step =
  | { readonly step: 'engage'; readonly contactArns: readonly string[]; readonly page: PageText }
  | { readonly step: 'relate'; readonly items: readonly RelatedItem[] }
  | { readonly step: 'tell'; readonly type: string; readonly time: string; readonly data: object; readonly key: string }
  | RunbookStep
  | { readonly step: 'stop-engagements'; readonly reason: string }
  | { readonly step: 'claim-again'; readonly by: string }
  | { readonly step: 'erase' }
  | { readonly step: 'forget'; readonly at: string }

/** What a page says: the first two to e-mail and voice, the public two to SMS (api-facts, Behaviour: contacts). */
export interface PageText {
  readonly subject: string
  readonly content: string
  readonly publicSubject: string
  readonly publicContent: string
}

export interface Debt {
  readonly name: string
  readonly steps: readonly Step[]
}

const PREFIX = 'owed:'
/** A call does at once what it owes; only when it has died is it time for somebody else. */
const GRACE_SECONDS = 30

export const debtAttribute = (name: string): string => PREFIX + name

/**
 * Attributes that make an item owe `debt`, and be found by the due index. `dueOf` names who owed last: who clears the
 * due instant must be sure that nobody has come to owe something meanwhile.
 */
export const owing = (key: Key, { name, steps }: Debt, now: Date): Record<string, Value> => ({
  [debtAttribute(name)]: encode(steps),
  ...dueAt(key, afterGrace(now)),
  dueOf: name,
})

/** When somebody else may do what a call is doing now. */
export const afterGrace = (now: Date): Date => plusSeconds(now, GRACE_SECONDS)

export const dueAt = (key: Key, at: Date): { dueShard: string; dueAt: string } => ({
  dueShard: dueShard(key.pk),
  dueAt: at.toISOString(),
})

export const DUE_ATTRIBUTES = ['dueShard', 'dueAt', 'dueOf'] as const

/** Everything the item owes. */
export const debtsIn = (item: Item): Debt[] =>
  Object.entries(item).flatMap(([name, value]) =>
    name.startsWith(PREFIX) ? [{ name: name.slice(PREFIX.length), steps: JSON.parse(JSON.stringify(value)) }] : [],
  )
