// What fired before anybody listened: one incident with the list of it, instead of hundreds.
import type { Rule } from '../rules/rules.ts'
import type { AlarmStateChange, Signal } from '../sources/signal.ts'
import { changeOf, subjectOf } from './change.ts'
import type { StartIncident } from './command.ts'
import { type Episode, isList, LIST_SOURCE, type Subject } from './episode.ts'
import { isOver, lastWordOn } from './subjects.ts'
import { fitJson } from './fit-json.ts'
import { note } from './notes.ts'
import { type Home, RAW_DATA_LENGTH } from './opening.ts'
import { open } from './timeline.ts'

/**
 * An episode is stored as one item of at most 400 KB, and every alarm of it has a name and an ARN in it, each twice: 255
 * characters of four bytes at most.
 */
export const LIST_LENGTH = 100
/** So many names fit into a timeline event of 12,000 characters. */
const NAMES = 40

/** Opens an incident for `firing`, of which there are `total`; undefined when it has been opened before. */
export function openList(
  before: Episode,
  firing: readonly AlarmStateChange[],
  total: number,
  rule: Rule,
  home: Home,
  now: Date,
): Episode | undefined {
  if (before.number > 0) return undefined
  const subjects = Object.fromEntries(
    firing.map((signal): [string, Subject] => {
      const { subject, name, alarm, at, statedAt } = changeOf(signal, now)
      return [subject, { name, ...(alarm === undefined ? {} : { alarm }), listed: true, state: 'ALARM', at, statedAt }]
    }),
  )
  const opened = open(
    { ...before, subjects },
    { rule, start: startOf(firing, total, rule, home, now), at: now },
    [],
    now,
  )
  return Array.from({ length: Math.ceil(firing.length / NAMES) }, (_, at) => at).reduce((episode, at) => {
    const part = firing.slice(at * NAMES, (at + 1) * NAMES)
    const names = part.map((signal) => `${signal.alarm.name} (since ${signal.at.toISOString()})`)
    const message = `Firing when Tocsin started (${at * NAMES + 1} to ${at * NAMES + part.length} of ${firing.length}): ${names.join(', ')}`
    return note(episode, `firing/${at}`, now, { message })
  }, opened)
}

function startOf(
  firing: readonly AlarmStateChange[],
  total: number,
  { open: { plan, impact } }: Rule,
  { fallbackPlan }: Home,
  at: Date,
): Omit<StartIncident, 'key'> {
  const [first] = firing
  return {
    type: 'start-incident',
    reason: 'What fired before the first start is one incident',
    plan,
    ...otherThan(plan, fallbackPlan),
    title: `${firing.length === total ? total : `${firing.length} of ${total}`} alarms were firing when Tocsin started`,
    ...(impact ? { impact } : {}),
    trigger: {
      source: LIST_SOURCE,
      ...(first ? { arn: first.alarm.arn } : {}),
      at,
      rawData: fitJson({ firing: firing.map(({ alarm }) => alarm.arn) }, RAW_DATA_LENGTH),
    },
    relatedItems: [],
  }
}

/** The same start by the plan and the impact of `rule`. */
export function startBy({ open: { plan, impact } }: Rule, refused: StartIncident, { fallbackPlan }: Home) {
  const { key: _, otherPlan: __, impact: ___, ...start } = refused
  return { ...start, plan, ...otherThan(plan, fallbackPlan), ...(impact ? { impact } : {}) }
}

const otherThan = (plan: string, fallbackPlan: string | undefined): Pick<StartIncident, 'otherPlan'> =>
  fallbackPlan && fallbackPlan !== plan ? { otherPlan: fallbackPlan } : {}

/** One of the list that has recovered, and fires again, is an incident of its own by its rule. */
export function leavesList(episode: Episode, signal: Signal): boolean {
  if (!isList(episode) || signal.kind !== 'alarm-state' || signal.state !== 'ALARM') return false
  const last = lastWordOn(episode, subjectOf(signal))
  return last !== undefined && isOver(last.state) && signal.at > last.at
}
