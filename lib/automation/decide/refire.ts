// An alarm that still fires though somebody resolved its incident: when it opens again, and what keeps it from it.
import { plusSeconds } from '../../aws/instants.ts'
import { REFIRE } from '../rules/rules.ts'
import { heard } from './decide-signal.ts'
import type { Episode, Firing, Incident } from './episode.ts'
import { firingAlarms } from './subjects.ts'
import { type IncidentFacts, isDue } from './facts.ts'
import { fitJson } from './fit-json.ts'
import { enumerated, minutesSince, note, noteAfter } from './notes.ts'
import { RAW_DATA_LENGTH } from './opening.ts'
import { withCommands } from './pending.ts'
import { open } from './timeline.ts'
import { type AlarmTruths, untold } from './truth.ts'

/** A firing that goes on though somebody resolved its incident. */
export interface Refire extends Omit<Firing, 'at'> {
  /** The incident that was resolved, and when. */
  readonly incidentArn: string
  readonly resolvedAt: Date
  /** When it opens again if it still fires; absent where it must have recovered first. */
  readonly dueAt?: Date
  /** How often an incident of this uninterrupted firing was resolved. */
  readonly times: number
}

const MAX_REFIRE_SECONDS = 4 * 3600
/** Whoever resolves and writes this, in a note or in the summary, is not asked again. */
export const UNTIL_IT_RECOVERS = 'until it recovers'

/** The incident is ended already; undefined where nothing of it is an alarm that fires, or the rule never opens again. */
export function refireAfter(
  episode: Episode,
  incident: Incident,
  record: IncidentFacts,
  now: Date,
): Refire | undefined {
  const [firing] = firingAlarms(episode)
  const { rule, refires = 0, periodSeconds = 0, source, arn } = incident
  if (!firing || !arn) return undefined
  const never = rule.refire === 'never'
  const base = Math.max(never ? 0 : (rule.refire ?? REFIRE).afterSeconds, periodSeconds)
  const seconds = Math.min(base * 2 ** refires, Math.max(base, MAX_REFIRE_SECONDS))
  return {
    incidentArn: arn,
    rule,
    start: incident.start ?? {
      type: 'start-incident',
      reason: '',
      plan: rule.open.plan,
      title: record.title,
      trigger: { source, arn: firing.alarm, at: firing.at, rawData: '' },
      relatedItems: [],
    },
    periodSeconds,
    times: refires + 1,
    resolvedAt: now,
    ...(never ? {} : { dueAt: plusSeconds(now, seconds) }),
  }
}

/** What the timeline of the resolved incident says of it. */
export const refireSentence = ({ dueAt }: Refire, names: string): string =>
  dueAt
    ? `while ${names} still fires: it opens again at ${dueAt.toISOString()} if it fires until then, unless a note or the summary says "${UNTIL_IT_RECOVERS}"`
    : `while ${names} still fires: by the rule, only a new firing after a recovery opens an incident`

export const refireIsDue = ({ refire }: Episode, now: Date): boolean => isDue(refire?.dueAt, now)

/** What became of the incident that was resolved: whoever resolved it wants it to stay so, or somebody has opened it again. */
export type Resolved = 'until-it-recovers' | 'opened-again' | 'still'

/** Opens again what still fires, by what CloudWatch says where it could be asked. */
export function decideRefire(before: Episode, truths: AlarmTruths, resolved: Resolved, now: Date): Episode {
  if (!refireIsDue(before, now)) return before
  const episode = untold(before, truths, now).reduce((known, change) => heard(known, change, now), before)
  const { refire, ...rest } = episode
  if (!refire) return episode
  const firing = firingAlarms(episode)
  const [first] = firing
  if (!first || resolved === 'opened-again') return rest
  const names = enumerated(firing.map(({ name }) => name))
  if (resolved === 'until-it-recovers') {
    const { dueAt: _, ...waiting } = refire
    const message = `${names} still fires, and does not open again before it has recovered: whoever resolved it said so`
    const told = noteAfter(`${before.key}/${before.number}/stays-resolved`, refire.incidentArn, now, { message })
    return withCommands({ ...rest, refire: waiting }, [told])
  }
  const since = minutesSince(refire.resolvedAt, now)
  const message = `Opened again: ${names} still fires ${since} after its incident was resolved (${refire.incidentArn})`
  const alarms = firing.map((one) => ({ ...one, at: one.at.toISOString() }))
  const rawData = fitJson({ opensAgain: refire.incidentArn, rule: refire.rule.id, alarms }, RAW_DATA_LENGTH)
  const start = { ...refire.start, reason: message, trigger: { ...refire.start.trigger, at: first.at, rawData } }
  const { rule, periodSeconds, times } = refire
  const opened = open(rest, { rule, start, periodSeconds, at: now }, [], now)
  const { incident } = opened
  return note({ ...opened, ...(incident ? { incident: { ...incident, refires: times } } : {}) }, 'refire', now, {
    message,
  })
}
