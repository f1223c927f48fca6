// More incidents a minute by one rule than anybody can work on: one incident stands for them.
import type { Rule } from '../rules/rules.ts'
import type { PlainEvent } from '../sources/signal.ts'
import { changeOf } from './change.ts'
import { fitJson } from './fit-json.ts'

/** So many incidents by one rule in a minute are opened each for itself. */
export const MOST_OPENINGS = 60
const DETAIL_LENGTH = 500

/** The event as a part of the storm. */
export function asStorm(signal: PlainEvent, rule: Rule, now: Date): PlainEvent {
  const key = `storm/${rule.id}`
  const { message } = changeOf(signal, now).data
  return {
    ...signal,
    identity: `${key}/${signal.identity}`,
    about: {
      key,
      subject: key,
      title: `Storm by rule ${rule.id}: more than ${MOST_OPENINGS} incidents a minute`,
      state: 'ALARM',
      text: `${message}: ${fitJson(signal.envelope.detail, DETAIL_LENGTH)}`,
    },
  }
}

/** The rule with the words of what it opens left out: what stands for many has its own, and its own key. */
export function wordless({ open: { plan, impact }, ...rule }: Rule): Rule {
  return { ...rule, open: { plan, links: [], ...(impact ? { impact } : {}) } }
}
