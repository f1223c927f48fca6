// A signal's way through the automation: which rule, which episode, what follows, and doing it.
import { sha256 } from '../aws/token.ts'
import type { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { subjectOf } from './decide/change.ts'
import { asksFor, decideSignal, type Outside } from './decide/decide-signal.ts'
import { alarmOf, type Episode } from './decide/episode.ts'
import { leavesList } from './decide/first-start.ts'
import { isClosed, type Look, lookedAt } from './decide/look.ts'
import { endIncident } from './decide/timeline.ts'
import { dedupeKeyOf, type Home, matterOf, sourceOf } from './decide/opening.ts'
import { askIncident } from './execute/ask-incidents.ts'
import type { AskAlarm } from './execute/ask-alarms.ts'
import { matchRules } from './rules/match-rules.ts'
import type { Rule, Rules } from './rules/rules.ts'
import type { Signal } from './sources/signal.ts'
import { locate, type Sought } from './state/locate.ts'
import { type Desk, work } from './state/work.ts'

export interface Intake {
  readonly desk: Desk
  readonly incidents: SSMIncidentsClient
  readonly askAlarm: AskAlarm
  readonly home: Home
  readonly rules: () => Rules
}

/** Answers whether anything followed. `look`: CloudWatch says so, and what the alarm's own events have told is left as it is. */
export async function onSignal(intake: Intake, told: Signal, look?: Look): Promise<boolean> {
  const { desk, home } = intake
  const rules = intake.rules()
  const match = matchRules(rules, told.envelope)
  // An alarm that the rules have come to ignore still closes the incident that it opened before.
  const rule = match.kind === 'rule' ? match.rule : rules.otherwise
  const signal = told.kind === 'event' ? { ...told, subject: bounded(matterOf(rule, told)) } : told
  const subject = subjectOf(signal)
  const key = bounded(match.kind === 'rule' ? dedupeKeyOf(rule, signal) : subject)
  const former = formerOf(rule, signal)
  const sought = {
    subject,
    key,
    isLeaving: (episode: Episode) => leavesList(episode, signal),
    isClosed: (episode: Episode) => look !== undefined && signal.kind === 'alarm-state' && isClosed(episode, signal),
    ...(former ? { former } : {}),
  }
  let joins = false
  let again = false
  const followed = await work(
    desk,
    key,
    () => locate(desk.episodes, sought),
    async (stored) => {
      if (match.kind === 'ignore' && !stored.incident) {
        desk.logger.info('Ignored by rule', { rule: match.id, reason: match.reason, subject })
        return undefined
      }
      const now = desk.clock.now()
      again = look === 'switched' && (await isGone(intake, stored))
      if (again) return endIncident(stored, now, 'GONE')
      const episode = look && signal.kind === 'alarm-state' ? lookedAt(stored, signal, look) : stored
      if (!episode) return undefined
      const decision = decideSignal(episode, signal, rule, await ask(intake, episode, signal, now), home, now)
      for (const warning of decision?.warnings ?? []) desk.logger.warn(warning, { subject })
      joins = episode.incident !== undefined && (decision?.episode ?? episode).number === episode.number
      return decision?.episode
    },
  )
  // What its incident held is looked at by itself: the alarm may belong elsewhere by the rules of now.
  if (again) return onSignal(intake, told, look)
  if (joins && !look && mayOpen(signal)) desk.measure('Deduplicated')
  return followed
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
  if (signal.kind !== 'event' || resource === undefined) return undefined
  const isThis = ({ incident, subjects }: Episode): boolean =>
    incident?.rule.id === rule.id && incident.source === sourceOf(source) && subjects[resource]?.name === type
  return { key: bounded(resource), isThis }
}

const isGone = async ({ incidents }: Intake, { incident }: Episode): Promise<boolean> =>
  incident?.arn !== undefined && (await askIncident(incidents, incident.arn)).status === 'GONE'

async function ask({ incidents, askAlarm }: Intake, episode: Episode, signal: Signal, now: Date): Promise<Outside> {
  const asks = asksFor(episode, signal, now)
  const arn = asks.status ? episode.incident?.arn : undefined
  const [incident, truth] = await Promise.all([
    arn ? askIncident(incidents, arn) : undefined,
    asks.truth ? askAlarm(alarmOf(subjectOf(signal))) : undefined,
  ])
  return { ...(incident ? { status: incident.status } : {}), ...(truth ? { truth } : {}) }
}
