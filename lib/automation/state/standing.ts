// What a look at all that fires stood on: when it is another, everything must be looked at once.
import { MINUTE_MS } from '../../aws/instants.ts'
import type { Look } from '../decide/look.ts'
import type { Heartbeat } from './heartbeat.ts'

const LOOK_EVERY_MS = 5 * MINUTE_MS
/** Sweeps run every minute: what lies so far back is of a table that was restored, or of a stop. */
const LONGEST_PAUSE_MS = 15 * MINUTE_MS

/** How to look now; undefined when it is too early. What an earlier version has left names neither rules nor manager. */
export function lookNow(before: Heartbeat, now: Heartbeat & { readonly sweptAt: Date }): Look | undefined {
  if (!before.lookedAt) return 'usual'
  if (before.manager !== undefined && before.manager !== now.manager) return 'switched'
  if (now.rules !== undefined && before.rules !== now.rules) return 'all'
  const at = now.sweptAt.getTime()
  if (before.sweptAt && at - before.sweptAt.getTime() > LONGEST_PAUSE_MS) return 'all'
  return at - before.lookedAt.getTime() >= LOOK_EVERY_MS ? 'usual' : undefined
}
