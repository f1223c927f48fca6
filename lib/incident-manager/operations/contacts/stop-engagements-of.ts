// Stops all that pages somebody for one incident.
import type { Context } from '../../context.ts'
import { stop } from '../../engine/engagement.ts'
import { putStopped } from '../../store/acknowledgements.ts'
import { engagementsOfIncident } from '../../store/engagements.ts'
import { changeEngagement } from './telling.ts'

/** Stops every engagement that the incident has so far; safe to repeat. */
export async function stopEngagementsOf(context: Context, incidentArn: string, reason: string): Promise<void> {
  await putStopped(context.table, incidentArn, { at: context.clock.now(), reason })
  for (const id of await engagementsOfIncident(context.table, incidentArn))
    await changeEngagement(context, id, (state, now) => stop(state, reason, now))
}
