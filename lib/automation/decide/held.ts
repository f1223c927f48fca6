// Firings that were held back: whether they still are, by what CloudWatch says once it is time to look.
import { plusSeconds } from '../../aws/instants.ts'
import { isKnownDisabled } from './actions.ts'
import type { TellLastResort } from './command.ts'
import type { IsIgnored } from './decide-anew.ts'
import { heard } from './decide-signal.ts'
import { type Episode, type HeldFiring, LOOK_AGAIN_SECONDS } from './episode.ts'
import { alarmOf, fires } from './subjects.ts'
import { isDue } from './facts.ts'
import { note } from './notes.ts'
import { withCommands } from './pending.ts'
import { refireIsDue } from './refire.ts'
import { release } from './release.ts'
import { type AlarmTruth, type AlarmTruths, untold, withListed } from './truth.ts'

/** Whoever has disabled the actions of an alarm may have forgotten it. */
const FORGOTTEN_AFTER_SECONDS = 86_400

/** The held firings that must be looked at. */
const heldAndDue = (episode: Episode, now: Date): [subject: string, held: HeldFiring][] =>
  Object.entries(episode.held).filter(([, { lookAt }]) => isDue(lookAt, now))

/** The alarms of an episode that CloudWatch must be asked about now: at each audit, and before what was held is let go. */
export const alarmsToAsk = (episode: Episode, now: Date): string[] =>
  heldAndDue(episode, now).length ||
  refireIsDue(episode, now) ||
  (!episode.incident?.declared && isDue(episode.incident?.nextAuditAt, now))
    ? [...new Set(Object.entries(episode.subjects).map(([subject, own]) => alarmOf(subject, own)))]
    : []

/**
 * Opens, or pages anew for, what is no longer held, still fires and is not ignored now. An alarm that could not be asked about counts as
 * firing: rather a page too many than one too few.
 */
export function decideHeld(before: Episode, truths: AlarmTruths, isIgnored: IsIgnored, now: Date): Episode {
  const due = heldAndDue(before, now)
  if (!due.length) return before
  const told = untold(before, truths, now).reduce((episode, change) => heard(episode, change, now), before)
  return due.reduce(
    (episode, [subject]) => {
      const held = episode.held[subject]
      if (!held) return episode
      if (!fires(episode, subject)) return withoutHeld(episode, subject)
      if (isIgnored(held.start.trigger)) return withoutSubject(withoutHeld(episode, subject), subject)
      const alarm = alarmOf(subject, episode.subjects[subject])
      const truth = truths.get(alarm)
      const why = heldBy(truth, held, isKnownDisabled(episode, alarm))
      return why
        ? lookLater(episode, subject, { ...held, why }, now)
        : release(episode, subject, held, truth?.exists === true, now)
    },
    withListed(told, truths),
  )
}

/** What holds a firing still; undefined when nothing does, or nobody can say. */
function heldBy(
  truth: AlarmTruth | undefined,
  { why, rule }: HeldFiring,
  isDisabled: boolean,
): HeldFiring['why'] | undefined {
  if (!truth?.exists) return why === 'disabled' && isDisabled ? why : undefined
  if (truth.suppressed) return why === 'disabled' ? 'suppressed' : why
  return truth.disabled && rule.actionsDisabled !== 'open' ? 'disabled' : undefined
}

function withoutHeld(episode: Episode, subject: string): Episode {
  const { [subject]: _, ...held } = episode.held
  return { ...episode, held }
}

/** What rules ignore is remembered by nobody: it is new to the next rules. */
function withoutSubject(episode: Episode, subject: string): Episode {
  const { [subject]: _, ...subjects } = episode.subjects
  return { ...episode, subjects }
}

function lookLater(episode: Episode, subject: string, held: HeldFiring, now: Date): Episode {
  const isForgotten =
    held.why === 'disabled' && !held.toldAt && plusSeconds(held.heldSince ?? held.at, FORGOTTEN_AFTER_SECONDS) <= now
  const lookAt = plusSeconds(now, LOOK_AGAIN_SECONDS)
  const next = { ...held, lookAt, ...(isForgotten ? { toldAt: now } : {}) }
  const kept = { ...episode, held: { ...episode.held, [subject]: next } }
  return isForgotten ? forgotten(kept, subject, held, now) : kept
}

/** It fires for a day, and nobody has been told: once, to the last resort and on the timeline of an incident that is open. */
function forgotten(episode: Episode, subject: string, { at, rule }: HeldFiring, now: Date): Episode {
  const name = episode.subjects[subject]?.name ?? subject
  const id = `forgotten/${subject}/${at.toISOString()}`
  const message = `${name} fires since ${at.toISOString()}, and nobody has been paged: its actions are disabled`
  const command: TellLastResort = {
    type: 'tell-last-resort',
    key: `${episode.key}/${episode.number}/${id}/last-resort`,
    reason: message,
    subject: `ACTIONS ARE DISABLED: nobody is paged for ${name}`,
    message: [
      `${message}.`,
      'It pages as soon as its actions are enabled again (CloudWatch: EnableAlarmActions), if it still fires then.',
      `To be paged all the same: actionsDisabled: open in rules.yml. Rule: ${rule.id}.`,
      `Its key: ${episode.key}`,
    ].join('\n'),
  }
  const told = withCommands(episode, [command])
  return told.incident ? note(told, id, now, { message }) : told
}
