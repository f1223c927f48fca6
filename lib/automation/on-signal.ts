// A signal's way through the automation: which rule, which episode, what follows, and doing it.
import { sha256 } from '../aws/token.ts'
import type { Table } from '../aws/table/table.ts'
import type { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { alarmIn, subjectOf } from './decide/change.ts'
import { neverOpens } from './decide/never-opens.ts'
import { asStorm, wordless } from './decide/storm.ts'
import { asksFor, decideSignal, type Outside } from './decide/decide-signal.ts'
import type { Episode } from './decide/episode.ts'
import { leavesList } from './decide/first-start.ts'
import { isClosed, type Look, lookedAt } from './decide/look.ts'
import { endIncident } from './decide/timeline.ts'
import { dedupeKeyOf, type Home, matterOf, sourceOf } from './decide/opening.ts'
import { askIncident } from './execute/ask-incidents.ts'
import type { AskAlarm } from './execute/ask-alarms.ts'
import { matchRules } from './rules/match-rules.ts'
import type { Match, Rule, Rules } from './rules/rules.ts'
import { sortOf } from './rules/unmatched.ts'
import type { IgnoredKinds } from './state/ignored-kinds.ts'
import type { Signal } from './sources/signal.ts'
import { locate, type Sought } from './state/locate.ts'
import type { CountOpening } from './state/storms.ts'
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
  readonly ignoredKinds: IgnoredKinds
  /** Where plain events may come. */
  readonly countOpening?: CountOpening
}

/**
 * Answers whether anything followed. `look`: CloudWatch says so, and what the alarm's own events have told is left as it is.
 * Throws Undecidable, once it is recorded by name, where nothing could be decided.
 */
export async function onSignal(intake: Intake, signal: Signal, look?: Look): Promise<boolean> {
  const about: { subject: string; rule?: string; incidentArn?: string } = { subject: subjectOf(signal) }
  return namingUndecided(intake.desk, intake.table, about, () => decided(intake, signal, look, about))
}

async function decided(
  intake: Intake,
  signal: Signal,
  look: Look | undefined,
  about: { rule?: string; incidentArn?: string },
): Promise<boolean> {
  const { desk, home } = intake
  const never = neverOpens(signal, home)
  if (never !== undefined) {
    desk.logger.info('Ignored', { reason: never, source: signal.envelope.source, identity: signal.identity })
    return false
  }
  const rules = intake.rules()
  const match = deciding(() => matchRules(rules, signal.envelope, sortOf(signal)))
  let inStorm: Promise<boolean> | undefined
  const mayOpenAsWell = async (now: Date): Promise<boolean> => {
    if (signal.kind !== 'event' || match.kind !== 'rule') return true
    return !(await (inStorm ??= intake.countOpening?.(match.rule.id, now) ?? Promise.resolve(false)))
  }
  const followed = await follow(intake, signal, match, { ...(look ? { look } : {}), mayOpenAsWell, about })
  if (signal.kind !== 'event' || match.kind !== 'rule' || !(await inStorm)) return followed
  return follow(
    intake,
    asStorm(signal, match.rule, desk.clock.now()),
    { kind: 'rule', rule: wordless(match.rule) },
    { about },
  )
}

interface Following {
  readonly look?: Look
  /** Whether it may open an incident of its own. */
  readonly mayOpenAsWell?: (now: Date) => Promise<boolean>
  /** What becomes known on the way, for whoever must be told that nothing could be decided. */
  readonly about?: { rule?: string; incidentArn?: string }
}

