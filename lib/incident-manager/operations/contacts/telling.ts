// How an engagement goes on: decided, stored with what is owed, done, and cleared. Whoever comes in between reads it anew.
import { isDeepStrictEqual } from 'node:util'
import { ConditionFailed } from '../../../aws/table/table.ts'
import type { Context } from '../../context.ts'
import { acknowledge, type Contact, type Engagement as State, stop } from '../../engine/engagement.ts'
import { step, type Step } from '../../engine/step.ts'
import { type Answers, answersTo } from '../../store/acknowledgements.ts'
import { type ContactReader, contactReader, engineContact } from '../../store/contacts.ts'
import { type Engagement, findEngagement, type Owed, saveEngagement } from '../../store/engagements.ts'
import { onCallBy } from '../../store/rotations.ts'
import { claimed, doOwed, owedPages, settled, withState } from './owed.ts'

/** How often a write that somebody else was faster than is made again from what they wrote. */
const ROUNDS = 10
const NO_ANSWERS: Answers = { people: [] }

/** What is to be done now, decided from contacts as they are now; reads only those that matter. */
export async function stepped(
  context: Context,
  state: State,
  contacts: ContactReader,
  now: Date,
): Promise<Step & { kind: 'stepped' }> {
  const directory = new Map<string, Contact | undefined>()
  for (;;) {
    const result = step(state, directory, now)
    if (result.kind === 'stepped') return result
    await Promise.all(
      result.contactArns.map(async (arn) => {
        const found = await contacts(arn)
        const onCall = await onCallBy(context.table, found?.contact.rotationArns ?? [], now)
        directory.set(arn, found && { ...engineContact(context.place, found), onCall })
      }),
    )
  }
}

/** The state with every answer that the incident has had, through whichever engagement. */
export function withAnswers(state: State, startTime: Date, answers: Answers, now: Date): State {
  const { people, stopped } = answers
  // Who is engaged by their own name after they have answered is wanted for something more.
  const counts = people.filter(({ contactArn, at }) => contactArn !== state.contactArn || at >= startTime)
  const answered = counts.reduce((so, { contactArn }) => acknowledge(so, contactArn, now), state)
  return stopped && startTime < stopped.at ? stop(answered, stopped.reason, now) : answered
}

/**
 * Finishes what an engagement owes and starts what is due of it. `all` also takes what somebody else may be doing at
 * this moment: for a caller who asks again because the first call seems to have died.
 */
export async function advanceEngagement(context: Context, id: string, which: 'due' | 'all' = 'due'): Promise<void> {
  const contacts = contactReader(context.table)
  for (let round = 0; round < ROUNDS; round++) {
    const read = await findEngagement(context.table, id)
    if (!read) return
    const now = context.clock.now()
    const answers = read.incidentId ? await answersTo(context.table, read.incidentId) : NO_ANSWERS
    const current = withState(read, withAnswers(read.state, read.startTime, answers, now), now)
    const late = current.owed.filter(which === 'all' && round === 0 ? () => true : isDue(now))
    const next = late.length ? claimed(current, late, now) : await decided(context, current, contacts, now)
    if (!next.mine.length && isDeepStrictEqual(next.engagement, read)) return
    const saved = await savedUnlessOvertaken(context, next.engagement)
    if (!saved) continue
    await finish(context, saved, next.mine, contacts)
    if (!late.length) return
  }
  throw new Error(`The engagement ${id} is being written by others all the time`)
}

const isDue =
  (now: Date) =>
  ({ notBefore }: Owed): boolean =>
    notBefore <= now

interface Claim {
  readonly engagement: Engagement
  /** What this call does next: nobody else will for a while. */
  readonly mine: readonly Owed[]
}

async function decided(context: Context, current: Engagement, contacts: ContactReader, now: Date): Promise<Claim> {
  const { engagement: state, commands } = await stepped(context, current.state, contacts, now)
  return claimed(withState(current, state, now), owedPages(commands, now), now)
}

/** Does what was claimed and clears it in one write. What cannot be done now stays owed. */
export async function finish(
  context: Context,
  engagement: Engagement,
  mine: readonly Owed[],
  contacts: ContactReader,
): Promise<void> {
  if (!mine.length) return
  const done = await Promise.all(mine.map((owed) => doOwed(context, engagement, owed, contacts)))
  let current: Engagement | undefined = engagement
  for (let round = 0; current && round < ROUNDS; round++) {
    if (await savedUnlessOvertaken(context, settled(current, done, context.clock.now()))) return
    current = await findEngagement(context.table, engagement.id)
  }
}

/** Writes what `change` makes of an engagement's state, and does what an end of it owes. No write when nothing changes. */
export async function changeEngagement(
  context: Context,
  id: string,
  change: (state: State, now: Date) => State,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const read = await findEngagement(context.table, id)
    if (!read) return
    const now = context.clock.now()
    const changed = withState(read, change(read.state, now), now)
    if (changed === read) return
    const next = claimed(changed, changed.owed.filter(isDue(now)), now)
    const saved = await savedUnlessOvertaken(context, next.engagement)
    if (saved) return finish(context, saved, next.mine, contactReader(context.table))
  }
  throw new Error(`The engagement ${id} is being written by others all the time`)
}

async function savedUnlessOvertaken({ table }: Context, engagement: Engagement): Promise<Engagement | undefined> {
  try {
    return await saveEngagement(table, engagement)
  } catch (error) {
    if (error instanceof ConditionFailed) return undefined
    throw error
  }
}
