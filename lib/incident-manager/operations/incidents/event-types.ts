// Which timeline events are the callers' and which the service's own.
import { ValidationFailed } from '../../errors.ts'
import { isCustom } from '../../store/timeline.ts'

/** ValidationFailed unless callers may create, edit and delete events of this type. */
export function requireCustom(eventType: string): void {
  if (!isCustom(eventType))
    throw new ValidationFailed(`Timeline events of type ${eventType} belong to the service. Use Custom Event or Note`)
}
