// Every minute: what is due of open incidents, and every five minutes what fires unseen or has failed for a passing reason.
import type { ScheduledEvent } from 'aws-lambda'
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { tellHeartbeat } from '../lib/automation/execute/heartbeat-url.ts'
import { onSweep } from '../lib/automation/on-sweep.ts'
import { sweepOf } from '../lib/automation/sweep-of.ts'

/** What a sweep has begun it must be able to end. */
const LAST_MS = 10_000

export const handler = lambdaHandler('sweep', sweepOf, async ({ time }: ScheduledEvent, sweep, context) => {
  const { clock, logger, measure } = sweep.desk
  const lateMs = clock.now().getTime() - Date.parse(time)
  if (lateMs >= 0) measure('SweepLateness', lateMs / 1000)
  const report = await onSweep(sweep, () => context.getRemainingTimeInMillis() > LAST_MS)
  measure('SweepHeartbeat')
  measure('OldestDueSeconds', report.oldestDueSeconds)
  if (report.failures) measure('Failures', report.failures)
  if (Object.values(report).some((figure) => figure > 0)) logger.info('Swept', { ...report })
  // What somebody has been told of by name is no reason to say that sweeps do not work.
  if (!report.untold) await tellHeartbeat(sweep.heartbeatUrl, logger)
})