/** What follows from a signal by the rule that it falls under. Answers whether anything did. */
export async function follow(
  intake: Intake,
  told: Signal,
  match: Match,
  { look, mayOpenAsWell, about = {} }: Following = {},
): Promise<boolean> {
  const { desk, home } = intake
  // An alarm that the rules have come to ignore still closes the incident that it opened before.
  const rule = match.kind === 'rule' ? match.rule : intake.rules().otherwise
  about.rule = rule.id
  const signal = told.kind === 'event' ? { ...told, subject: bounded(matterOf(rule, told)) } : told
  const subject = subjectOf(signal)
  const key = bounded(match.kind === 'rule' ? deciding(() => dedupeKeyOf(rule, signal)) : subject)
  const former = formerOf(rule, signal)
  const sought: Sought = {
    subject,
    alarm: alarmIn(signal) ?? subject,
    key,
    isLeaving: (episode) => leavesList(episode, signal),
    isClosed: (episode) => look !== undefined && signal.kind === 'alarm-state' && isClosed(episode, signal),
    ...(former ? { former } : {}),
  }
  let joins = false
  let ignored = false
  let again = false
  const followed = await work(
    desk,
    key,
    () => locate(desk.episodes, sought),
    async (stored) => {
      if (stored.incident?.arn) about.incidentArn = stored.incident.arn
      if (match.kind === 'ignore' && !stored.incident) {
        desk.logger.info('Ignored by rule', { rule: match.id, reason: match.reason, subject })
        ignored = match.unmatched === true
        return undefined
      }
      const now = desk.clock.now()
      again = look === 'switched' && (await isGone(intake, stored))
      if (again) return endIncident(stored, now, 'GONE')
      const episode = look && signal.kind === 'alarm-state' ? deciding(() => lookedAt(stored, signal, look)) : stored
      if (!episode) return undefined
      const outside = await ask(intake, episode, signal, rule, now)
      const decision = deciding(() => decideSignal(episode, signal, rule, outside, home, now))
      const opens = decision !== undefined && decision.episode.number > episode.number
      if (opens && mayOpenAsWell && !(await mayOpenAsWell(now))) return undefined
      for (const warning of decision?.warnings ?? []) desk.logger.warn(warning, { subject })
      joins = episode.incident !== undefined && (decision?.episode ?? episode).number === episode.number
      return decision?.episode
    },
  )
  if (ignored) await remember(intake, intake.rules(), signal)
  // What its incident held is looked at by itself: the alarm may belong elsewhere by the rules of now.
  if (again) return onSignal(intake, told, look)
  if (joins && !look && mayOpen(signal)) desk.measure('Deduplicated')
  return followed
}

/** It is only for somebody to look at: the event is done with all the same. */
async function remember({ desk, ignoredKinds }: Intake, rules: Rules, { envelope }: Signal): Promise<void> {
  try {
    await ignoredKinds.remember(rules, envelope, desk.clock.now())
  } catch (error) {
    desk.logger.warn('What is ignored could not be remembered', { error })
  }
}

const mayOpen = (signal: Signal): boolean =>
  signal.kind === 'event' || (signal.kind === 'alarm-state' && signal.state === 'ALARM')

/** The key is part of every command's: one that a template made too long is told by its hash. */
const bounded = (key: string): string => (key.length > LONGEST_KEY ? `${key.slice(0, 100)}…${sha256(key)}` : key)
const LONGEST_KEY = 600

/** Until events had keys by rule, one without a key of its rule's lay under its resource. */
function formerOf(rule: Rule, signal: Signal): Sought['former'] {
  const { source, 'detail-type': type, resources } = signal.envelope
  const [resource] = resources
  if (signal.kind !== 'event' || signal.about || resource === undefined) return undefined
  const isThis = ({ incident, subjects }: Episode): boolean =>
    incident?.rule.id === rule.id && incident.source === sourceOf(source) && subjects[resource]?.name === type
  return { key: bounded(resource), isThis }
}

const isGone = async ({ incidents }: Intake, { incident }: Episode): Promise<boolean> =>
  incident?.arn !== undefined && (await askIncident(incidents, incident.arn)).status === 'GONE'

/** So long a new firing waits to hear whether its alarm's actions are disabled. */
const ACTIONS_WITHIN_MS = 1000

async function ask(
  { incidents, askAlarm }: Intake,
  episode: Episode,
  signal: Signal,
  rule: Rule,
  now: Date,
): Promise<Outside> {
  const asks = deciding(() => asksFor(episode, signal, rule, now))
  const arn = asks.status ? episode.incident?.arn : undefined
  const alarm = asks.truth || asks.actions ? alarmIn(signal) : undefined
  const [incident, said] = await Promise.all([
    arn ? askIncident(incidents, arn) : undefined,
    alarm === undefined ? undefined : asks.truth ? askAlarm(alarm) : askAlarm(alarm, ACTIONS_WITHIN_MS),
  ])
  return {
    ...(incident ? { status: incident.status } : {}),
    ...(said && asks.truth ? { truth: said } : {}),
    ...(said?.exists && said.disabled !== undefined ? { disabled: said.disabled } : {}),
  }
}
