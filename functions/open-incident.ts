// Alarms and events become incidents: from the alarm queue (EventBridge and the alarm topic), or called by an alarm itself.
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { intakeOf } from '../lib/automation/intake-of.ts'
import { isQueueEvent, onInvocation } from '../lib/automation/on-invocation.ts'

export const handler = lambdaHandler('open-incident', intakeOf, async (event: unknown, intake, context) =>
  isQueueEvent(event) ? intake.records(event.Records, context) : onInvocation(intake, event, context),
)
