// Starts an engagement: stored with what it owes before anything leaves, told in the same call, cleared in one last write.
import { ConditionFailed } from '../../../aws/table/table.ts'
import { sha256, uuidOf } from '../../../aws/token.ts'
import type { Context } from '../../context.ts'
import { begin } from '../../engine/engagement.ts'
import { Conflict } from '../../errors.ts'
import { answersTo } from '../../store/acknowledgements.ts'
import { contactNotFound, contactReader, contactsResource } from '../../store/contacts.ts'
import { arnOfEngagement, createEngagement, type Engagement, findEngagement } from '../../store/engagements.ts'
import { encode } from '../../store/stored.ts'
import { canonical } from '../incidents/client-tokens.ts'
import { claimed, owedPages } from './owed.ts'
import { advanceEngagement, finish, stepped, withAnswers } from './telling.ts'

export interface EngageInput {
  readonly contactArn: string
  readonly sender: string
  readonly subject: string
  readonly content: string
  readonly publicSubject?: string | undefined
  readonly publicContent?: string | undefined
  readonly incidentId?: string | undefined
  /** The same token again is the same engagement. */
  readonly token: string
  /** The incident has just been made: nobody can have acknowledged it yet. */
  readonly newIncident?: boolean
}

/**
 * Engages a person or an escalation plan. Errors: ResourceNotFound when there is no such contact; Conflict when the
 * token was used for another engagement.
 */
export async function engage(context: Context, input: EngageInput): Promise<{ engagementArn: string }> {
  const { table, place, clock } = context
  const { newIncident, token, ...said } = input
  const id = engagementIdOf(token)
  const parameters = sha256(canonical(encode(said)))
  const contacts = contactReader(table)
  if (!(await contacts(said.contactArn))) return again(context, id, parameters, contactNotFound(said.contactArn))
  const arn = arnOfEngagement(place, contactsResource(said.contactArn)?.alias ?? '', id)
  const startTime = clock.now()
  const answers = said.incidentId && !newIncident ? await answersTo(table, said.incidentId) : ({ people: [] } as const)
  const answered = withAnswers(begin(arn, said.contactArn), startTime, answers, startTime)
  const { engagement: state, commands } = await stepped(context, answered, contacts, startTime)
  const fresh: Engagement = { id, arn, ...said, startTime, parameters, state, owed: [], rev: 1 }
  const { engagement, mine } = claimed(fresh, owedPages(commands, startTime), startTime)
  try {
    await createEngagement(table, engagement)
  } catch (error) {
    if (error instanceof ConditionFailed) return again(context, id, parameters, error)
    throw error
  }
  await finish(context, engagement, mine, contacts)
  return { engagementArn: arn }
}

/** The id of the engagement that a token leads to. */
export const engagementIdOf = (token: string): string => uuidOf(`StartEngagement ${token}`)

/** The engagement that the same call has started before; what a dead call left of it is done now. Else `otherwise`. */
async function again(
  context: Context,
  id: string,
  parameters: string,
  otherwise: Error,
): Promise<{ engagementArn: string }> {
  const existing = await findEngagement(context.table, id)
  if (!existing) throw otherwise
  if (existing.parameters !== parameters)
    throw new Conflict('The idempotency token has already been used with different parameters', {
      type: 'ENGAGEMENT',
      id: existing.arn,
    })
  await advanceEngagement(context, id, 'all')
  return { engagementArn: existing.arn }
}
