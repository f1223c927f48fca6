// The timeline event that says what has changed on an incident, and who changed it (api-facts, Timeline event types).
import type { Value } from '../../../aws/table/table.ts'
import type { Context } from '../../context.ts'
import type { Step } from './owed.ts'

/** An `SSM Incident Record Update`; a new value that is no text is told as JSON, one that was cleared as none. */
export const recordUpdate = (
  context: Context,
  incidentTitle: string,
  attributes: readonly { readonly name: string; readonly value: Value | undefined }[],
  key: string,
): Step => ({
  step: 'tell',
  type: 'SSM Incident Record Update',
  time: context.clock.now().toISOString(),
  key,
  data: {
    modifiedBy: context.caller,
    modifiedAttributes: attributes.map(({ name, value }) => ({
      attributeName: name,
      newValue: typeof value === 'string' ? value : JSON.stringify(value),
    })),
    incidentTitle,
  },
})
