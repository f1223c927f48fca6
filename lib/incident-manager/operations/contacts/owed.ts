// What an engagement owes: claimed for a while by whoever does it, done, and taken off the list, or put off when it fails.
import { plusSeconds } from '../../../aws/instants.ts'
import { ConditionFailed } from '../../../aws/table/table.ts'
import type { Context } from '../../context.ts'
import { type Engagement as State, told, undelivered } from '../../engine/engagement.ts'
import { afterClockWentBack } from '../../engine/clock-back.ts'
import type { ContactReader } from '../../store/contacts.ts'
import type { Engagement, Owed, OwedPage } from '../../store/engagements.ts'
import { pageKey, pagesOfEngagement } from '../../store/keys.ts'
import { hasReceipt, readPage, receipt, receiptAttribute } from '../../store/pages.ts'
import { type Outcome, sendPage } from './send-page.ts'

/** How long a claim keeps others away: longer than the work takes, shorter than a person should wait. */
const CLAIM_SECONDS = 30
const LONGEST_WAIT_SECONDS = 300
/** After so many vain tries (some 40 minutes) a page is given up. */
const MOST_TRIES = 10

const isLastTry = ({ tries }: Owed): boolean => tries + 1 >= MOST_TRIES
const keyOf = (owed: Owed): string => (owed.kind === 'page' ? owed.command.key : owed.kind)

/** A new state; an end of the engagement owes its receipts. Pages that are owed to who has answered are not sent any more. */
export function withState(engagement: Engagement, state: State, now: Date): Engagement {
  if (state === engagement.state) return engagement
  const ended = state.stopped && !engagement.state.stopped
  const receipts = { kind: 'stop-receipts', tries: 0, notBefore: now } as const
  return { ...engagement, state, owed: ended ? [...engagement.owed, receipts] : engagement.owed }
}

/** The engagement owing `mine` so that nobody else does them for a while; a page's new attempt replaces an older one. */
export function claimed(
  engagement: Engagement,
  mine: readonly Owed[],
  now: Date,
): { engagement: Engagement; mine: readonly Owed[] } {
  const replaced = new Set(mine.flatMap((one) => (one.kind === 'page' ? [one.command.pageKey] : [one.kind])))
  const others = engagement.owed.filter((one) => !replaced.has(one.kind === 'page' ? one.command.pageKey : one.kind))
  const kept = mine.map((one) => ({ ...one, notBefore: plusSeconds(now, CLAIM_SECONDS) }))
  return { engagement: { ...engagement, owed: [...others, ...kept] }, mine: kept }
}

export interface Done {
  readonly owed: Owed
  /** `unknown`: it failed on the way, and may or may not have been done. */
  readonly outcome: Outcome | { readonly kind: 'unknown' }
}

/** Never throws: what fails is logged by name and stays owed. */
export async function doOwed(
  context: Context,
  engagement: Engagement,
  owed: Owed,
  contacts: ContactReader,
): Promise<Done> {
  try {
    if (owed.kind === 'page')
      return { owed, outcome: await sendPage(context, engagement, owed.command, contacts, isLastTry(owed)) }
    await writeStopReceipts(context, engagement)
    return { owed, outcome: { kind: 'done' } }
  } catch (error) {
    context.logger.error('What an engagement owes could not be done and will be tried again', {
      engagementArn: engagement.arn,
      owed: keyOf(owed),
      error: error instanceof Error ? error : String(error),
    })
    return { owed, outcome: { kind: 'unknown' } }
  }
}

async function writeStopReceipts({ table, clock }: Context, engagement: Engagement): Promise<void> {
  const { items } = await table.query({ index: 'list', partition: pagesOfEngagement(engagement.id) })
  const open = items.filter((item) => !readPage(item).readTime && !hasReceipt(item, 'stopped'))
  const at = engagement.state.stopped?.at ?? clock.now()
  const info = engagement.state.stopped?.reason || undefined
  for (const item of open) {
    const { id, arn, channelArn } = readPage(item)
    const stopped = { [receiptAttribute('stopped')]: receipt({ type: 'STOP', at, channelArn, info }) }
    await table.update(pageKey(id), { set: stopped }, { equals: { arn, readTime: undefined } }).catch(unlessOvertaken)
  }
}

/** Somebody has answered the page in the meantime: it was not open. */
function unlessOvertaken(error: unknown): undefined {
  if (!(error instanceof ConditionFailed)) throw error
}

/**
 * The engagement after what was done: pages that left count from then, what failed waits longer each time. What failed on
 * the way stays owed until it is known what became of it: it is no reason to tell somebody another way.
 */
export function settled(engagement: Engagement, done: readonly Done[], now: Date): Engagement {
  const outcomes = new Map(done.map(({ owed, outcome }) => [keyOf(owed), outcome]))
  const state = done.reduce(
    (so, { owed, outcome }) => (owed.kind === 'page' ? after(so, owed, outcome, now) : so),
    engagement.state,
  )
  const owed = engagement.owed.flatMap((one) => {
    const outcome = outcomes.get(keyOf(one))
    if (!outcome) return [one]
    return outcome.kind === 'failed' || outcome.kind === 'unknown' ? [putOff(one, now)] : []
  })
  return { ...engagement, state, owed }
}

function after(state: State, { command }: OwedPage, outcome: Done['outcome'], now: Date): State {
  switch (outcome.kind) {
    case 'sent':
      return told(state, command, outcome.at)
    case 'failed':
    case 'given-up':
      return undelivered(state, command, outcome.kind === 'given-up', now)
    case 'done':
    case 'unknown':
      return state
  }
}

const putOff = (owed: Owed, now: Date): Owed => ({
  ...owed,
  tries: owed.tries + 1,
  notBefore: plusSeconds(now, waitSeconds(owed.tries)),
})

const waitSeconds = (tries: number): number => Math.min(CLAIM_SECONDS * 2 ** tries, LONGEST_WAIT_SECONDS)

/** As it was read, after the clock was put back: nothing waits longer than it was to, counted from now. */
export function asOf(engagement: Engagement, now: Date): Engagement {
  const state = afterClockWentBack(engagement.state, now)
  const owed = engagement.owed.map((one) => {
    const latest = plusSeconds(now, waitSeconds(Math.max(0, one.tries - 1)))
    return one.notBefore > latest ? { ...one, notBefore: latest } : one
  })
  const isSame = state === engagement.state && owed.every((one, index) => one === engagement.owed[index])
  return isSame ? engagement : { ...engagement, state, owed }
}

/** Attempts as they are first owed. */
export const owedPages = (commands: readonly OwedPage['command'][], now: Date): OwedPage[] =>
  commands.map((command) => ({ kind: 'page', command, tries: 0, notBefore: now }))
