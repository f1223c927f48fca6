// DeleteIncidentRecord: nobody sees the incident, its timeline or its related items any more. What is absent is deleted.
import type { DeleteIncidentRecordCommandInput, DeleteIncidentRecordCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { updateIf } from '../../store/conditional.ts'
import { incidentIdOf, OPEN_ORDER, readIncident } from '../../store/incidents.ts'
import { DELETED_INCIDENTS, incidentKey } from '../../store/keys.ts'
import { given } from './given.ts'
import { type Debt, owing } from './owed.ts'
import { DELETION, forgetAt, settle } from './settle.ts'

/** The record stays behind unseen, for an hour, so that a late twin of the call that started it finds it over. */
export const deleteIncidentRecord: Operation<
  DeleteIncidentRecordCommandInput,
  DeleteIncidentRecordCommandOutput
> = async (input, context) => {
  const arn = given(input.arn, 'arn')
  const id = incidentIdOf(arn)
  if (id === undefined) return {}
  const now = context.clock.now()
  const deletedTime = now.toISOString()
  const key = incidentKey(id)
  const debt: Debt = {
    name: DELETION,
    steps: [
      { step: 'stop-engagements', reason: `The incident was deleted by ${context.caller}` },
      { step: 'erase' },
      { step: 'forget', at: forgetAt(now).toISOString() },
    ],
  }
  const deleted = await updateIf(
    context.table,
    key,
    {
      set: { deletedTime, listKey: DELETED_INCIDENTS, listSort: `${deletedTime}#${id}`, ...owing(key, debt, now) },
      remove: OPEN_ORDER,
    },
    { equals: { arn, deletedTime: undefined } },
  )
  if (deleted) await settle(context, deleted, [debt], readIncident(deleted))
  return {}
}
