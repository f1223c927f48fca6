// run-engagements: every minute, what the incident manager has put off until now, and the runbooks that it is to start.
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { ssmRunbooks } from '../lib/incident-manager/delivery/ssm.ts'
import { type LastRun, runDue } from '../lib/incident-manager/run-due.ts'
import { serviceContext } from '../lib/incident-manager/service.ts'

/** What it has begun it must be able to end. */
const LAST_MS = 8_000

export const handler = lambdaHandler(
  'run-engagements',
  (runtime, logger, measure) => {
    const runbooks = ssmRunbooks(runtime)
    const context = { ...serviceContext(runtime, logger, measure), ...(runbooks ? { runbooks } : {}) }
    const last: LastRun = {}
    return { context, last }
  },
  (_event: unknown, { context, last }, invocation) =>
    runDue(context, last, () => invocation.getRemainingTimeInMillis() > LAST_MS),
)
