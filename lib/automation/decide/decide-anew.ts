// A start that was refused for good and took no effect: what is tried next, by the rules in force and what CloudWatch says.
import { plusSeconds } from '../../aws/instants.ts'
import type { Rule } from '../rules/rules.ts'
import type { StartIncident } from './command.ts'
import { heard } from './decide-signal.ts'
import { openedNothing } from './due.ts'
import { AUDIT_EVERY_SECONDS, emptyEpisode, type Episode } from './episode.ts'
import { quietSince } from './subjects.ts'
import { neverOpened } from './never-opened.ts'
import { type AlarmTruths, untold } from './truth.ts'

/** What the rules in force make of the event that a start was made for. */
export type Anew =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'start'; readonly rule: Rule; readonly start: Omit<StartIncident, 'key'> }

/** Of a start that was refused, and the rule that it was made by; undefined where there is nothing to decide it by. */
export type DecideStart = (refused: StartIncident, rule: Rule) => Anew | undefined

/** Whether the rules in force ignore what would be opened for this. */
export type IsIgnored = (trigger: StartIncident['trigger']) => boolean

/** Where `anew` answers undefined, it is tried as it stands. Undefined when there is nothing to decide anew. */
export function decideAnew(before: Episode, anew: DecideStart, truths: AlarmTruths, now: Date): Episode | undefined {
  if (!openedNothing(before)) return undefined
  const episode = untold(before, truths, now).reduce((known, change) => heard(known, change, now), before)
  const { incident } = episode
  const refused = episode.pending.find((command) => command.type === 'start-incident')
  if (!incident || !refused || quietSince(episode)) return neverOpened(episode)
  const decided = anew(refused, incident.rule)
  if (decided?.kind === 'ignored') return forgotten(neverOpened(episode))
  const { openedNothing: _, ...trouble } = incident.trouble ?? { failingSince: now, because: '' }
  const times = (incident.startsAnew ?? 0) + 1
  const { key: _key, ...former } = refused
  const again = decided?.start ?? former
  const start = { ...again, key: `${episode.key}/${episode.number}/start/${times}` }
  return {
    ...episode,
    pending: episode.pending.map((command) => (command === refused ? start : command)),
    incident: {
      ...incident,
      rule: decided?.rule ?? incident.rule,
      // Opened again, it is what it has become.
      ...(incident.start ? { start: { ...again, trigger: { ...again.trigger, rawData: '' } } } : {}),
      startsAnew: times,
      trouble,
      nextAuditAt: plusSeconds(now, AUDIT_EVERY_SECONDS),
    },
  }
}

/** What rules ignore is remembered by nobody: it is new to the next rules. */
export const forgotten = ({ key, number, previous, pending, leases }: Episode): Episode => ({
  ...emptyEpisode(key),
  number,
  pending,
  leases,
  ...(previous ? { previous } : {}),
})
