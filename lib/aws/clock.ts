// The one way to know what time it is and to let time pass, so that a rehearsal can make time stand still and move it.
import { setTimeout } from 'node:timers/promises'

export interface Clock {
  now(): Date
}

export interface Timer extends Clock {
  /** Settles when so much time has passed. */
  wait(milliseconds: number): Promise<void>
}

export const systemClock: Timer = {
  now: () => new Date(),
  wait: (milliseconds) => setTimeout(milliseconds, undefined),
}
