// A signal's way through the automation: which rule, which episode, what follows, and doing it.
import { sha256 } from '../aws/token.ts'
import type { Table } from '../aws/table/table.ts'
import type { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { subjectOf } from './decide/change.ts'
import { asksFor, decideSignal, type Outside } from './decide/decide-signal.ts'
import { alarmOf, type Episode } from './decide/episode.ts'
import { dedupeKeyOf, type Home } from './decide/opening.ts'
import { askIncident } from './execute/ask-incidents.ts'
import type { AskAlarm } from './execute/ask-alarms.ts'
import { matchRules } from './rules/match-rules.ts'
import type { Rules } from './rules/rules.ts'
import type { Signal } from './sources/signal.ts'
import { locate } from './state/locate.ts'
import { deciding } from './state/undecidable.ts'
import { type Desk, work } from './state/work.ts'
import { namingUndecided } from './tell-undecided.ts'

export interface Intake {
  readonly desk: Desk
  /** Of the episodes. */
  readonly table: Table
  readonly incidents: SSMIncidentsClient
  readonly askAlarm: AskAlarm
  readonly home: Home
  readonly rules: () => Rules
}

/**
 * Answers whether anything followed. `unlessKnown`: what the alarm's own events have told already is left as it is. Throws
 * Undecidable, once it is recorded by name, where nothing could be decided.
 */
export async function onSignal(intake: Intake, signal: Signal, unlessKnown = false): Promise<boolean> {
  const about: { subject: string; rule?: string; incidentArn?: string } = {
    subject: subjectOf(signal),
  }
  return namingUndecided(
    intake.desk,
    intake.table,
    () => about,
    () => decided(intake, signal, unlessKnown, about),
  )
}

async function decided(
  intake: Intake,
  signal: Signal,
  unlessKnown: boolean,
  about: { rule?: string; incidentArn?: string },
): Promise<boolean> {
  const { desk, home } = intake
  const rules = intake.rules()
  const match = deciding(() => matchRules(rules, signal.envelope))
  const subject = subjectOf(signal)
  // An alarm that the rules have come to ignore still closes the incident that it opened before.
  const rule = match.kind === 'rule' ? match.rule : rules.otherwise
  about.rule = rule.id
  const key = bounded(match.kind === 'rule' ? deciding(() => dedupeKeyOf(rule, signal)) : subject)
  let joins = false
  const followed = await work(
    desk,
    key,
    () => locate(desk.episodes, subject, key),
    async (episode) => {
      if (episode.incident?.arn) about.incidentArn = episode.incident.arn
      if (match.kind === 'ignore' && !episode.incident) {
        desk.logger.info('Ignored by rule', { rule: match.id, reason: match.reason, subject })
        return undefined
      }
      if (unlessKnown && isKnownToFire(episode, alarmOf(subject))) return undefined
      const now = desk.clock.now()
      const outside = await ask(intake, episode, signal, now)
      const decision = deciding(() => decideSignal(episode, signal, rule, outside, home, now))
      for (const warning of decision?.warnings ?? []) desk.logger.warn(warning, { subject })
      joins = episode.incident !== undefined && (decision?.episode ?? episode).number === episode.number
      return decision?.episode
    },
  )
  if (joins && !unlessKnown && mayOpen(signal)) desk.measure('Deduplicated')
  return followed
}

const mayOpen = (signal: Signal): boolean =>
  signal.kind === 'event' || (signal.kind === 'alarm-state' && signal.state === 'ALARM')

/** The key is part of every command's: one that a template made too long is told by its hash. */
const bounded = (key: string): string => (key.length > LONGEST_KEY ? `${key.slice(0, 100)}…${sha256(key)}` : key)
const LONGEST_KEY = 600

const isKnownToFire = ({ subjects }: Episode, alarm: string): boolean =>
  Object.entries(subjects).some(([subject, { state }]) => state === 'ALARM' && alarmOf(subject) === alarm)

async function ask({ incidents, askAlarm }: Intake, episode: Episode, signal: Signal, now: Date): Promise<Outside> {
  const asks = deciding(() => asksFor(episode, signal, now))
  const arn = asks.status ? episode.incident?.arn : undefined
  const [incident, truth] = await Promise.all([
    arn ? askIncident(incidents, arn) : undefined,
    asks.truth ? askAlarm(alarmOf(subjectOf(signal))) : undefined,
  ])
  return { ...(incident ? { status: incident.status } : {}), ...(truth ? { truth } : {}) }
}
