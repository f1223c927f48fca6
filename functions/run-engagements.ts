// run-engagements: every minute, what the incident manager has put off until now.
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { runDue } from '../lib/incident-manager/run-due.ts'
import { serviceContext } from '../lib/incident-manager/service.ts'

export const handler = lambdaHandler('run-engagements', serviceContext, (_event: unknown, context) => runDue(context))
