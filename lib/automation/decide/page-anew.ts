// Paging anew for what fires again: the plan from its beginning, and everybody whom it had reached later than at its beginning.
import type { Command } from './command.ts'
import type { Episode, Incident } from './episode.ts'
import { type Facts, isDue } from './facts.ts'
import { nobodyToPage } from './last-resort.ts'
import { newSeriesWords } from './new-series.ts'
import { firingNames, noteOfPaging, stopAll } from './notes.ts'
import { pageText } from './page-text.ts'
import { quietSince } from './subjects.ts'
import { withCommands } from './pending.ts'

/**
 * StartEngagement knows no stage: a plan that is engaged anew begins with its first. Whoever was reached by a later one, or
 * by an escalation, is engaged by their own ARN, so that a firing that comes again starts nothing over.
 */
export function decidePageAnew(episode: Episode, facts: Facts, now: Date): Episode {
  const { incident } = episode
  if (!incident?.arn || !incident.pageAnew || !isDue(incident.pageAnewNotBefore ?? now, now)) return episode
  // It has come and gone between two sweeps: nobody is engaged while all is OK.
  if (quietSince(episode)) return episode
  const { pageAnewNotBefore: _, newSeries: _more, raisedWhy: _why, ...rest } = incident
  const waiting: Incident = { ...rest, pageAnew: false }
  const done: Episode = { ...episode, incident: waiting }
  if (incident.acknowledgements.length) return done
  const [words, why] = wordsOf(episode, incident)
  const contacts = [...new Set([...facts.planContacts, ...reachedLater(facts)])]
  const known = facts.planContacts.length || incident.pagedElsewhere ? done : nobodyToPage(done, waiting, why, now)
  if (!contacts.length) return known
  const arn = incident.arn
  // The same firing may be paged for again: for more of it, or at a higher impact.
  const firing = `${incident.firedAt.toISOString()}~${incident.pagingSince.toISOString()}`
  const start = contacts.map((contact): Command => ({
    type: 'start-engagement',
    key: `${episode.key}/${episode.number}/page-anew/${firing}/${contact}`,
    reason: why,
    incidentArn: arn,
    contact,
    ...pageText(`${words}: ${facts.incident.title}`, why, arn, facts.incident),
  }))
  const message = `Paging anew: ${why}`
  const paged = withCommands(known, [...stopAll(episode, facts.running, message), ...start])
  return noteOfPaging(paged, `page-anew/${firing}`, now, message)
}

/** In two words and in a sentence. */
function wordsOf(
  episode: Episode,
  { declared, newSeries, raisedWhy }: Incident,
): readonly [words: string, why: string] {
  if (raisedWhy !== undefined) return ['Impact raised', raisedWhy]
  if (newSeries) return ['More of it fails', newSeriesWords(newSeries)]
  return declared
    ? ['Still open', `${firingNames(episode)} is open and nobody has acknowledged`]
    : ['Fires again', `${firingNames(episode)} fires again and nobody has acknowledged`]
}

/** A plan's first stage pages within seconds; stages last whole minutes, so who was paged later is of a later one. */
const FIRST_STAGE_SECONDS = 45

/** The people that were paged, but for those whom engaging the plan pages at once. */
function reachedLater({ paged, planContacts }: Facts): string[] {
  const atOnce = paged.filter(
    ({ engagedArn, afterSeconds }) => planContacts.includes(engagedArn) && afterSeconds <= FIRST_STAGE_SECONDS,
  )
  const first = new Set(atOnce.map(({ contactArn }) => contactArn))
  return [...new Set(paged.map(({ contactArn }) => contactArn))].filter(
    (arn) => !first.has(arn) && !planContacts.includes(arn),
  )
}
