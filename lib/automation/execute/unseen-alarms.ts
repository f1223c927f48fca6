// Alarms that fire by what CloudWatch says: one that fired before Tocsin was there, or whose event was lost, opens too.
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { plusSeconds } from '../../aws/instants.ts'
import { describedSignal } from '../sources/described-alarm.ts'
import type { Signal } from '../sources/signal.ts'
import { askFiring, transitionOf } from './ask-alarms.ts'

/** The event of a change so recent may still be on its way, or wait for its second delivery (the queue's visibility is 180 s). */
const ON_ITS_WAY_SECONDS = 200

/** The alarms that have gone to ALARM since `since` (ever, when it is absent), as signals; without those named `ownAlarms`*. */
export async function unseenAlarms(
  client: CloudWatchClient,
  ownAlarms: string | undefined,
  since: Date | undefined,
  now: Date,
): Promise<Signal[]> {
  const latest = plusSeconds(now, -ON_ITS_WAY_SECONDS)
  return (await askFiring(client)).flatMap((alarm) => {
    const at = transitionOf(alarm)
    if (!at || at > latest || (since && at < since)) return []
    if (ownAlarms && alarm.AlarmName?.startsWith(ownAlarms)) return []
    return describedSignal(alarm, at) ?? []
  })
}
