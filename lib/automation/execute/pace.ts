// At what pace the incident manager is called, so that AWS never has to throttle: a call waits for its turn, or is left to the sweep.
import type { Timer } from '../../aws/clock.ts'

export type PacedCall = 'StartIncident' | 'CreateTimelineEvent'

export interface Pace {
  /** Settles when it is this call's turn. Throws PacedOut when that is too far off. */
  turn(call: PacedCall): Promise<void>
}

/** There are so many calls before this one that the sweep shall make it. */
export class PacedOut extends Error {
  override readonly name = 'PacedOut'

  constructor(call: PacedCall, seconds: number) {
    super(`${call} has its turn only in ${Math.ceil(seconds)} s: the sweep makes it`)
  }
}

/**
 * `rates` is TOCSIN_PACE: calls per second of this function instance, such as `StartIncident=2,CreateTimelineEvent=3`; what
 * it does not name, or all of it when it is absent, is not paced. Calls are spread evenly, one every so often; a call whose
 * turn is more than `longestMs` away is put off. Throws when the rates cannot be read.
 */
export function paceOf(rates: string | undefined, clock: Timer, longestMs: number): Pace {
  const lanes = new Map((rates ? rates.split(',') : []).map(readRate))
  return {
    async turn(call) {
      const lane = lanes.get(call)
      if (!lane) return
      const now = clock.now().getTime()
      // A clock that was put back: no turn was given away that far ahead.
      if (lane.bookedUntil > now + longestMs + lane.everyMs) lane.bookedUntil = now
      const mine = Math.max(now, lane.bookedUntil)
      if (mine - now > longestMs) throw new PacedOut(call, (mine - now) / 1000)
      lane.bookedUntil = mine + lane.everyMs
      if (mine > now) await clock.wait(mine - now)
      await spaced(lane, clock)
    },
  }
}

interface Lane {
  readonly everyMs: number
  /** What comes now has its turn then. */
  bookedUntil: number
  lastAt: number
}

/** However late the one before was let go, so much lies between the two. */
async function spaced(lane: Lane, clock: Timer): Promise<void> {
  const wait = Math.min(lane.everyMs, lane.lastAt + lane.everyMs - clock.now().getTime())
  if (wait > 0) {
    lane.lastAt = Math.min(lane.lastAt, clock.now().getTime())
    await clock.wait(wait)
    return spaced(lane, clock)
  }
  lane.lastAt = clock.now().getTime()
}

function readRate(text: string): [PacedCall, Lane] {
  const [, name, rate] = /^\s*(\w+)=(\d+(?:\.\d+)?)\s*$/u.exec(text) ?? []
  if ((name !== 'StartIncident' && name !== 'CreateTimelineEvent') || !Number(rate))
    throw new Error(`TOCSIN_PACE must be such as StartIncident=2,CreateTimelineEvent=3, but has ${text}`)
  return [name, { everyMs: 1000 / Number(rate), bookedUntil: 0, lastAt: 0 }]
}
