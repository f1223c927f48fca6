// An alarm that still fires though somebody resolved its incident: when it opens again, and what keeps it from it.
import { plusSeconds } from '../../aws/instants.ts'
import { REFIRE, type Rule } from '../rules/rules.ts'
import { forgotten, type IsIgnored } from './decide-anew.ts'
import { heard } from './decide-signal.ts'
import {
  type Episode,
  type Firing,
  type HeldFiring,
  type HeldWhy,
  type Incident,
  LOOK_AGAIN_SECONDS,
} from './episode.ts'
import { firingAlarms } from './subjects.ts'
import { type IncidentFacts, isDue } from './facts.ts'
import { fitJson } from './fit-json.ts'
import { enumerated, minutesSince, note, noteAfter } from './notes.ts'
import { RAW_DATA_LENGTH } from './opening.ts'
import { withCommands } from './pending.ts'
import { open } from './timeline.ts'
import { type AlarmTruth, type AlarmTruths, untold } from './truth.ts'

/** A firing that goes on though somebody resolved its incident. */
export interface Refire extends Omit<Firing, 'at'> {
  /** The incident that was resolved, and when. */
  readonly incidentArn: string
  readonly resolvedAt: Date
  /** When it opens again if it still fires; absent where it must have recovered first. */
  readonly dueAt?: Date
  /** How often an incident of this uninterrupted firing was resolved. */
  readonly times: number
  /** Somebody has opened the incident again: it counts from when they resolve it. */
  readonly openedAgain?: true
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
    ...(rule.refire === 'never' ? {} : { dueAt: plusSeconds(now, waitSeconds(rule, periodSeconds, refires)) }),
  }
}

function waitSeconds({ refire }: Rule, periodSeconds: number, before: number): number {
  const base = Math.max((refire === undefined || refire === 'never' ? REFIRE : refire).afterSeconds, periodSeconds)
  return Math.min(base * 2 ** before, Math.max(base, MAX_REFIRE_SECONDS))
}

/** What the timeline of the resolved incident says of it. */
export const refireSentence = ({ dueAt }: Refire, names: string): string =>
  dueAt
    ? `while ${names} still fires: it opens again at ${dueAt.toISOString()} if it fires until then, unless a note or the summary says "${UNTIL_IT_RECOVERS}"`
    : `while ${names} still fires: by the rule, only a new firing after a recovery opens an incident`

export const refireIsDue = ({ refire }: Episode, now: Date): boolean => isDue(refire?.dueAt, now)

/** Why nobody is to be told of what fires; undefined where nobody says so. */
function heldBack(truth: AlarmTruth | undefined, { actionsDisabled }: Rule): HeldWhy | undefined {
  if (!truth?.exists) return undefined
  return truth.suppressed ? 'suppressed' : truth.disabled && actionsDisabled !== 'open' ? 'disabled' : undefined
}

/** What became of the incident that was resolved: whoever resolved it wants it to stay so, or somebody has opened it again. */
export type Resolved = 'until-it-recovers' | 'opened-again' | 'still'

/** Opens again what still fires and is not ignored now, by what CloudWatch says where it could be asked. */
export function decideRefire(
  before: Episode,
  truths: AlarmTruths,
  resolved: Resolved,
  isIgnored: IsIgnored,
  now: Date,
): Episode {
  if (!refireIsDue(before, now)) return before
  const episode = untold(before, truths, now).reduce((known, change) => heard(known, change, now), before)
  const { refire, ...rest } = episode
  if (!refire) return episode
  const about = `${before.key}/${before.number}`
  const all = firingAlarms(episode)
  const { source } = refire.start.trigger
  const firing = all.filter(({ alarm, at }) => !isIgnored({ source, arn: alarm, at, rawData: '' }))
  const [first] = firing
  if (!first) return all.length ? ignored(rest, refire, about, enumerated(all.map(({ name }) => name)), now) : rest
  const names = enumerated(firing.map(({ name }) => name))
  const lookAgain = plusSeconds(now, LOOK_AGAIN_SECONDS)
  if (resolved === 'opened-again') return { ...rest, refire: { ...refire, openedAgain: true, dueAt: lookAgain } }
  const { rule, periodSeconds, times } = refire
  if (refire.openedAgain) {
    const { openedAgain: _, ...once } = refire
    const dueAt = plusSeconds(now, waitSeconds(rule, periodSeconds ?? 0, times - 1))
    const waiting = { ...once, resolvedAt: now, dueAt }
    const message = `The incident was resolved again ${refireSentence(waiting, names)}`
    const told = noteAfter(`${about}/resolved-again/${now.toISOString()}`, refire.incidentArn, now, { message })
    return withCommands({ ...rest, refire: waiting }, [told])
  }
  if (resolved === 'until-it-recovers') {
    const { dueAt: _, ...waiting } = refire
    const message = `${names} still fires, and does not open again before it has recovered: whoever resolved it said so`
    const told = noteAfter(`${about}/stays-resolved`, refire.incidentArn, now, { message })
    return withCommands({ ...rest, refire: waiting }, [told])
  }
  const since = minutesSince(refire.resolvedAt, now)
  const message = `Opened again: ${names} still fires ${since} after its incident was resolved (${refire.incidentArn})`
  const alarms = firing.map(({ alarm, name, at }) => ({ alarm, name, at: at.toISOString() }))
  const rawData = fitJson({ opensAgain: refire.incidentArn, alarms }, RAW_DATA_LENGTH)
  const start = { ...refire.start, reason: message, trigger: { ...refire.start.trigger, at: first.at, rawData } }
  const held = firing.flatMap(({ subject, alarm }): [string, HeldFiring][] => {
    const why = heldBack(truths.get(alarm), rule)
    const period = periodSeconds ? { periodSeconds } : {}
    return why ? [[subject, { rule, start, ...period, at: now, why, lookAt: lookAgain, heldSince: now }]] : []
  })
  if (held.length === firing.length) {
    const text = `${names} still fires, and does not open again while its actions are disabled or suppressed`
    const told = noteAfter(`${about}/held-back`, refire.incidentArn, now, { message: text })
    return withCommands({ ...rest, held: { ...rest.held, ...Object.fromEntries(held) } }, [told])
  }
  const opened = open(rest, { rule, start, periodSeconds, at: now }, [], now)
  const { incident } = opened
  return note({ ...opened, ...(incident ? { incident: { ...incident, refires: times } } : {}) }, 'refire', now, {
    message,
  })
}

function ignored(episode: Episode, { incidentArn }: Refire, about: string, names: string, now: Date): Episode {
  const message = `${names} still fires, and does not open again: the rules ignore it now`
  return withCommands(forgotten(episode), [noteAfter(`${about}/ignored`, incidentArn, now, { message })])
}
