// What follows from a person's answer: they are not paged again, essential plans end, and the timeline says so.
import { plusSeconds } from '../../../aws/instants.ts'
import type { Context } from '../../context.ts'
import { acknowledge } from '../../engine/engagement.ts'
import { putAcknowledgement } from '../../store/acknowledgements.ts'
import { contactsResource } from '../../store/contacts.ts'
import { engagementsOfIncident } from '../../store/engagements.ts'
import { incidentIdOf } from '../../store/incidents.ts'
import { pageKey } from '../../store/keys.ts'
import type { Page } from '../../store/pages.ts'
import { appendTimelineEvent } from '../incidents/timeline.ts'
import { changeEngagement } from './telling.ts'

const CALL_SECONDS = 30
/** When a sweep takes over what a call that accepted at `at` has left, should it have died. */
export const finishDue = (at: Date): Date => plusSeconds(at, CALL_SECONDS)

/** Does what an accepted page owes, and clears it; each step is harmless to repeat. */
export async function finishAccept(context: Context, page: Page): Promise<void> {
  const { table } = context
  const { incidentId, contactArn, engagementArn, readTime: at, acceptedByMachine } = page
  if (!at) return
  if (acceptedByMachine === undefined) await answer(context, page, at)
  if (incidentId && incidentIdOf(incidentId))
    await appendTimelineEvent(context, incidentId, {
      type: 'SSM Contacts Page Acknowledgement for Incident',
      time: at,
      data: {
        contactArn,
        engagementArn,
        ...(acceptedByMachine === undefined ? {} : { acknowledgedBy: 'tocsin', message: acceptedByMachine }),
      },
      key: `acknowledgement ${page.arn}`,
    })
  await table.update(pageKey(page.id), { remove: ['owed', 'dueShard', 'dueAt'] }, { equals: { arn: page.arn } })
}

async function answer(context: Context, { incidentId, contactArn, engagementArn, arn }: Page, at: Date): Promise<void> {
  const { table } = context
  const own = contactsResource(engagementArn)?.id ?? ''
  if (incidentId) await putAcknowledgement(table, incidentId, contactArn, { at, pageArn: arn })
  const others = incidentId ? await engagementsOfIncident(table, incidentId) : []
  for (const id of new Set([own, ...others]))
    await changeEngagement(context, id, (state, now) => acknowledge(state, contactArn, now))
}
